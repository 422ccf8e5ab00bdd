"""The demo street's past and its simulated present: the same everywhere, plausible, and about every status."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from lastmile.demo import records, street
from lastmile.demo.lives import lives
from lastmile.demo.load import the_street
from lastmile.simulation.story import stories
from shared.commands.command import CATALOGUE
from shared.records.fields import recognise
from shared.records.making import content, identify
from shared.words import RecordKind

ANCHOR = datetime(2026, 3, 1, 4, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
TOLD = lives(ANCHOR, ZONE)


def test_the_same_anchor_tells_the_same_past():
    assert lives(ANCHOR, ZONE) == TOLD


def test_it_is_about_every_grid_and_every_ending():
    assert 300 <= len(TOLD) <= 400
    grids = Counter(life.grid for life in TOLD)
    assert set(grids) == {f["properties"]["code"] for f in street.plan()["features"]}
    endings = Counter(life.ending for life in TOLD)
    assert set(endings) >= {
        *("assigned", "accepted", "in_progress", "on_hold", "resolved", "closed", "reopened", "declined"),
        *("withdrawn", "no_place", "nowhere", "returned", "given_by_hand", "reopened_and_closed"),
    }


def test_all_of_it_lies_in_the_past_and_in_order():
    for life in TOLD:
        moments = [life.at, *(life.at + step.after for step in life.steps)]
        assert all(earlier < later for earlier, later in pairwise(moments)), life
        assert ANCHOR - timedelta(days=32) < moments[0]
        assert moments[-1] < ANCHOR


def test_each_step_is_a_command_that_exists():
    for life in TOLD:
        for step in life.steps:
            assert {*step.fields, *step.seal} <= set(CATALOGUE[step.command].model_fields)


def test_keys_are_unique():
    assert len({life.key for life in TOLD}) == len(TOLD)


def test_the_street_can_be_read_as_any_import():
    reading = the_street()
    assert not reading.rejected
    assert len(reading.grids) == 40
    assert set(reading.more) == {"areas", "categories", "communities"}
    assert all(len(grid.workers) == 2 for grid in reading.grids)


def test_the_same_seed_tells_the_same_stories():
    assert list(islice(stories(7), 50)) == list(islice(stories(7), 50))
    assert next(stories(7)) != next(stories(8))
    assert {story.channel.value for story in islice(stories(1), 100)} == {"web", "chat", "sms", "phone"}


def test_the_book_has_every_kind_with_gaps_and_every_row_can_be_entered():
    """A newcomer sees a book to work with, and nothing in it belongs to anybody."""
    listed = records.rows(TOLD)
    assert set(listed) == set(RecordKind)
    assert all(len(rows) >= 10 for rows in listed.values())
    for kind, rows in listed.items():
        columns = recognise(kind, rows[0])
        assert set(columns) == set(rows[0])
        made = [{columns[name].slug: value for name, value in row.items()} for row in rows]
        said = [content(kind, row, today=ANCHOR.date(), secret=b"s" * 32, tenant="demo") for row in made]
        assert len({identify(b"s" * 32, "demo", kind, row) for row in made}) == len(rows)
        assert not any(one.doubts for one in said)
    people = listed[RecordKind.PERSON]
    assert 0 < sum(not row["联系电话"] for row in people) < len(people) / 2
    assert 0 < sum(bool(row["关爱类型"]) for row in people) < len(people) / 2
