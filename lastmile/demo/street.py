"""The demo street 梧桐里街道: its grids, its people, what its residents say, and thirty days of its past.

All of it is made up; no phone number here belongs to anybody we know of.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Required, TypedDict

from shapely.geometry import shape

HERE = Path(__file__).parent


class Category(TypedDict):
    code: str
    zh: str
    en: str
    kind: str


class Community(TypedDict):
    code: str
    zh: str
    en: str


class Person(TypedDict, total=False):
    id: Required[str]
    name: Required[str]
    phone: Required[str]
    chat: Required[str]
    community: str
    """Only of a secretary."""


class Group(TypedDict):
    grid: str
    chat: str
    name: str


class People(TypedDict):
    street: dict[str, str]
    director: Person
    operator: Person
    secretaries: list[Person]
    workers: list[Person]
    groups: list[Group]


class Elsewhere(TypedDict):
    reason: str
    instead: str


class Texts(TypedDict):
    """``requests``, ``findings`` and ``outcomes`` by category, ``comments`` by satisfaction; ``{where}`` is a place."""

    requests: dict[str, list[str]]
    findings: dict[str, list[str]]
    outcomes: dict[str, list[str]]
    comments: dict[str, list[str]]
    openings: list[str]
    closings: list[str]
    notes: list[str]
    held: list[str]
    returned: list[str]
    withdrawn: list[str]
    declined: list[Elsewhere]
    nearby: list[str]


@dataclass(frozen=True, slots=True)
class Building:
    code: str
    grid: str
    lon: float
    lat: float
    units: tuple[str, ...]


def plan() -> dict[str, Any]:
    """Return the grid plan as GeoJSON; a fresh copy at each call."""
    return _read("street.geojson")


def outlines() -> dict[str, Any]:
    """Return the buildings' outlines as GeoJSON, for maps."""
    return _read("buildings.geojson")


def people() -> People:
    return _read("people.json")


def categories() -> list[Category]:
    return _read("categories.json")


def communities() -> list[Community]:
    return _read("communities.json")


def areas() -> list[dict[str, str]]:
    """Return what stands above the grids: the street, its communities, and who heads them."""
    told = people()
    heads = {person.get("community", ""): person["id"] for person in told["secretaries"]}
    top = {
        "code": "wutongli-street",
        "level": "street",
        "zh": told["street"]["name"],
        "en": told["street"]["en"],
        "head": told["director"]["id"],
    }
    below = [
        {
            "code": community["code"],
            "level": "community",
            "parent": top["code"],
            "zh": community["zh"],
            "en": community["en"],
            "head": heads[community["code"]],
        }
        for community in communities()
    ]
    return [top, *below]


def wishes() -> list[Any]:
    """Return the micro-wishes, and what people offer, as written down."""
    return _read("wishes.json")


@cache
def texts() -> Texts:
    return _read("texts.json")


@cache
def buildings() -> dict[str, Building]:
    """Return every building by its code, with its middle and the names of its units (floor and door: 602)."""
    found: dict[str, Building] = {}
    for feature in outlines()["features"]:
        about, middle = feature["properties"], shape(feature["geometry"]).centroid
        units = tuple(
            f"{floor}{door:02d}"
            for floor in range(1, about["floors"] + 1)
            for door in range(1, about["doors"] + 1)
        )
        found[about["code"]] = Building(
            about["code"], about["grid"], round(middle.x, 6), round(middle.y, 6), units
        )
    return found


def _read(name: str) -> Any:
    return json.loads((HERE / name).read_text(encoding="utf-8"))
