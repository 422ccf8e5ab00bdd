"""The grid book from a street's lists, bad rows and all: in once, out again, and what is wrong with it."""

import csv
import json

import openpyxl
import pytest

from tests.fixtures.running import Running, answered, lastmile

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
BROKEN = ("1.10105E+17", "")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    stack = Running(tmp_path_factory.mktemp("town"), "--no-demo").start()
    plan = tmp_path_factory.mktemp("plan") / "grids.geojson"
    ring = [[10, 0], [11, 0], [11, 1], [10, 1], [10, 0]]
    feature = {
        "type": "Feature",
        "properties": {"code": "G-1", "buildings": ["1号楼"]},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    plan.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    answered("grids", "import", str(plan), f"--data={stack.data}")
    yield stack
    assert stack.stop() == 0


def id_number(place):
    digits = f"1101051949{1 + place % 12:02d}{1 + place % 28:02d}{place:03d}"
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]


def people(path, rows, encoding="gb18030", **more):
    with path.open("w", encoding=encoding, newline="") as file:
        table = csv.writer(file)
        table.writerow(["姓名", "身份证号(必填)", "手机", "楼栋", "室号", "特殊群体", *more])
        for place in range(rows):
            number = BROKEN[place // 20 % 2] if place % 20 == 7 else id_number(place)
            care = "独居老人" if place == 0 else ""
            row = [f"居民{place}", number, f"1380013{place:04d}", "1号楼", f"{place}室", care, *more.values()]
            table.writerow([*row[:2], "", *row[3:]] if not number else row)
    return path


def bring(town, path, kind="person"):
    return answered("records", "import", str(path), "--kind", kind, f"--data={town.data}")


def test_a_list_with_broken_rows_is_done_but_for_those_and_again_changes_nothing(town, tmp_path):
    path = people(tmp_path / "people.csv", 100)
    first = bring(town, path)
    assert (first["entered"], first["rejected"], first["unchanged"]) == (95, 5, 0)
    with (tmp_path / "people.rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        reasons = {row["row"]: row["reason"] for row in csv.DictReader(file)}
    assert set(reasons) == {"9", "29", "49", "69", "89"}
    assert reasons["9"] == "id_number: rounded_by_a_spreadsheet"
    assert reasons["29"] == "nothing_identifies_it"
    again = bring(town, path)
    assert (again["entered"], again["corrected"], again["unchanged"]) == (0, 0, 95)
    better = people(tmp_path / "better.csv", 100, "utf-8-sig", 备注="来电核实")
    corrected = bring(town, better)
    assert (corrected["entered"], corrected["corrected"]) == (0, 95)

    sheet = tmp_path / "all.xlsx"
    options = ["--kind", "person", f"--data={town.data}"]
    out = answered("records", "export", str(sheet), *options, "--purpose", "年度核对")
    assert out["rows"] == 95
    back = bring(town, sheet)
    assert (back["entered"], back["corrected"], back["unchanged"], back["rejected"]) == (0, 0, 95, 0)

    report = answered("records", "report", f"--data={town.data}")
    assert report["totals"] == [{"grid": "G-1", "kind": "person", "records": 95}]
    flaws = {line["flaw"]: line["count"] for line in report["flaws"]}
    assert flaws == {"dwelling_not_there": 95, "never_confirmed": 95}


def test_a_file_that_is_none_says_so(town, tmp_path):
    path = tmp_path / "people.xlsx"
    path.write_bytes(b"PK\x03\x04 torn")
    done = lastmile("records", "import", str(path), "--kind", "person", f"--data={town.data}", expect=1)
    assert "no workbook" in done.stderr


def test_a_superiors_table_is_filled_and_what_nobody_knows_is_done_once_it_is_told(town, tmp_path):
    """Two offices ask for a phone that the book lacks: one task, counted twice; told by an import, it is done."""
    lacking = people(tmp_path / "lacking.csv", 0)
    with lacking.open("a", encoding="gb18030", newline="") as file:
        csv.writer(file).writerow(["周桂兰", id_number(500), "", "1号楼", "901室", "失能老人"])
    assert bring(town, lacking)["entered"] == 1
    book = openpyxl.Workbook()
    for row in (
        ["失能老人统计表"],
        ["序号", "老人姓名", "公民身份号码", "性别", "联系手机", "血型"],
        [],
        ["填表人:"],
    ):
        book.active.append(row)
    book.active.merge_cells("A1:F1")
    book.active.append(["填表人:"])
    template = tmp_path / "template.xlsx"
    book.save(template)

    def fill(office, path=template):
        options = [
            f"--office={office}",
            "--purpose=年度核对",
            "--care=失能",
            "--area=G-1",
            f"--data={town.data}",
        ]
        return answered("records", "fill", str(path), f"--out={tmp_path / 'out.xlsx'}", *options)

    first = fill("民政办")
    assert (first["kind"], first["rows"], first["missing"]) == ("person", 1, 1)
    assert first["unknown_columns"] == ["血型"]
    assert [(line["row"], line["slug"], line["fields"]) for line in first["lines"]] == [
        (3, "missing", ["phone"])
    ]
    assert fill("民政办") == first
    assert fill("老龄办")["missing"] == 1
    asked = answered("records", "asks", f"--data={town.data}")
    phone = next(row for row in asked["rows"] if row["field"] == "phone")
    assert (phone["care"], phone["times"], phone["offices"]) == ("失能", 2, ["民政办", "老龄办"])

    told = people(tmp_path / "told.csv", 0)
    with told.open("a", encoding="gb18030", newline="") as file:
        csv.writer(file).writerow(["周桂兰", id_number(500), "13900139000", "1号楼", "901室", ""])
    assert bring(town, told)["corrected"] == 1
    again = fill("民政办", tmp_path / "out.xlsx")
    assert (again["missing"], again["cells"]) == (0, 1)
    row = [cell.value for cell in openpyxl.load_workbook(tmp_path / "out.xlsx").active[3]]
    assert row == [
        1,
        "周桂兰",
        id_number(500),
        "男" if id_number(500)[16] in "13579" else "女",
        "13900139000",
        None,
    ]

    bomb = tmp_path / "bomb.xlsx"
    bomb.write_bytes(b"PK\x03\x04 torn")
    options = ["--office=o", "--purpose=p", f"--data={town.data}"]
    assert "no table" in lastmile("records", "fill", str(bomb), *options, expect=1).stderr
