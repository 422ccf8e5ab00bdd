"""Records of the grid book: the rules, and what a row of a table becomes."""

from datetime import date

import pytest

from services.routing.record.quality import Known, flaws, months_before
from shared.commands.record import CorrectRecord, EnterRecord, RemoveRecord
from shared.events.record import RecordCorrected, RecordEntered, RecordRemoved
from shared.records.checks import doubt_of_id, doubt_of_phone, doubts, read_date
from shared.records.fields import recognise
from shared.records.making import UnusableRecordError, changed, content, identify
from shared.records.template import value_of
from shared.words import RecordKind
from tests.fixtures.matter import box, minutes
from tests.fixtures.story import given

AT = minutes(60)
SECRET = b"s" * 32
TODAY = date(2026, 3, 2)


def command_for(model, **said):
    return model.model_validate(
        {"id": "c1", "tenant": "demo", "actor": "staff:s1", "at": AT, "record": "p1"} | said
    )


def enter(digest="d1", **said):
    return command_for(EnterRecord, kind="person", digest=digest, **said)


def correct(digest="d2", over="d1", **said):
    return command_for(CorrectRecord, changed=("phone",), over=over, digest=digest, **said)


def remove(reason="moved_away"):
    return command_for(RemoveRecord, reason=reason)


def entered(digest="d1", **said):
    return RecordEntered.model_validate({"kind": "person", "digest": digest, "at": AT} | said)


def corrected(digest="d2", **said):
    return RecordCorrected.model_validate({"changed": ("phone",), "digest": digest, "at": AT} | said)


def removed(reason="moved_away"):
    return RecordRemoved(reason=reason, at=AT)


def test_a_person_is_entered_once():
    given().when(enter(grid="g1", sealed=box("k1"))).then(entered(grid="g1", sealed=box("k1")))
    given(entered()).when(enter(sealed=box("k2"))).then()
    given(entered()).when(enter("d9")).refused("record_exists")


def test_a_correction_is_made_over_what_was_seen():
    """Two people who correct the same record: the second one has to look again."""
    given(entered()).when(correct()).then(corrected())
    given(entered(), corrected("d5")).when(correct("d2", over="d1")).refused("record_changed")
    given().when(correct()).refused("record_not_there")


def test_a_record_goes_for_a_reason_and_may_come_back():
    given(entered()).when(remove()).then(removed())
    given().when(remove()).refused("record_not_there")
    given(entered(), removed()).when(correct()).refused("record_not_there")
    given(entered(), removed()).when(enter("d3")).then(entered("d3"))


def test_another_grid_for_the_same_content_is_a_correction():
    given(entered(grid="g1")).when(correct("d1", grid="g2")).then(corrected("d1", grid="g2"))


def made(said, kind=RecordKind.PERSON, before=None):
    return content(kind, said, today=TODAY, secret=SECRET, tenant="demo", before=before)


@pytest.mark.parametrize(
    ("number", "doubt"),
    [
        ("11010519491231002X", None),
        ("110105194912310021", "id_number_wrong"),
        ("440524188001010014", None),
        ("1101051949123100", "id_number_malformed"),
        ("11010519491331002X", "id_number_wrong"),
    ],
)
def test_id_numbers_are_held_against_gb_11643(number, doubt):
    assert doubt_of_id(number) == doubt


def test_what_is_odd_is_named_without_the_words():
    said = {"id_number": "11010519491231002X", "born": "1950-01-01", "phone": "12345"}
    assert doubts(said, TODAY) == ("born_not_as_id_number", "phone_invalid")
    assert doubts({"born": "2030-01-01"}, TODAY) == ("born_in_future",)
    assert doubt_of_phone("13800138000") is None
    assert doubt_of_phone("021-62345678") is None


@pytest.mark.parametrize(
    "text", ["2026-03-01", "2026/3/1", "20260301", "2026年3月1日", "2026.3.1", "2026-03-01 00:00:00"]
)
def test_days_are_read_as_people_write_them(text):
    assert read_date(text) == date(2026, 3, 1)


@pytest.mark.parametrize("text", ["", "1.3.2026", "2026-02-30", "春节", "2026-3", "46082"])
def test_what_is_no_day_is_none(text):
    assert read_date(text) is None


def test_words_about_a_person_are_sealed_and_the_rest_is_public():
    person = made(
        {
            "name": "王秀英",
            "id_number": "11010519491231002x",
            "building": "1号楼",
            "unit": "301",
            "care": "独居老人",
        }
    )
    assert person.public["care"] is True
    assert set(person.words) == {"name", "id_number", "unit", "care"}
    assert "王" not in str(person.public)
    assert "独居" not in str(person.public)


def test_the_same_person_has_the_same_name_and_it_tells_nothing():
    said = {"name": "王秀英", "id_number": "11010519491231002x"}
    one = identify(SECRET, "demo", RecordKind.PERSON, said)
    assert one == identify(
        SECRET, "demo", RecordKind.PERSON, {"id_number": " １１０１０５１９４９１２３１００２Ｘ"}
    )
    assert one != identify(b"t" * 32, "demo", RecordKind.PERSON, said)
    with pytest.raises(UnusableRecordError, match="nothing_identifies_it"):
        identify(SECRET, "demo", RecordKind.PERSON, {"name": "王秀英"})
    with pytest.raises(UnusableRecordError, match="rounded_by_a_spreadsheet"):  # two such are not one person
        identify(SECRET, "demo", RecordKind.PERSON, {"id_number": "1.10105E+17"})


def test_a_person_finds_the_dwelling_by_building_and_unit():
    home = {"building": "1号楼", "unit": "301"}
    person = made({"id_number": "11010519491231002X"} | home)
    assert person.public["dwelling"] == identify(SECRET, "demo", RecordKind.DWELLING, home | {"key": "F-7"})


def test_the_same_unit_behind_two_entrances_is_two_dwellings():
    """Tables of people have 单元 beside 室号: 1单元301 and 2单元301 are two doors of one building."""
    headers = ["楼栋", "单元", "室号"]
    for kind in (RecordKind.PERSON, RecordKind.DWELLING):
        found = [field.slug for field in recognise(kind, headers).values()]
        assert found == ["building", "entrance", "unit"]
    one, other = ({"building": "1号楼", "entrance": f"{n}单元", "unit": "301"} for n in (1, 2))
    names = {identify(SECRET, "demo", RecordKind.DWELLING, said) for said in (one, other)}
    assert len(names) == 2
    person = made({"id_number": "11010519491231002X"} | one)
    assert person.public["dwelling"] in names
    assert {"entrance", "unit"} <= set(person.words)
    assert value_of(person, "address") == "1号楼1单元301"


def test_an_empty_cell_erases_nothing():
    before = made({"name": "王秀英", "phone": "13800138000", "building": "1号楼"})
    after = made({"name": "王秀英", "phone": "", "born": "1949-12-31"}, before=before)
    assert after.words["phone"] == "13800138000"
    assert changed(before, after) == ("born",)
    assert made({"name": "王秀英"}, before=before).digest(SECRET) == before.digest(SECRET)


@pytest.mark.parametrize(
    ("said", "slug"),
    [
        ({"id_number": "1.10105E+17"}, "rounded_by_a_spreadsheet"),
        ({"born": "春节"}, "not_a_date"),
        ({"name": "王\x00"}, "control_characters"),
        ({"name": "王" * 501}, "too_long"),
        ({"building": "楼" * 65}, "too_long"),
        ({"confirmed_on": "2026-13-01"}, "not_a_date"),
    ],
)
def test_what_cannot_be_used_is_refused_by_field(said, slug):
    with pytest.raises(UnusableRecordError) as why:
        made(said)
    assert (why.value.slug, why.value.field) == (slug, next(iter(said)))


@pytest.mark.parametrize("said", ["三", "-1", "10000", "2.5"])
def test_a_count_is_a_number(said):
    with pytest.raises(UnusableRecordError, match="not_a_number"):
        made({"residents": said}, RecordKind.DWELLING)


def test_headers_are_recognised_however_they_are_written():
    headers = ["姓名(必填)", "联系 电话", "ID Number", "手机", "血型"]
    found = {header: field.slug for header, field in recognise(RecordKind.PERSON, headers).items()}
    assert found == {"姓名(必填)": "name", "联系 电话": "phone", "ID Number": "id_number"}


def known(**more):
    said = {
        "grids": {"g1"},
        "buildings": {"1号楼"},
        "living": {},
        "dwellings": {"d1"},
        "stale_before": date(2025, 3, 1),
    }
    return Known(**(said | more))


def record(kind, **said):
    plain = dict.fromkeys(("grid", "building", "dwelling", "category", "residents", "confirmed_on"))
    return (
        plain | {"kind": kind, "filled": [], "doubts": [], "grid": "g1", "confirmed_on": "2026-01-01"} | said
    )


def test_a_dwelling_that_says_nobody_lives_there_while_somebody_does():
    empty = record("dwelling", residents=0, filled=["phone"])
    assert flaws("d1", empty, known(living={"d1": 2})) == ["empty_but_lived_in"]
    assert flaws("d1", empty, known()) == []
    assert flaws("d1", record("dwelling", residents=1, filled=["phone"]), known(living={"d1": 2})) == [
        "more_live_there"
    ]


def test_missing_unknown_and_stale_are_told_apart():
    person = record(
        "person", filled=["name", "phone"], building="9号楼", dwelling="d9", confirmed_on="2025-02-28"
    )
    assert flaws("p1", person, known()) == [
        "missing_id_number",
        "unknown_building",
        "dwelling_not_there",
        "stale",
    ]
    nowhere = record("facility", filled=["name"], category="消防栓", grid=None, confirmed_on=None)
    assert flaws("f1", nowhere, known()) == ["no_grid", "never_confirmed"]


def test_months_are_counted_by_the_calendar():
    assert months_before(date(2026, 3, 31), 12) == date(2025, 3, 1)
    assert months_before(date(2026, 1, 31), 2) == date(2025, 11, 1)
