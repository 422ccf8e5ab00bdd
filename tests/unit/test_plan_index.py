"""Which grid a place lies in: the door first, then the position; and one plan's answer never changes another's."""

import pytest

from services.routing.plan_index import PlanIndex
from shared.areas import Areas, Level, communities_of, door_said, grids_in
from shared.events.event import Place

AREAS = [
    {"code": "S", "level": "street", "zh": "街道", "en": "Street"},
    {"code": "C", "level": "community", "parent": "S", "zh": "社区", "en": "Community"},
]


def square(code, west, size=1.0, **more):
    ring = [[west, 0], [west + size, 0], [west + size, size], [west, size], [west, 0]]
    return {
        "type": "Feature",
        "properties": {"code": code, "name": code, **more},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def plan(*features, **more):
    return {"type": "FeatureCollection", "features": list(features), **more}


def at(lon, lat=0.5, **more):
    return Place(lon=lon, lat=lat, **more)


def test_the_door_goes_before_the_position():
    index = PlanIndex("p", plan(square("A", 0, buildings=["1号"]), square("B", 1)))
    assert index.grid_of(at(1.5, building="1号")) == ("A", "building")
    assert index.grid_of(at(1.5, building="9号")) == ("B", "position")


def test_a_community_is_found_in_a_tree_and_in_a_plan_of_before():
    """The tree says ``parent``; an older plan says of each grid in which community it lies, listed or not."""
    tree = plan(
        square("G", 0, parent="C"),
        square("M", 0, level="micro_grid", parent="G"),
        square("H", 1),
        areas=AREAS,
    )
    assert [each["code"] for each in communities_of(tree)] == ["C"]
    assert (grids_in(tree, ["C"]), grids_in(tree, ["S"]), grids_in(tree, ["H"])) == (
        {"G", "M"},
        {"G", "M"},
        {"H"},
    )
    before = plan(square("G", 0, community="C"), square("H", 1, community="D"))
    listed = before | {"communities": [{"code": "C", "zh": "一", "en": "One"}]}
    assert communities_of(listed) == [{"code": "C", "zh": "一", "en": "One"}]
    assert (grids_in(before, ["C"]), grids_in(listed, ["C", "D"])) == ({"G"}, {"G", "H"})


@pytest.mark.parametrize(
    ("said", "door"),
    [
        ({"entrance": "2单元", "unit": "301"}, ("2单元", "301")),
        ({"unit": "2单元301室"}, ("2单元", "301室")),
        ({"unit": "2 单元"}, ("2单元", None)),
        ({"unit": "301"}, (None, "301")),
        ({}, (None, None)),
    ],
)
def test_residents_write_the_entrance_beside_the_unit_or_before_it(said, door):
    assert door_said(said) == door


def test_two_grids_share_a_building_by_its_entrances_and_units():
    """The odd staircase is one worker's, the even one another's; who says neither is asked for his position."""
    left = [{"name": "1号", "entrances": ["一单元", {"name": "二单元", "units": ["201"]}]}]
    right = [{"name": "1号", "entrances": [{"name": "二单元", "units": ["202"]}], "units": ["地下室"]}]
    index = PlanIndex("p", plan(square("A", 0, buildings=left), square("B", 1, buildings=right)))
    here = Place(building="1号")
    assert index.grid_of(here, entrance="一单元", unit="101") == ("A", "building")
    assert index.grid_of(here, entrance="二单元", unit="202") == ("B", "building")
    assert index.grid_of(here, unit="地下室") == ("B", "building")
    assert index.grid_of(here) is None
    assert index.grid_of(at(1.5, building="1号")) == ("B", "position")


def test_a_micro_grid_knows_a_place_better_than_the_grid_around_it():
    inner = square("Z", 0.2, 0.6, level="micro_grid", parent="A")
    index = PlanIndex("p", plan(square("A", 0, parent="C"), inner, areas=AREAS))
    assert index.grid_of(at(0.5)) == ("Z", "position")
    assert index.grid_of(at(0.1)) == ("A", "position")
    assert index.communities == {"Z": "C", "A": "C"}


def test_many_positions_get_what_each_gets_alone():
    index = PlanIndex("p", plan(square("B", 1), square("A", 0)))
    many = [(0.5, 0.5), (1.0, 0.5), (1.5, 0.5), (5.0, 5.0)]
    assert index.grids_of(many) == ["A", "A", "B", None]
    assert index.grids_of(many) == [
        found[0] if (found := index.grid_of(at(*each))) else None for each in many
    ]
    assert index.grids_of([]) == []


def test_an_area_knows_what_is_above_it():
    areas = Areas(plan(square("A", 0, parent="C"), areas=AREAS))
    assert [area.code for area in areas.upwards("A")] == ["A", "C", "S"]
    assert (areas["A"].level, areas.community_of("A"), areas.within("C")) == (Level.GRID, "C", {"C", "A"})


def test_a_circle_of_parents_ends():
    ring = [
        {"code": "X", "level": "community", "parent": "Y"},
        {"code": "Y", "level": "community", "parent": "X"},
    ]
    assert [area.code for area in Areas(plan(areas=ring)).upwards("X")] == ["X", "Y"]


@pytest.mark.parametrize("listed", [[], [{"code": "C", "zh": "社区", "en": "C"}]])
def test_an_old_plan_still_says_in_which_community_a_grid_lies(listed):
    index = PlanIndex("p", plan(square("A", 0, community="C"), communities=listed))
    assert index.communities == {"A": "C"}
