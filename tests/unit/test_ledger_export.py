"""The ledger as a file: what a spreadsheet gets to see, and what it must not compute."""

import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from services.console.export.files import csv_file, workbook
from services.console.export.table import COLUMNS, Table
from shared.messages import Messages

ZONE = ZoneInfo("Asia/Shanghai")
NAMES = {"category": {"lamp": "路灯"}, "community": {"c1": "和平社区"}, "worker": {"w-li": "李敏"}}
SAID = "=HYPERLINK(1)"
ROW = {
    "code": "0123456789ABC",
    "status": "in_progress",
    "kind": "issue",
    "category": "lamp",
    "text": SAID,
    "community": "c1",
    "grid": "G-1",
    "worker": "w-li",
    "severity": "red",
    "channel": "phone",
    "people": 3,
    "vulnerable": None,
    "at": datetime(2026, 3, 2, 2, 30, tzinfo=UTC),
    "place": {"building": "-1号楼", "lon": None, "lat": None},
    "solved": False,
}


def table(lang: str = "zh", *, texts: bool = True) -> Table:
    return Table(Messages(), lang, ZONE, NAMES, texts=texts)


async def some(rows):
    yield [rows[0]]
    yield rows[1:]


async def read(chunks) -> bytes:
    return b"".join([chunk async for chunk in chunks])


async def test_a_row_says_in_words_and_in_the_office_s_time_what_the_page_shows():
    made = table()
    line = dict(zip(made.columns, made.line(ROW), strict=True))
    assert made.columns == COLUMNS
    assert (line["status"], line["category"], line["worker"], line["community"]) == (
        "处置中",
        "路灯",
        "李敏",
        "和平社区",
    )
    assert (line["at"], line["people"], line["vulnerable"], line["solved"]) == (
        "2026-03-02 10:30",
        "3",
        "",
        "否",
    )
    assert made.header[0] == "编号"
    assert table("en").header[0] == "Code"


def test_without_what_was_said_there_is_no_column_for_it():
    assert "text" not in table(texts=False).columns


async def test_csv_begins_with_a_bom_and_computes_nothing():
    """A spreadsheet takes UTF-8 with a byte order mark for what it is, and a formula for an order."""
    made = table()
    raw = await read(csv_file(made.header, some([made.line(ROW)] * 3)))
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert [row["内容"] for row in rows] == ["'=HYPERLINK(1)"] * 3
    assert {row["地点"] for row in rows} == {"'-1号楼"}


async def test_a_workbook_holds_texts_alone():
    made = table()
    lines = [made.line(ROW | {"text": said}) for said in (SAID, "#N/A", "12345678901234567890")]
    raw = await read(workbook(made.header, some(lines)))
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).worksheets[0]
    assert [cell.value for cell in sheet["E"]] == ["内容", f"'{SAID}", "#N/A", "12345678901234567890"]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row if cell.value} == {"s"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_column_has_a_name(lang):
    assert not [name for name in table(lang).header if name.startswith("ledger.")]
