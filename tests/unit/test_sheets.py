"""Tables as offices send them, bad ones above all, and what leaves again."""

import csv
import zipfile
from datetime import date

import openpyxl
import pytest

from lastmile.importing.handing_out import write
from lastmile.importing.records import read_columns
from lastmile.importing.sheets import open_rows
from lastmile.trouble import Trouble
from shared.cells import as_meant, harmless
from shared.records.making import Content, content
from shared.records.template import read_template
from shared.words import RecordKind


@pytest.fixture
def book(tmp_path):
    def save(*rows, name="people.xlsx"):
        workbook = openpyxl.Workbook()
        for row in rows:
            workbook.active.append(list(row))
        path = tmp_path / name
        workbook.save(path)
        return path

    return save


def test_a_workbook_is_read_like_a_table(book):
    rows = list(
        open_rows(book(["姓名", "人数", None], ["王秀英", 3.0, None], [None, None, None], ["李强", "2"]))
    )
    assert [(row.number, row.shown, row.values) for row in rows] == [
        (1, 2, {"姓名": "王秀英", "人数": "3"}),
        (2, 4, {"姓名": "李强", "人数": "2"}),
    ]


def test_a_formula_is_never_computed_and_its_row_is_named(book):
    (row,) = open_rows(book(["姓名", "电话"], ["王秀英", '=HYPERLINK("http://evil.example")']))
    assert row.trouble == "a formula stands in 电话"


def test_a_number_that_lost_its_digits_is_told(book):
    (row,) = open_rows(book(["身份证号"], [110105194912310021]))
    assert "e+17" in row.values["身份证号"].lower() or row.values["身份证号"] == "110105194912310021"


@pytest.mark.parametrize("content", [b"PK\x03\x04 torn", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", b""])
def test_what_is_no_workbook_is_said_so(tmp_path, content):
    path = tmp_path / "people.xlsx"
    path.write_bytes(content)
    with pytest.raises(Trouble):
        open_rows(path)


def test_a_zip_that_is_no_workbook(tmp_path):
    path = tmp_path / "people.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("readme.txt", "hello")
    with pytest.raises(Trouble, match="no workbook"):
        open_rows(path)


def test_columns_named_twice_are_refused(book):
    with pytest.raises(Trouble, match="names columns twice"):
        open_rows(book(["姓名", "姓名"], ["a", "b"]))


def test_a_csv_with_the_name_of_a_workbook_is_a_csv(tmp_path):
    path = tmp_path / "people.xlsx"
    path.write_bytes("姓名\n王秀英\n".encode("gb18030"))
    assert [row.values for row in open_rows(path)] == [{"姓名": "王秀英"}]


def test_columns_are_known_by_header_or_named():
    columns = ("姓名", "血型", "电话")
    assert read_columns(RecordKind.PERSON, columns, []) == {"姓名": "name", "电话": "phone"}
    assert read_columns(RecordKind.PERSON, columns, ["notes=血型,phone=姓名"]) == {
        "血型": "notes",
        "姓名": "phone",
    }
    with pytest.raises(Trouble):
        read_columns(RecordKind.PERSON, columns, ["blood=血型"])
    with pytest.raises(Trouble, match="No column"):
        read_columns(RecordKind.PERSON, ("血型",), [])


@pytest.mark.parametrize("evil", ["=1+1", "+86 13800138000", "-2", "@SUM(A1)", "\t=1"])
def test_what_a_spreadsheet_would_compute_is_harmless_and_comes_back(evil):
    assert harmless(evil) == f"'{evil}"
    assert as_meant(harmless(evil)) == evil
    assert as_meant("'quoted'") == "'quoted'"


async def _one():
    public = dict.fromkeys(("grid", "building", "dwelling", "category", "residents", "confirmed_on"))
    words = {"name": "=cmd|' /C calc'!A0", "id_number": "11010519491231002X", "phone": "+8613800138000"}
    yield "r1", Content(RecordKind.PERSON, public | {"care": False}, words, ())


async def test_an_export_holds_texts_alone(tmp_path):
    sheet, table = tmp_path / "out.xlsx", tmp_path / "out.csv"
    assert await write(sheet, RecordKind.PERSON, _one()) == 1
    assert await write(table, RecordKind.PERSON, _one()) == 1
    cells = [cell for row in openpyxl.load_workbook(sheet).active.iter_rows(min_row=2) for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    with table.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["关爱类型"] == ""
    assert row["姓名"] == "'=cmd|' /C calc'!A0"
    assert {row.trouble for row in open_rows(sheet)} == {None}


def test_a_filled_table_under_a_title_is_read_back_as_what_the_book_says(tmp_path):
    """What left the house in a superior's form comes back by an import, and names the same record."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (
        ["人口统计表"],
        ["序号", "姓名", "公民身份号码", "联系方式", None, "血型"],
        [None, None, None, "手机号码", "固定电话"],
    ):
        sheet.append(row)
    for merged in ("A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:F3"):
        sheet.merge_cells(merged)
    path = tmp_path / "form.xlsx"
    workbook.save(path)
    said = {"name": "=王秀英", "id_number": "11010519491231002X", "phone": "+8613800138000"}
    book = {"r1": content(RecordKind.PERSON, said, today=date(2026, 3, 2), secret=b"s" * 32, tenant="demo")}
    path.write_bytes(read_template(path.read_bytes(), "form").fill(book).data)
    table = open_rows(path, RecordKind.PERSON)
    columns = read_columns(RecordKind.PERSON, table.columns, [])
    (row,) = table
    assert {columns[name]: as_meant(value) for name, value in row.values.items()} == said
    assert (row.shown, row.trouble) == (4, None)
