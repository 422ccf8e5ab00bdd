"""Superiors' spreadsheets: read wherever the headings stand, filled from the book, and otherwise left as they were."""

import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given as for_any
from hypothesis import settings
from hypothesis import strategies as st
from openpyxl.styles import Font, PatternFill

from services.console import web
from shared.records.fields import FIELDS
from shared.records.making import content
from shared.records.template import read_template
from shared.sheets.cells import UnusableSheetError
from shared.words import RecordKind

TODAY = date(2026, 3, 2)
SECRET = b"s" * 32
NUMBER = "11010519491231002X"


def made(said, kind=RecordKind.PERSON):
    return content(kind, said, today=TODAY, secret=SECRET, tenant="demo")


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def opened(data):
    return openpyxl.load_workbook(io.BytesIO(data))


def workbook(*rows, merges=(), title="人口"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for merge in merges:
        book.active.merge_cells(merge)
    return book


WANG = {"name": "王秀英", "id_number": NUMBER, "phone": "13800138000", "building": "1号楼", "unit": "301"}
LI = {"name": "李伟", "building": "1号楼", "unit": "202"}
BOOK = {"r1": made(WANG), "r2": made(LI)}


def test_headings_stand_under_a_title_in_two_rows_of_merged_cells():
    """A title over everything, a group over its two columns, and words that our book calls otherwise."""
    book = workbook(
        ["梧桐里街道独居老人信息统计表"],
        ["序号", "姓 名", "公民身份号码(必填)", "联系方式", None, "血型"],
        [None, None, None, "手机号码", "固定电话", None],
        merges=("A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:F3"),
    )
    heading = read_template(saved(book), "t.xlsx").heading
    assert (heading.kind, heading.top, heading.bottom) == (RecordKind.PERSON, 2, 3)
    assert {column: field.slug for column, field in heading.columns.items()} == {
        2: "name",
        3: "id_number",
        4: "phone",
    }
    assert (heading.unknown, heading.numbering) == (("固定电话", "血型"), 1)
    assert heading.title == "梧桐里街道独居老人信息统计表"


def test_an_empty_table_gets_a_row_for_every_record_in_the_order_of_the_houses():
    template = read_template(
        saved(workbook(["序号", "姓名", "身份证号", "出生日期", "电话", "备注"])), "t.xlsx"
    )
    filled = template.fill(BOOK)
    rows = [[cell.value for cell in row] for row in opened(filled.data).active.iter_rows(min_row=2)]
    assert rows == [
        [1, "李伟", None, None, None, None],
        [2, "王秀英", NUMBER, "1949-12-31", "13800138000", None],
    ]
    assert filled.missing == {"r2": ("id_number", "born", "phone")}
    assert (filled.rows, filled.cells) == (2, 5)


def test_a_house_whose_number_is_written_oddly_has_a_place_among_the_others():
    """Not every digit is a number: 3² is none, and ③ is none either."""
    odd = {f"r{number}": made(WANG | {"building": said}) for number, said in enumerate(("3²", "③", "2号楼"))}
    filled = read_template(saved(workbook(["姓名", "楼栋"])), "t.xlsx").fill(odd)
    assert filled.rows == 3


def test_what_nobody_knows_is_marked_and_stays_empty_and_the_looks_stay():
    book = workbook(["姓名", "电话"], ["李伟", None])
    book.active["B2"].font = Font(bold=True, name="FangSong")
    filled = read_template(saved(book), "t.xlsx").fill(BOOK)
    cell = opened(filled.data).active["B2"]
    assert (cell.value, cell.fill.fgColor.rgb) == (None, "FFFFF2A8")
    assert (cell.font.bold, cell.font.name) == (True, "FangSong")
    again = read_template(filled.data, "t.xlsx").fill({"r2": made(LI | {"phone": "13900139000"})})
    assert opened(again.data).active["B2"].value == "13900139000"
    assert again.missing == {}


def test_rows_that_name_somebody_get_what_is_missing_and_nobody_is_made_up():
    book = workbook(
        ["姓名", "身份证号", "电话"],
        ["王秀英", None, "138-0013-8000"],
        ["张三", None, None],
        [None, None, "=1+1"],
        [None, None, "13700137000"],
        ["王秀英", NUMBER, "13899999999"],
        ["合计", None, "=COUNTA(A2:A6)"],
    )
    filled = read_template(saved(book), "t.xlsx").fill(BOOK)
    assert [(line.row, line.slug, line.fields) for line in filled.lines] == [
        (3, "not_in_the_book", ()),
        (4, "formula", ("phone",)),
        (5, "nothing_identifies_it", ()),
        (6, "twice", ()),
    ]
    sheet = opened(filled.data).active
    assert sheet["B2"].value == NUMBER
    assert sheet["C2"].value == "138-0013-8000"
    assert sheet["C7"].value == "=COUNTA(A2:A6)"


def test_what_stands_there_is_not_overwritten_but_told():
    book = workbook(["身份证号", "电话"], [NUMBER, "13899999999"])
    filled = read_template(saved(book), "t.xlsx").fill(BOOK)
    assert [(line.row, line.slug, line.fields) for line in filled.lines] == [(2, "differs", ("phone",))]
    assert opened(filled.data).active["B2"].value == "13899999999"


def test_two_of_one_name_are_not_told_apart_by_chance():
    twins = {
        "r1": made({"name": "王芳", "phone": "13800000001"}),
        "r2": made({"name": "王芳", "phone": "13800000002"}),
    }
    book = workbook(["姓名", "电话"], ["王芳", None], ["王芳", "13800000002"])
    filled = read_template(saved(book), "t.xlsx").fill(twins)
    assert [(line.row, line.slug) for line in filled.lines] == [(2, "several_match")]
    assert filled.rows == 1


def test_a_number_that_two_share_is_told_apart_by_the_name_beside_it():
    """Somebody typed the neighbour's number: the name says who is meant, and without one nobody is."""
    said = {"id_number": NUMBER, "building": "1号楼"}
    shared = {"r1": made(said | {"name": "王芳"}), "r2": made(said | {"name": "李芳"})}
    book = workbook(["姓名", "身份证号", "楼栋"], ["李芳", NUMBER, None], [None, NUMBER, None])
    filled = read_template(saved(book), "t.xlsx").fill(shared)
    assert [(line.row, line.slug) for line in filled.lines] == [(3, "several_match")]
    assert opened(filled.data).active["C2"].value == "1号楼"


def test_the_foot_stays_where_it_is_and_no_room_is_refused():
    book = workbook(["姓名"], [None], ["填表人:  "], merges=())
    with pytest.raises(UnusableSheetError) as refused:
        read_template(saved(book), "t.xlsx").fill(BOOK)
    assert (refused.value.slug, refused.value.detail) == ("sheet_no_room", {"rows": 2, "room": 1})


def test_formulas_in_peoples_words_are_text():
    evil = {"r1": made({"name": "=HYPERLINK(1)", "phone": "+8613800138000"})}
    filled = read_template(saved(workbook(["姓名", "电话"])), "t.xlsx").fill(evil)
    cells = opened(filled.data).active[2]
    assert [(cell.value, cell.data_type) for cell in cells] == [
        ("'=HYPERLINK(1)", "s"),
        ("'+8613800138000", "s"),
    ]
    filled = read_template("姓名,电话\n".encode(), "t.csv").fill(evil)
    assert filled.data.decode().splitlines()[1] == "'=HYPERLINK(1),'+8613800138000"


def test_csv_keeps_its_encoding_and_every_line_that_nobody_touched():
    data = '"姓名";"电话";"x"\r\n"李伟";"";"a ""b"" c"\r\n"王秀英";"";"q"\r\n'.encode("gb18030")
    filled = read_template(data, "t.csv").fill(BOOK)
    assert (
        filled.data.decode("gb18030")
        == '"姓名";"电话";"x"\r\n"李伟";"";"a ""b"" c"\r\n王秀英;13800138000;q\r\n'
    )
    assert filled.missing == {"r2": ("phone",)}


def test_every_other_part_of_the_file_has_the_same_bytes():
    book = workbook(["姓名", "电话"], [None, None])
    other = book.create_sheet("说明")
    other["A1"], other["A1"].fill = "=SUM(B1:B9)", PatternFill("solid", fgColor="FF112233")
    before = saved(book)
    after = read_template(before, "t.xlsx").fill(BOOK).data
    parts = [
        {
            name: zipfile.ZipFile(io.BytesIO(data)).read(name)
            for name in zipfile.ZipFile(io.BytesIO(data)).namelist()
        }
        for data in (before, after)
    ]
    assert {name for name in parts[0] if parts[0][name] != parts[1][name]} == {
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
        "xl/styles.xml",
    }


def _looks(sheet):
    return {
        cell.coordinate: (cell.value, cell.font.b, cell.fill.fgColor.rgb, cell.number_format)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None or cell.has_style
    }


LABELS = {
    field.slug: field.zh[0]
    for field in FIELDS[RecordKind.PERSON]
    if field.slug in ("name", "id_number", "phone", "building", "unit", "notes")
}
TEXT = st.text(st.characters(categories=("L", "N", "P"), exclude_characters="'"), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None)
@for_any(
    people=st.lists(
        st.fixed_dictionaries({"name": TEXT, "building": TEXT}, optional={"unit": TEXT, "notes": TEXT}),
        max_size=6,
    ),
    columns=st.permutations(list(LABELS)),
    above=st.integers(0, 3),
    noise=st.dictionaries(
        st.tuples(st.integers(1, 12), st.integers(9, 14)),
        st.one_of(st.integers(-9999, 9999), TEXT),
        max_size=8,
    ),
)
def test_a_filled_table_says_what_the_book_says_and_nothing_else_changed(people, columns, above, noise):
    """Whatever else stands in the sheet, and wherever the headings do."""
    book = openpyxl.Workbook()
    sheet = book.active
    for place in range(above):
        sheet.cell(1 + place, 1, f"标题{place}").font = Font(bold=True)
    for place, slug in enumerate(columns, start=1):
        sheet.cell(above + 1, place, LABELS[slug]).fill = PatternFill("solid", fgColor="FF00AA00")
    for (row, column), value in noise.items():
        sheet.cell(row, column, value).number_format = "0.00"
    before = _looks(sheet)
    records = {}
    for place, person in enumerate(people):
        records[f"r{place}"] = made(person | {"phone": f"1380013{place:04d}"})
    data = saved(book)
    filled = read_template(data, "t.xlsx", RecordKind.PERSON).fill(records)
    after = _looks(opened(filled.data).active)
    assert {where: after.get(where) for where in before} == before
    back = read_template(filled.data, "t.xlsx", RecordKind.PERSON)
    assert back.fields == tuple(columns)
    again = back.fill(records)
    assert (again.rows, again.cells) == (len(records), 0)
    assert again.missing == filled.missing
    assert not [line for line in again.lines if line.slug != "missing"]


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * (300 * 1024 * 1024))
    return out.getvalue()


def with_sheet(xml):
    data = saved(workbook(["姓名"]))
    out = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(data))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in source.namelist():
            packed.writestr(name, xml if name == "xl/worksheets/sheet1.xml" else source.read(name))
    return out.getvalue()


BOMB = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData/></worksheet>'


@pytest.mark.parametrize(
    ("data", "slug"),
    [
        (b"PK\x03\x04 torn", "sheet_unreadable"),
        (b"\xd0\xcf\x11\xe0old", "sheet_old_workbook"),
        (bomb(), "sheet_too_large"),
        (b"x" * (9 * 1024 * 1024), "sheet_too_large"),
        (with_sheet(BOMB), "sheet_unreadable"),
        (with_sheet(b"<worksheet><sheetData><row"), "sheet_unreadable"),
        (saved(workbook(["血型", "星座"])), "sheet_no_known_column"),
        (b"\x00\x01\x02", "sheet_unreadable"),
        ("编号\n".encode(), "sheet_which_kind"),
        (b"", "sheet_no_known_column"),
    ],
)
def test_what_cannot_be_filled_is_refused(data, slug):
    with pytest.raises(UnusableSheetError) as refused:
        read_template(data, "t").fill({})
    assert refused.value.slug == slug


def test_a_million_rows_that_say_nothing_are_no_trouble():
    rows = b"".join(b'<row r="%d" ht="15"/>' % row for row in range(2, 1_048_577))
    head = b'<row r="1"><c r="A1" t="inlineStr"><is><t>\xe5\xa7\x93\xe5\x90\x8d</t></is></c></row>'
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    filled = read_template(
        with_sheet(b"<worksheet %s><sheetData>" % space + head + rows + b"</sheetData></worksheet>"), "t.xlsx"
    ).fill(BOOK)
    assert (filled.rows, filled.cells) == (2, 2)


def test_the_sample_that_a_newcomer_gets_is_read_and_filled():
    sample = (Path(web.__file__).parent / "static/sample-table.xlsx").read_bytes()
    template = read_template(sample, "sample.xlsx")
    slugs = ("name", "id_number", "born", "care", "building", "unit", "phone")
    assert (template.fields, template.room) == (slugs, 35)
    assert template.heading.unknown == ("固定电话", "紧急联系人")
    filled = template.fill(BOOK)
    sheet = opened(filled.data)["统计表"]
    assert [cell.value for cell in sheet[6]][:4] == [2, "王秀英", NUMBER, "1949-12-31"]
    assert sheet["H40"].value == '=COUNTA(B5:B39)&"人"'
    assert sheet["H5"].fill.fgColor.rgb == "FFFFF2A8"
    assert len(opened(filled.data).worksheets) == 2
