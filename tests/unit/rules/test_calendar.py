"""Working time against a counter that looks at every minute on the wall clock."""

import os
import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.policy.calendar import Calendar
from services.routing.policy.days import WEEK, Days

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Cairo", "UTC")
AROUND = (
    date(2025, 10, 8),  # the National Day's make-up days
    date(2026, 2, 13),  # and the Spring Festival's
    date(2026, 3, 29),  # Berlin goes forward
    date(2025, 10, 26),  # and back
    date(2026, 3, 8),  # St John's
    date(2026, 4, 5),  # Lord Howe, half an hour
    date(2026, 4, 24),  # Cairo, at midnight
    date(2025, 10, 31),
    date(2026, 6, 1),
)
MINUTE = timedelta(minutes=1)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def shifts(chance: random.Random) -> list[dict[str, str]]:
    marks = sorted(chance.sample(range(0, 1441, chance.choice((1, 15, 30))), 2 * chance.randrange(4)))
    return [
        {"start": clock(one), "end": clock(other)} for one, other in zip(marks[::2], marks[1::2], strict=True)
    ]


def any_days(chance: random.Random) -> tuple[Days, date]:
    about = chance.choice(AROUND)
    near = [about + timedelta(days=day) for day in range(-3, 5)]
    chance.shuffle(near)
    week = {day.value: shifts(chance) for day in WEEK if chance.random() < 0.8}
    week[WEEK[0].value] = [{"start": "08:30", "end": "12:00"}, {"start": "13:30", "end": "17:30"}]
    said = {
        "time_zone": chance.choice(ZONES),
        "week": week,
        "statutory": chance.random() < 0.5,
        "holidays": near[: chance.randrange(3)],
        "make_up_days": near[3 : 3 + chance.randrange(2)],
        "single_days": {near[6].isoformat(): shifts(chance)} if chance.random() < 0.5 else {},
    }
    return Days.model_validate(said), about


class Counter:
    """Knows nothing of stretches and offsets: it looks at the clock on the wall, minute by minute."""

    def __init__(self, days: Days) -> None:
        self.zone = ZoneInfo(days.time_zone)
        self.calendar = Calendar(days)

    def works(self, moment: datetime) -> bool:
        wall = moment.astimezone(self.zone)
        second = wall.hour * 3600 + wall.minute * 60 + wall.second
        return any(first <= second < last for first, last in self.calendar.shifts_of(wall.date()))


def compare(seed: int) -> None:
    chance = random.Random(seed)
    days, about = any_days(chance)
    calendar, counter = Calendar(days), Counter(days)
    start = datetime(about.year, about.month, about.day, tzinfo=UTC) - timedelta(
        minutes=chance.randrange(2880)
    )
    moments = [start + MINUTE * step for step in range(chance.randrange(1, 4000))]
    worked = [moment for moment in moments if counter.works(moment)]
    assert calendar.between(start, moments[-1] + MINUTE) == MINUTE * len(worked), seed
    if worked:
        place = chance.randrange(len(worked))
        assert calendar.add(start, MINUTE * (place + 1)) == worked[place] + MINUTE, seed
        assert calendar.working_at(worked[place])


@pytest.mark.storm
def test_equal_to_a_counter_of_minutes():
    """Split shifts, holidays, make-up days, days of their own, and clocks that are changed."""
    for seed in range(10_000 if os.environ.get("LASTMILE_STORM") == "full" else 500):
        compare(seed)


def test_equal_to_a_counter_of_seconds():
    """Over the change of the clocks, from a crooked second on."""
    for seed in range(20):
        chance = random.Random(seed)
        days, about = any_days(chance)
        calendar, counter = Calendar(days), Counter(days)
        start = datetime(about.year, about.month, about.day, chance.randrange(24), 7, 13, tzinfo=UTC)
        worked = sum(counter.works(start + timedelta(seconds=second)) for second in range(4321))
        assert calendar.between(start, start + timedelta(seconds=4321)) == timedelta(seconds=worked)


@given(
    seed=st.integers(0, 99),
    hours=st.integers(0, 2 * 365 * 24),
    crooked=st.timedeltas(timedelta(0), timedelta(hours=1)),
    working=st.timedeltas(timedelta(0), timedelta(hours=100)),
)
def test_what_is_added_lies_between(seed: int, hours: int, crooked: timedelta, working: timedelta):
    """To the microsecond, and what a pause keeps comes out as it went in."""
    start = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hours) + crooked
    calendar = Calendar(any_days(random.Random(seed))[0])
    assert calendar.between(start, calendar.add(start, working)) == working
    half = calendar.add(start, working / 2)
    assert calendar.add(half, working - working / 2) == calendar.add(start, working)


# days as people know them ───────────────────────────────────────────────────────────────────────────────────────────

OFFICE = [{"start": "09:00", "end": "12:00"}, {"start": "14:00", "end": "18:00"}]
SHANGHAI = ZoneInfo("Asia/Shanghai")


def office(**more: object) -> Calendar:
    week = {day: OFFICE for day in ("mon", "tue", "wed", "thu", "fri")}
    return Calendar(Days.model_validate({"week": week} | more))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_over_lunch_and_over_night():
    assert office().add(at("2026-06-01T11:30"), timedelta(hours=1)) == at("2026-06-01T14:30")
    assert office().add(at("2026-06-01T17:30"), timedelta(hours=1)) == at("2026-06-02T09:30")


def test_the_golden_week_is_not_worked_and_its_make_up_sunday_is():
    """2026: off from the 1st to the 7th of October, worked on Sunday, 20 September."""
    assert office().add(at("2026-09-30T17:00"), timedelta(hours=2)) == at("2026-10-08T10:00")
    assert office().between(at("2026-09-20T00:00"), at("2026-09-21T00:00")) == timedelta(hours=7)


def test_the_office_may_know_its_own_days():
    """A day of its own goes before everything; years that nobody knows yet have what the policy says of them."""
    calendar = office(
        statutory=False, holidays=["2031-02-03"], make_up_days=["2031-02-08"], single_days={"2031-02-04": []}
    )
    assert calendar.add(at("2031-01-31T18:00"), timedelta(hours=1)) == at("2031-02-05T10:00")
    assert calendar.between(at("2031-02-08T00:00"), at("2031-02-09T00:00")) == timedelta(hours=7)


def test_a_deadline_at_the_end_of_a_shift_is_that_evening():
    assert office().add(at("2026-06-01T09:00"), timedelta(hours=7)) == at("2026-06-01T18:00")


def test_nothing_lies_between_a_moment_and_an_earlier_one():
    assert office().between(at("2026-06-02T09:00"), at("2026-06-01T09:00")) == timedelta(0)
