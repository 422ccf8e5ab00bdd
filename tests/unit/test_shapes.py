"""Grids from GeoJSON: what cannot be a grid is named with its reason, the rest is kept."""

import json
import os
from pathlib import Path

import pytest

from lastmile.importing.shapes import Naming, as_plan, read_collection, read_file
from lastmile.importing.template import Template
from lastmile.trouble import Trouble
from shared.words import Duty

SQUARE = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]


def feature(code="A", coordinates=SQUARE, kind="Polygon", **more):
    return {
        "type": "Feature",
        "properties": {"code": code, **more},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def reasons(*features):
    return [rejected.reason for rejected in read_collection({"features": list(features)}).rejected]


def test_a_grid_keeps_what_readers_need_and_no_more():
    reading = read_collection(
        {"features": [feature("A", name="甲", worker="w-1", deputy="w-2", buildings=["一号"], colour="red")]}
    )
    [grid] = reading.grids
    assert grid.feature["properties"] == {"code": "A", "name": "甲", "buildings": ["一号"]}
    assert grid.workers == {Duty.WORKER: "w-1", Duty.DEPUTY: "w-2"}


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (feature(coordinates=[[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]), "invalid: Self-intersection"),
        (feature(coordinates=[]), "empty"),
        (feature(coordinates=[[[0, 0], [1, 1], [0, 0]]]), ""),
        (feature(coordinates=[[["a", 0], [1, 0], [1, 1], [0, 0]]]), ""),
        (feature(coordinates=[0, 0], kind="Point"), "Point, not a Polygon"),
        (feature(coordinates=[[[0, 0], [200, 0], [200, 10], [0, 0]]]), "not degrees"),
        (feature(coordinates=[[[0, 0], [1e300 * 1e10, 0], [1, 1], [0, 0]]]), ""),
        (feature(code=""), "no property 'code'"),
        (feature(code="x" * 65), "longer than 64"),
        ({"type": "Feature", "properties": {"code": "A"}, "geometry": None}, "nothing, not a Polygon"),
        ({"type": "Feature", "properties": None}, "no feature with properties"),
        ("feature", "no feature with properties"),
        (feature(buildings="一号"), "no list"),
    ],
)
def test_what_cannot_be_a_grid_is_named_and_the_next_is_kept(odd, why):
    reading = read_collection({"features": [odd, feature("B")]})
    assert [grid.code for grid in reading.grids] == ["B"]
    [rejected] = reading.rejected
    assert rejected.feature == 1
    assert why in rejected.reason


def test_the_second_of_two_with_one_code_is_named():
    assert reasons(feature("A"), feature("A")) == ["the code was used before, by feature 1"]


def test_a_worker_whose_id_does_not_fit_costs_the_post_and_not_the_grid():
    reading = read_collection({"features": [feature(worker="Ann Lee")]})
    assert len(reading.grids) == 1
    assert reading.grids[0].workers == {}
    assert "cannot be an id" in reading.rejected[0].reason


def test_equal_grids_make_equal_plans_in_any_order():
    one = as_plan(read(square("A", 0), square("B", 1)).grids, {})
    other = as_plan(read(square("B", 1), square("A", 0)).grids, {})
    assert one == other


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"features": 1}',
        '{"features": [], "crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}}',
    ],
)
def test_a_file_that_is_no_collection_is_told_in_a_sentence(tmp_path, content):
    path = tmp_path / "grids.geojson"
    path.write_text(content)
    with pytest.raises(Trouble):
        read_file(path, Naming())


def test_the_districts_of_a_city_get_the_codes_that_its_table_uses():
    """Real input, where it is at hand: 59 districts whose codes the city writes as 01 BRONX."""
    data = Path(os.environ.get("LASTMILE_NYC311", "../shared/data/nyc311"))
    if not data.exists():
        pytest.skip("the city's files are not here")
    naming = Naming(code=Template("{district_number:02d} {borough!u}"))
    reading = read_file(data / "community_district.geojson", naming)
    codes = {grid.code for grid in reading.grids}
    assert len(codes) == 59
    assert {"01 BRONX", "15 BROOKLYN", "03 STATEN ISLAND"} <= codes
    assert not reading.rejected
    assert json.dumps(as_plan(reading.grids, {}))


# the plan as a whole ────────────────────────────────────────────────────────────────────────────────────────────────


def square(code, west, **more):
    ring = [[west, 0], [west + 1, 0], [west + 1, 1], [west, 1], [west, 0]]
    return feature(code, coordinates=[ring], **more)


def read(*features, **more):
    return read_collection({"features": list(features), **more})


def test_a_ring_that_does_not_close_is_no_grid():
    assert reasons(feature(coordinates=[[[0, 0], [1, 0], [1, 1], [0, 1]]])) == [
        "one of its rings does not end where it begins"
    ]


def test_of_two_grids_that_overlap_the_first_stays():
    """Else the same place would be one worker's today and another's tomorrow."""
    reading = read(square("A", 0), square("B", 0.5), square("C", 1.0), square("D", 1.995))
    assert [grid.code for grid in reading.grids] == ["A", "C", "D"]
    [row] = reading.rejected
    assert (row.feature, row.code) == (2, "B")
    assert row.reason == "it overlaps grid 'A' by 50% of the smaller one"


def test_a_micro_grid_lies_in_its_grid_and_in_no_other():
    inside = square("Z", 0.0, level="micro_grid", parent="A")
    assert [grid.code for grid in read(square("A", 0), inside).grids] == ["A", "Z"]
    assert [grid.code for grid in read(square("B", 0), inside).grids] == ["B"]


def test_a_building_is_one_grids():
    shared = [{"name": "2号", "entrances": ["一单元"]}, "3号"]
    reading = read(square("A", 0, buildings=["1号", *shared]), square("B", 1, buildings=["1号", "4号"]))
    assert [grid.feature["properties"]["buildings"] for grid in reading.grids] == [["1号", *shared], ["4号"]]
    assert [(row.code, row.reason) for row in reading.rejected] == [
        ("B", "building '1号' stands in grid 'A' already; it is kept there")
    ]


AREAS = [
    {"code": "S", "level": "street", "zh": "街道", "head": "w-head"},
    {"code": "C", "level": "community", "zh": "社区", "parent": "S"},
]


def test_areas_are_a_tree_and_their_heads_are_posted():
    reading = read(square("A", 0, parent="C", volunteers=["v-1", "no id"]), areas=AREAS)
    assert reading.heads == {"S": "w-head"}
    assert reading.grids[0].volunteers == ("v-1",)
    assert [area["code"] for area in reading.more["areas"]] == ["S", "C"]
    assert "head" not in reading.more["areas"][0]
    assert [row.reason for row in reading.rejected] == [
        "volunteer 'no id' cannot be an id (letters, digits, _ and -); the grid is kept"
    ]


def test_areas_that_hang_in_the_air_are_named_and_the_grids_below_are_kept():
    lost = {"code": "L", "level": "community", "zh": "无根", "parent": "nowhere"}
    upside = {"code": "U", "level": "street", "zh": "倒置", "parent": "C"}
    again = {"code": "C", "level": "community", "zh": "又一个"}
    odd = {"code": "O", "level": "province", "zh": "省"}
    reading = read(square("A", 0, parent="L"), square("S", 1), areas=[*AREAS, lost, upside, again, odd, 7])
    assert [grid.code for grid in reading.grids] == ["A"]
    assert "parent" not in reading.grids[0].feature["properties"]
    assert {row.code for row in reading.rejected} == {"L", "U", "C", "O", "area 7", "A", "S"}


@pytest.mark.parametrize("buildings", [[{"entrances": ["1"]}], [{"name": "1号", "units": "all"}]])
def test_a_building_that_cannot_be_read_is_told(buildings):
    assert len(reasons(square("A", 0, buildings=buildings))) == 1
