"""A week of visits: in time, and fairly spread."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.routing.policy.calendar import Calendar
from services.routing.policy.days import Days, Shift, Weekday
from services.routing.visit_round.planning import Wanted, plan
from services.routing.visit_round.reactions import working_days

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = [MONDAY + timedelta(days=number) for number in range(5)]
WANTED = st.builds(
    Wanted,
    round=st.integers(0, 999).map(lambda number: f"o{number}"),
    worker=st.sampled_from(("w1", "w2")),
    due_at=st.integers(-48, 200).map(lambda hours: MONDAY + timedelta(hours=hours)),
    welfare=st.booleans(),
)
WEEKS = st.lists(WANTED, max_size=60, unique_by=lambda one: one.round)


@given(WEEKS)
def test_nobody_is_late_who_can_be_in_time(wanted: list[Wanted]):
    chosen = plan(wanted, DAYS, "s", Counter())
    assert chosen.keys() == {one.round for one in wanted}
    for one in wanted:
        assert chosen[one.round] <= max(one.due_at, DAYS[0])


@given(WEEKS, st.randoms())
def test_the_same_seed_is_the_same_plan_in_whatever_order(wanted: list[Wanted], chance):
    mixed = list(wanted)
    chance.shuffle(mixed)
    assert plan(mixed, DAYS, "s", Counter()) == plan(wanted, DAYS, "s", Counter())


@given(st.integers(0, 60), st.text(max_size=5))
def test_no_day_is_heavier_than_need_be(count: int, seed: str):
    """All due at the end of the week: no two days differ by more than one."""
    wanted = [Wanted(f"o{number}", "w1", DAYS[-1] + timedelta(days=2)) for number in range(count)]
    per_day = Counter(plan(wanted, DAYS, seed, Counter()).values())
    assert max(per_day.values(), default=0) - min(per_day[day] for day in DAYS) <= 1


def test_what_stands_already_counts():
    wanted = [Wanted("o1", "w1", DAYS[1] + timedelta(hours=9))]
    assert plan(wanted, DAYS, "s", Counter({("w1", DAYS[0]): 3}))["o1"] == DAYS[1]


SHIFT = (Shift(start="09:00", end="17:00"),)
WEEK = dict.fromkeys(tuple(Weekday)[:5], SHIFT)


def days_of(present: datetime, **said: Any) -> list[datetime]:
    return working_days(present, Calendar(Days(time_zone="UTC", week=WEEK, statutory=False, **said)))


def test_a_week_has_five_working_days_from_today():
    assert days_of(MONDAY + timedelta(hours=9)) == DAYS
    assert len(days_of(MONDAY + timedelta(days=5))) == 5


def test_nobody_is_visited_on_a_holiday_and_somebody_on_a_make_up_day():
    """The calendar is the policy's: 调休 takes a Monday and gives a Saturday."""
    days = days_of(MONDAY, holidays=[MONDAY.date()], make_up_days=[(MONDAY + timedelta(days=5)).date()])
    assert days == [*DAYS[1:], MONDAY + timedelta(days=5)]


def test_after_a_week_of_holidays_visits_go_on_the_first_day_that_is_worked():
    off = [(MONDAY + timedelta(days=number)).date() for number in range(9)]
    assert days_of(MONDAY, holidays=off) == [MONDAY + timedelta(days=9)]


def test_whoever_is_away_goes_on_another_day_and_is_stood_in_for_when_there_is_none():
    """The worker whom she knows comes on Tuesday; where nobody of hers can be in time, the deputy comes."""
    away = {DAYS[0]: "w-deputy"}
    due = DAYS[1] + timedelta(hours=9)
    assert (
        plan([Wanted("o1", "w1", due, instead=away)], DAYS, "s", Counter({("w1", DAYS[1]): 3}))["o1"]
        == DAYS[1]
    )
    soon = Wanted("o1", "w1", DAYS[0], instead=away)
    assert plan([soon], DAYS, "s", Counter())["o1"] == DAYS[0]
    assert soon.goes(DAYS[0]) == "w-deputy"
