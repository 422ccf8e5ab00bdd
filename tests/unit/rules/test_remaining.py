"""What is left of a request's clocks, as whoever looks at it is told."""

from datetime import timedelta
from functools import reduce

from services.routing.policy.calendar import RoundTheClock
from services.routing.request.evolving import evolve
from services.routing.request.remaining import remaining
from services.routing.request.state import State
from shared.events.event import Event
from shared.events.request import ClockPaused
from tests.fixtures.matter import accepted, assigned, minutes, resolved

HOUR = 3600


def left(at: float, *events: Event) -> dict[str, int]:
    state: State = reduce(evolve, events, State())
    return {row["deadline"]: row["left"] for row in remaining(state, RoundTheClock(), minutes(at))}


def test_what_is_left_is_counted_from_now_and_lateness_is_less_than_nothing():
    """Two hours to accept, a day to resolve; accepted, the first clock counts no longer; done, none does."""
    assert left(60, assigned()) == {"accept": HOUR, "resolve": 23 * HOUR}
    assert left(180, assigned()) == {"accept": -HOUR, "resolve": 21 * HOUR}
    assert left(180, assigned(), accepted()) == {"resolve": 21 * HOUR}
    assert left(180, assigned(), accepted(), resolved()) == {}


def test_while_the_clocks_stand_nothing_goes_away():
    paused = ClockPaused(reason="other", resolve_left=5 * HOUR, at=minutes(60))
    for at in (60, 60 + timedelta(days=3) / timedelta(minutes=1)):
        assert left(at, assigned(), accepted(), paused) == {"resolve": 5 * HOUR}
