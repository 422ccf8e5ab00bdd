"""A rota from a table: times on the street's clock, a row that cannot be used is named, the rest is noted."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from lastmile.importing.rota import read_rota
from lastmile.importing.sheets import open_rows
from lastmile.trouble import Trouble

ZONE = ZoneInfo("Asia/Shanghai")
ROWS = """区域,开始,结束,值班人,副班
G-1,2026-12-01 17:30,2026-12-02 08:30,w-1,w-2
C,2026/12/05 08:30,2026/12/06 08:30,s-1,
G-9,2026-12-01 17:30,2026-12-02 08:30,w-1,
G-1,明天,2026-12-02 08:30,w-1,
G-1,2026-12-01 17:30,2026-12-02 08:30,陈桂兰,
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_rota_as_offices_write_it(tmp_path: Path, encoding: str):
    path = tmp_path / "rota.csv"
    path.write_text(ROWS, encoding=encoding)
    duties, rejected, rows = read_rota(open_rows(path), {"G-1", "C"}, ZONE)
    assert [(duty.area, duty.worker, duty.deputy) for duty in duties] == [
        ("G-1", "w-1", "w-2"),
        ("C", "s-1", None),
    ]
    assert duties[0].starts == datetime(2026, 12, 1, 17, 30, tzinfo=ZONE)
    assert ([odd.row for odd in rejected], rows) == ([4, 5, 6], 5)
    assert not any("陈" in odd.reason for odd in rejected)


def test_a_workbook_says_the_same(tmp_path: Path):
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["area", "from", "to", "worker"])
    sheet.append(["G-1", datetime(2026, 12, 1, 17, 30), datetime(2026, 12, 2, 8, 30), "w-1"])  # noqa: DTZ001 - as cells are
    path = tmp_path / "rota.xlsx"
    book.save(path)
    duties, rejected, _ = read_rota(open_rows(path), {"G-1"}, ZONE)
    assert (duties[0].ends, rejected) == (datetime(2026, 12, 2, 8, 30, tzinfo=ZONE), [])


def test_a_table_without_its_columns_is_refused_as_a_whole(tmp_path: Path):
    path = tmp_path / "rota.csv"
    path.write_text("area,worker\nG-1,w-1\n", encoding="utf-8")
    with pytest.raises(Trouble, match="from, to"):
        read_rota(open_rows(path), {"G-1"}, ZONE)
