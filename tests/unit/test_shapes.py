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
    one = as_plan(read_collection({"features": [feature("A"), feature("B")]}).grids, {})
    other = as_plan(read_collection({"features": [feature("B"), feature("A")]}).grids, {})
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
