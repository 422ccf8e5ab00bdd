"""Tables as people send them, and their rows on the way to the door."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lastmile.importing.mapping import Mapper, UnusableRowError, read_mapping
from lastmile.importing.requests import Rejections
from lastmile.importing.tables import open_table
from lastmile.trouble import Trouble

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def written(tmp_path):
    def write(content):
        path = tmp_path / "rows.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def body(mapping, values, zone=SHANGHAI):
    return Mapper(read_mapping([mapping], list(values)), "town", zone, NOW).body(values)


@pytest.mark.parametrize(
    "content",
    [
        "编号,内容\n1,路灯不亮\n".encode(),
        "编号,内容\n1,路灯不亮\n".encode("utf-8-sig"),
        "编号,内容\n1,路灯不亮\n".encode("gb18030"),
        "编号,内容\r\n1,路灯不亮\r\n".encode(),
    ],
)
def test_chinese_tables_are_read_in_their_usual_encodings(written, content):
    table = open_table(written(content))
    assert table.columns == ("编号", "内容")
    assert [row.values for row in table] == [{"编号": "1", "内容": "路灯不亮"}]


def test_rows_are_counted_and_empty_lines_are_not(written):
    """Whoever opens the file finds a row by the number that a spreadsheet shows: the header is row 1, empty lines count."""
    table = open_table(written('a,b\n1,"two\nlines"\n\n,\n3,4\n'))
    assert table.rows == 2
    assert [(row.number, row.shown, row.values["b"]) for row in table] == [(1, 2, "two\nlines"), (2, 5, "4")]


def test_a_row_with_too_many_or_too_few_fields_says_so(written):
    rows = list(open_table(written("a,b\n1\n1,2,3\n1,2\n")))
    assert [row.trouble for row in rows] == [
        "it has 1 fields where the header has 2",
        "it has 3 fields where the header has 2",
        None,
    ]


def test_what_was_not_taken_twice_can_be_corrected_again(written, tmp_path):
    """The file of rejected rows is corrected and imported; what is still wrong stands in one of the same columns."""
    table = open_table(written("a,row,reason\n1,9,why\n"))
    with Rejections(tmp_path / "again.csv", table, append=False) as rejections:
        rejections.write(next(iter(table)), "because")
    again = open_table(tmp_path / "again.csv")
    assert [row.values for row in again] == [{"a": "1", "row": "2", "reason": "because"}]


def test_a_field_that_never_ends_spoils_its_row_alone(written):
    rows = list(open_table(written("a,b\n1,2\n3," + "x" * 1_100_000 + "\n5,6\n")))
    assert [row.number for row in rows] == [1, 2, 3]
    assert "cannot be read" in rows[1].trouble
    assert rows[2].values == {"a": "5", "b": "6"}


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"a,a\n1,2\n", b"a,b\n\xff\xff\xff,1\n", b"a;b\n1;2\n", b"a\tb\n1\t2\n"]
)
def test_what_is_no_table_is_told_in_a_sentence(written, content):
    with pytest.raises(Trouble):
        open_table(written(content))


@pytest.mark.parametrize(
    ("mapping", "why"),
    [
        ("text", "not FIELD=COLUMN"),
        ("colour=a,text=a", "no field 'colour'"),
        ("text=z", "no column 'z'"),
        ("lon=a", "which column is the text"),
        ("text=a,lon=b", "one of lon and lat"),
        ("text=a,resolved=b", "resolved and not at"),
        ("text=a,at=b,resolved=b,solved=a", "one of solved and satisfaction"),
        ("text=a,at=b,solved=a,satisfaction=b", "solved and not resolved"),
    ],
)
def test_a_mapping_that_cannot_work_is_told_before_the_first_row(mapping, why):
    with pytest.raises(Trouble, match=why):
        read_mapping([mapping], ["a", "b"])


def test_a_column_whose_name_has_a_plus_is_itself():
    assert read_mapping(["text=a+b"], ["a+b", "a", "b"])["text"] == ("a+b",)
    assert read_mapping(["text=a+b"], ["a", "b"])["text"] == ("a", "b")


def test_a_row_becomes_what_the_door_understands():
    values = {
        "id": "7",
        "what": "Noise",
        "more": "Banging",
        "x": "-73.9",
        "y": "40.5",
        "when": "2019-12-31T23:59:11.000",
        "who": "Ann",
    }
    made = body(
        "text=what+more,category=what,lon=x,lat=y,at=when,key=id,name=who",
        values,
        ZoneInfo("America/New_York"),
    )
    assert made == {
        "key": "town:7",
        "source_key": "7",
        "text": "Noise Banging",
        "category": "Noise",
        "location": {"lon": -73.9, "lat": 40.5},
        "reporter": {"name": "Ann"},
        "at": "2020-01-01T04:59:11+00:00",
    }


_PAST = "text=t,at=a,resolved=r,solved=s,satisfaction=m"


def past(**values: str) -> dict[str, Any]:
    row = {"t": "灯不亮", "a": "2026-01-01 09:00", "r": "", "s": "", "m": ""} | values
    return body(_PAST, row, ZoneInfo("Asia/Shanghai"))


def test_what_became_of_a_row_where_it_came_from_is_told_along():
    assert "outcome" not in past()
    assert past(r="2026/1/2 10:00")["outcome"] == {"resolved_at": "2026-01-02T02:00:00+00:00"}
    answered = past(r="2026-01-02 10:00", s="是", m="基本满意")["outcome"]["answer"]
    assert (answered["solved"], answered["satisfaction"]) == (True, 3)
    assert past(r="2026-01-02 10:00", s="No", m="1")["outcome"]["answer"]["solved"] is False


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"r": "2025-12-31 10:00"}, "before it was said"),
        ({"r": "2099-12-31 10:00"}, "in the future"),
        ({"r": "soon"}, "not a time"),
        ({"r": "2026-01-02 10:00", "s": "maybe", "m": "1"}, "neither yes nor no"),
        ({"r": "2026-01-02 10:00", "s": "yes", "m": "6"}, "not 1 to 5"),
        ({"r": "2026-01-02 10:00", "s": "yes"}, "go together"),
    ],
)
def test_an_outcome_that_cannot_be_is_a_row_for_the_report(values, why):
    with pytest.raises(UnusableRowError, match=why):
        past(**values)


def test_a_row_without_a_position_is_accepted():
    made = body("text=t,lon=x,lat=y,address=a", {"t": "hello", "x": "", "y": "", "a": "青禾路6弄"})
    assert made["location"] == {"address": "青禾路6弄"}
    assert "location" not in body("text=t,lon=x,lat=y", {"t": "hello", "x": "", "y": ""})


def test_a_row_without_a_key_is_named_by_what_it_says():
    one, other = body("text=t", {"t": "a", "u": "b"}), body("text=t", {"t": "a", "u": "c"})
    assert one["key"] != other["key"]
    assert one["key"] == body("text=t", {"u": "b", "t": "a"})["key"]


@pytest.mark.parametrize(
    ("written_time", "utc"),
    [
        ("2026/1/5 8:30", "2026-01-05T00:30:00+00:00"),
        ("2026年1月5日 08:30", "2026-01-05T00:30:00+00:00"),
        ("2026-01-05T08:30:00Z", "2026-01-05T08:30:00+00:00"),
        ("01/05/2026 08:30:00 PM", "2026-01-05T12:30:00+00:00"),
    ],
)
def test_times_are_read_as_spreadsheets_write_them(written_time, utc):
    assert body("text=t,at=w", {"t": "x", "w": written_time})["at"] == utc


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"text": " "}, "text is empty"),
        ({"key": ""}, "key is empty"),
        ({"lat": ""}, "needs both"),
        ({"lon": "east"}, "longitude 'east' is not a number"),
        ({"lon": "nan"}, "not in degrees"),
        ({"lat": "1004321"}, "not in degrees"),
        ({"at": "yesterday"}, "is not a time"),
        ({"at": "2026-04-01"}, "in the future"),
        ({"at": ""}, "time is empty"),
        ({"kind": "fire"}, "none of issue"),
    ],
)
def test_a_row_that_cannot_become_a_request_says_why(values, why):
    good = {"text": "a", "key": "1", "lon": "1", "lat": "2", "at": "2026-01-01", "kind": "issue"}
    mapper = Mapper({field: (field,) for field in good}, "town", SHANGHAI, NOW)
    assert mapper.body(good)["kind"] == "issue"
    with pytest.raises(UnusableRowError, match=why):
        mapper.body({**good, **{k: v.strip() for k, v in values.items()}})
