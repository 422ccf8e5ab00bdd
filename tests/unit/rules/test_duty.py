"""Who stands in for whom, of what the grid book says of posts and absences."""

from services.notify.projection import MATTER
from shared.areas import Areas
from shared.duty import AWAY, away_at, in_place_of, on_duty
from shared.envelope import History
from shared.events.absence import AbsenceEnded, AbsenceNoted
from shared.events.request import RequestReportedUp
from tests.fixtures import facts
from tests.fixtures.matter import assigned, minutes

AREAS = Areas(
    {
        "areas": [{"code": "C", "level": "community", "name": "社区"}],
        "features": [{"properties": {"code": code, "name": code, "parent": "C"}} for code in ("G-1", "G-2")],
    }
)
POSTS = [
    {"grid": "G-1", "duty": "worker", "worker": "w1"},
    {"grid": "G-1", "duty": "deputy", "worker": "w2"},
    {"grid": "G-2", "duty": "worker", "worker": "w1"},
    {"grid": "C", "duty": "head", "worker": "h1"},
]


def test_the_deputy_in_one_grid_and_the_head_in_the_other():
    """One worker of two grids is away, and only one of them has a deputy."""
    assert in_place_of("w2", AREAS, POSTS, {"w1"}) == {"w1": {"G-1"}}
    assert in_place_of("h1", AREAS, POSTS, {"w1"}) == {"w1": {"G-2"}}
    assert in_place_of("w2", AREAS, POSTS, set()) == {}
    assert on_duty(AREAS, POSTS, "G-1", {"w1", "w2"}) == "h1"
    assert on_duty(AREAS, POSTS, "G-1", {"w1", "w2", "h1"}) is None


def test_an_absence_begins_and_ends():
    history = History("demo", "routing", "absence", "w1")
    noted = AbsenceNoted(worker="w1", starts=minutes(60), ends=minutes(600), at=minutes(0))
    body = AWAY.fold({}, facts.fact(history, 1, noted))
    assert [away_at([body], minutes(at)) for at in (59, 60, 599, 600)] == [set(), {"w1"}, {"w1"}, set()]
    back = AWAY.fold(body, facts.fact(history, 2, AbsenceEnded(worker="w1", at=minutes(90))))
    assert away_at([back], minutes(120)) == set()


def test_what_was_reported_up_is_stood_in_for_where_it_went():
    """The head is away: another head hears of it, not the deputy of the grid."""
    history = facts.request("demo", "r1")
    body = MATTER.fold({}, facts.fact(history, 1, assigned(grid="G-1")))
    assert body["area"] == "G-1"
    up = RequestReportedUp(level="community", area="C", worker="h1", reason="too big", at=minutes(9))
    assert MATTER.fold(body, facts.fact(history, 2, up))["area"] == "C"
