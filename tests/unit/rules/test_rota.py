"""Who is on duty at night (值班): rows, corrections, what overlaps and what nobody stands."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as st

from services.routing.policy.calendar import Calendar
from services.routing.policy.policy import DEFAULT
from services.routing.rota.conflicts import Gap, Overlap, gaps, overlaps
from services.routing.rota.domain import Row
from shared.commands.rota import RosterDuty, StrikeDuty
from shared.events.rota import DutyRostered, DutyStruck
from tests.fixtures.matter import minutes
from tests.fixtures.story import given

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(DEFAULT.calendar)


def wish(model: Any, *, actor: str = "staff:s1", **said: Any) -> Any:
    usual = {"id": "c1", "tenant": "demo", "actor": actor, "at": minutes(0), "rota": "r1", "month": "2026-03"}
    row = {"area": "g1", "starts": minutes(600), "worker": "w1"}
    return model.model_validate(usual | row | said)


def roster(**said: Any) -> Any:
    return wish(RosterDuty, ends=minutes(1000), **said)


def rostered(**said: Any) -> DutyRostered:
    usual = {"area": "g1", "month": "2026-03", "starts": minutes(600), "ends": minutes(1000), "worker": "w1"}
    return DutyRostered.model_validate(usual | {"at": minutes(0)} | said)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In March 2026; the 2nd is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


def night(day: int, worker: str = "w1", until: datetime | None = None, deputy: str | None = None) -> Row:
    """From the end of work until its beginning on the next day."""
    return Row(starts=at(day, 17, 30), ends=until or at(day + 1, 9), worker=worker, deputy=deputy)


def test_a_row_is_noted_once_and_corrected_by_its_start():
    story = given().when(roster()).then(rostered())
    story.when(roster(deputy="w2")).then(rostered(deputy="w2"))


def test_a_row_is_struck():
    struck = DutyStruck(area="g1", month="2026-03", starts=minutes(600), worker="w1", at=minutes(0))
    given(rostered()).when(wish(StrikeDuty)).then(struck)
    given(rostered()).when(wish(StrikeDuty, worker="w2")).then()


def test_what_cannot_be_meant_is_refused():
    given().when(roster(actor="worker:w1")).refused("not_for_workers")
    given().when(wish(RosterDuty, ends=minutes(600))).refused("duty_ends_before_it_starts")
    given().when(wish(RosterDuty, ends=minutes(600 + 7 * 1440 + 1))).refused("duty_too_long", days=7)
    given().when(roster(deputy="w1")).refused("own_deputy")
    given(rostered()).when(roster(area="g2")).refused("another_rota", area="g1", month="2026-03")


def test_one_person_in_two_places_is_reported_whatever_the_role():
    rows = {"g1": [night(2, "w1"), night(3, "w2")], "g2": [night(2, "w3", deputy="w1")]}
    assert overlaps(rows) == [Overlap("w1", "g1", at(2, 17, 30), "g2", at(2, 17, 30))]
    assert overlaps({"g1": [night(2), night(3)]}) == []


def test_a_night_that_nobody_stands_is_reported_and_working_hours_are_not():
    """Monday and Wednesday are written down, Tuesday was forgotten."""
    hours = CALENDAR.shifts_of(at(2, 0).date())
    starts, ends = at(3, 0) + timedelta(seconds=hours[-1][1]), at(4, 0) + timedelta(seconds=hours[0][0])
    rows = [
        Row(starts=at(2, 0) + timedelta(seconds=hours[-1][1]), ends=at(3, 9), worker="w1"),
        Row(starts=at(4, 17), ends=at(5, 9), worker="w2"),
    ]
    found = gaps("g1", rows, CALENDAR)
    assert Gap("g1", starts, ends) in found
    assert not any(CALENDAR.working_at(gap.starts + timedelta(seconds=1)) for gap in found)


def test_a_weekend_needs_somebody_by_day_too():
    friday_to_saturday = Row(starts=at(6, 17), ends=at(7, 12), worker="w1")
    sunday = Row(starts=at(8, 0), ends=at(9, 9), worker="w1")
    assert gaps("g1", [friday_to_saturday, sunday], CALENDAR) == [Gap("g1", at(7, 12), at(8, 0))]


def at_work(moment: datetime) -> bool:
    """From half past eight to half past five, with the lunch break between."""
    minute = moment.hour * 60 + moment.minute
    return moment.weekday() < 5 and 8 * 60 + 30 <= minute < 17 * 60 + 30


_ROWS = st.lists(
    st.builds(
        lambda start, length, worker: Row(
            starts=at(2, 0) + timedelta(minutes=30 * start),
            ends=at(2, 0) + timedelta(minutes=30 * (start + length)),
            worker=worker,
        ),
        st.integers(0, 300),
        st.integers(1, 60),
        st.sampled_from(["w1", "w2"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(deadline=None, max_examples=60)
@whatever(rows=_ROWS)
def test_gaps_are_what_a_clock_that_looks_every_half_hour_finds(rows: list[Row]):
    """Brute force: off work, in a week that has a row, between the first and the last, and nobody there."""
    found = gaps("g1", rows, CALENDAR)
    weeks = {row.starts.isocalendar()[:2] for row in rows}
    first, last = min(row.starts for row in rows), max(row.ends for row in rows)
    moment = first
    while moment < last:
        alone = not at_work(moment) and not any(row.holds(moment) for row in rows)
        wanted = alone and moment.isocalendar()[:2] in weeks
        assert wanted == any(gap.starts <= moment < gap.ends for gap in found), moment
        moment += timedelta(minutes=30)
