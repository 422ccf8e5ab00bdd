"""Posts from a table: as offices write it, a row that cannot be used is named, and the rest is posted."""

from pathlib import Path

import openpyxl
import pytest

from lastmile.importing.posts import read_posts
from lastmile.importing.sheets import open_rows
from lastmile.importing.tables import open_table
from lastmile.trouble import Trouble
from shared.words import Duty

ROWS = """区域,岗位,人员编号,姓名,手机
G-1,网格员,w-1,陈桂兰,13800000101
G-1,worker,w-2,别人,
C,负责人,s-1,林志远,13800000011
G-1,志愿者,v-1,,
G-1,志愿者,v-2,,
G-9,网格员,w-1,,
G-1,门卫,w-1,,
G-1,副网格员,陈 桂兰,,
G-1,副网格员
G-1,志愿者,v-3,王五,12
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_as_offices_write_it(tmp_path: Path, encoding: str):
    path = tmp_path / "posts.csv"
    path.write_text(ROWS, encoding=encoding)
    wanted = read_posts(open_table(path), {"G-1", "C"})
    assert [(post.grid, post.duty, post.worker) for post in wanted.posts] == [
        ("G-1", Duty.WORKER, "w-1"),
        ("C", Duty.HEAD, "s-1"),
        ("G-1", Duty.VOLUNTEER, "v-1"),
        ("G-1", Duty.VOLUNTEER, "v-2"),
    ]
    assert [odd.row for odd in wanted.rejected] == [3, 7, 8, 9, 10, 11]
    assert wanted.contacts["w-1"] == {"name": "陈桂兰", "phone": "+8613800000101"}
    assert "12" not in wanted.rejected[-1].reason
    assert not any("陈" in odd.reason for odd in wanted.rejected)


def test_a_workbook_says_the_same(tmp_path: Path):
    book = openpyxl.Workbook()
    for row in (["area", "duty", "worker"], ["G-1", "worker", "w-1"], [None], ["G-9", "worker", "w-2"]):
        book.active.append(row)
    book.save(tmp_path / "posts.xlsx")
    table = open_rows(tmp_path / "posts.xlsx")
    wanted = read_posts(table, {"G-1"})
    assert ([post.worker for post in wanted.posts], [odd.row for odd in wanted.rejected]) == (["w-1"], [4])
    assert (table.rows, len(table.digest)) == (2, 64)


def test_a_table_without_its_columns_is_refused_as_a_whole(tmp_path: Path):
    path = tmp_path / "posts.csv"
    path.write_text("name,phone\n陈桂兰,1\n", encoding="utf-8")
    with pytest.raises(Trouble, match="area, duty, worker"):
        read_posts(open_table(path), {"G-1"})
