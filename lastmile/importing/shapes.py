"""Reading grids from GeoJSON (RFC 7946): what cannot be a grid is named with its reason, the rest is kept."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json
from shapely import is_valid_reason
from shapely.errors import ShapelyError
from shapely.geometry import shape

from lastmile.importing.drawn import (
    Odd,
    adopt_parents,
    areas_of,
    buildings_of,
    named_twice,
    overlapping,
)
from lastmile.importing.template import Template
from lastmile.trouble import Trouble
from shared.areas import Level
from shared.words import Code, Duty, Token

_CODE: TypeAdapter[str] = TypeAdapter(Code)
_TOKEN: TypeAdapter[str] = TypeAdapter(Token)
_LARGEST_FILE = 256 * 1024 * 1024  # bytes
_WGS84 = ("CRS84", "4326", "4490")
"""How an old GeoJSON (2008) says degrees in WGS84, or in CGCS2000, which counts as the same."""


@dataclass(frozen=True)
class Naming:
    """How codes and names come out of a feature's properties."""

    code: Template = field(default_factory=lambda: Template("{code}"))
    name: Template | None = None
    community: str | None = None


@dataclass(frozen=True)
class Grid:
    code: str
    feature: dict[str, Any]
    workers: dict[Duty, str]
    volunteers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rejected:
    """``feature`` counts from 1."""

    feature: int
    code: str
    reason: str


@dataclass
class Reading:
    grids: list[Grid] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    """Members of the collection beside its features: categories, communities and areas."""
    heads: dict[str, str] = field(default_factory=dict)
    """Who heads which area above the grids."""


def read_file(path: Path, naming: Naming) -> Reading:
    """Raises Trouble when the file is no collection of features."""
    return read_collection(_collection(path), naming)


def read_collection(collection: dict[str, Any], naming: Naming | None = None) -> Reading:
    """Read what each feature says, codes and names by ``naming``."""
    naming = naming or Naming()
    more = {name: collection[name] for name in ("categories", "communities") if name in collection}
    reading = Reading(more=more)
    _read_areas(collection, reading)
    seen: dict[str, int] = {}
    for number, feature in enumerate(collection["features"], start=1):
        code = ""
        try:
            code = _code(feature, naming)
            _refuse_repeat(code, seen)
            geometry = _geometry(feature)
            grid = _grid(feature["properties"], code, geometry, naming)
        except ValueError as why:
            reading.rejected.append(Rejected(number, code, str(why)))
            continue
        seen[code] = number
        reading.grids.append(grid)
        for reason in _odd_workers(feature["properties"]):
            reading.rejected.append(Rejected(number, code, f"{reason}; the grid is kept"))
    _look_at_the_whole(reading, seen)
    return reading


def _read_areas(collection: dict[str, Any], reading: Reading) -> None:
    if not (listed := collection.get("areas")):
        return
    areas, odd = areas_of(listed)
    reading.more["areas"] = areas
    reading.rejected += [Rejected(0, code, why) for code, why in odd]
    kept = {area["code"] for area in areas}
    for area in listed if isinstance(listed, list) else ():
        if not isinstance(area, dict) or area.get("code") not in kept or not area.get("head"):
            continue
        code, head = str(area["code"]), str(area["head"])
        if _fits(head):
            reading.heads[code] = head
        else:
            why = f"head {head[:80]!r} cannot be an id (letters, digits, _ and -); the area is kept"
            reading.rejected.append(Rejected(0, code, why))


def _look_at_the_whole(reading: Reading, seen: dict[str, int]) -> None:
    """What each shape alone does not show: codes of areas used again, lost parents, overlaps, doors named twice."""

    def tell(odd: Iterable[Odd], *, keep: bool) -> None:
        found = list(odd)
        reading.rejected += [Rejected(seen[code], code, why) for code, why in found]
        if not keep:
            gone = {code for code, _ in found}
            reading.grids = [grid for grid in reading.grids if grid.code not in gone]

    areas = reading.more.get("areas", [])
    codes = {area["code"] for area in areas}
    again = [grid.code for grid in reading.grids if grid.code in codes]
    tell(((code, "the code was used before, by an area") for code in again), keep=False)
    tell(overlapping(reading.grids, areas), keep=False)
    tell(adopt_parents(reading.grids, areas), keep=True)
    tell(named_twice(reading.grids), keep=True)


def _collection(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise Trouble(f"{path} is larger than 256 MB.", "Simplify the shapes, or split the file.")
        found = from_json(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as broken:
        raise Trouble(
            f"{path} is not JSON: {broken}.", "A GeoJSON FeatureCollection is expected."
        ) from broken
    if not isinstance(found, dict) or not isinstance(found.get("features"), list):
        raise Trouble(f"{path} is no FeatureCollection.", "A GeoJSON FeatureCollection is expected.")
    named = (
        str(found.get("crs", {}).get("properties", {}).get("name", "CRS84")) if found.get("crs") else "CRS84"
    )
    if not named.endswith(_WGS84):
        raise Trouble(f"{path} is drawn in {named}.", "Convert it to WGS84 degrees (EPSG:4326) first.")
    return found


def _code(feature: Any, naming: Naming) -> str:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        raise ValueError("it is no feature with properties")  # noqa: TRY004 - one kind of error, told in the report
    code = naming.code.fill(feature["properties"])
    try:
        return _CODE.validate_python(code)
    except ValidationError:
        raise ValueError(f"the code {code[:80]!r} is empty or longer than 64 characters") from None


def _refuse_repeat(code: str, seen: dict[str, int]) -> None:
    if code in seen:
        raise ValueError(f"the code was used before, by feature {seen[code]}")


def _geometry(feature: dict[str, Any]) -> dict[str, Any]:
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        kind = geometry.get("type") if isinstance(geometry, dict) else "nothing"
        raise ValueError(f"its geometry is {kind}, not a Polygon or MultiPolygon")
    try:
        drawn = shape(geometry)
        if drawn.is_empty:
            raise ValueError("its geometry is empty")
        if any(ring[0] != ring[-1] for ring in _rings(geometry)):
            raise ValueError("one of its rings does not end where it begins")
        west, south, east, north = drawn.bounds
    except (ShapelyError, TypeError, KeyError, IndexError, AttributeError) as broken:
        raise ValueError(f"its geometry cannot be read ({type(broken).__name__})") from broken
    if not all(map(math.isfinite, (west, south, east, north))):
        raise ValueError("it has coordinates that are no numbers")
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise ValueError("its coordinates are not degrees; convert them to WGS84")
    if not drawn.is_valid:
        raise ValueError(f"its geometry is invalid: {is_valid_reason(drawn)}")
    return {"type": geometry["type"], "coordinates": geometry["coordinates"]}


def _rings(geometry: dict[str, Any]) -> list[Any]:
    """Return what RFC 7946 calls linear rings: closed, which a reader of shapes would else do unasked."""
    coordinates = geometry["coordinates"]
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    return [ring for polygon in polygons for ring in polygon]


def _grid(properties: dict[str, Any], code: str, geometry: dict[str, Any], naming: Naming) -> Grid:
    name = naming.name.fill(properties) if naming.name else str(properties.get("name") or code)
    kept: dict[str, Any] = {"code": code, "name": name}
    if community := properties.get("community") or naming.community:
        kept["community"] = str(community)
    if buildings := properties.get("buildings"):
        kept["buildings"] = buildings_of(buildings)
    if group := properties.get("chat_group"):
        kept["chat_group"] = str(group)
    kept |= _placed(properties)
    workers = {duty: worker for duty, worker in _workers(properties) if _fits(worker)}
    volunteers = tuple(name for name in _volunteers(properties) if _fits(name))
    return Grid(code, {"type": "Feature", "properties": kept, "geometry": geometry}, workers, volunteers)


def _placed(properties: dict[str, Any]) -> dict[str, str]:
    """Where in the tree of areas it hangs; without a word it is a grid."""
    placed: dict[str, str] = {}
    if level := properties.get("level"):
        if level not in (Level.GRID, Level.MICRO_GRID):
            raise ValueError(f"its level {str(level)[:40]!r} is neither grid nor micro_grid")
        placed["level"] = str(level)
    if parent := properties.get("parent"):
        placed["parent"] = str(parent)
    return placed


def _workers(properties: dict[str, Any]) -> Iterator[tuple[Duty, str]]:
    for duty in (Duty.WORKER, Duty.DEPUTY, Duty.HEAD):
        if worker := properties.get(duty.value):
            yield duty, str(worker)


def _volunteers(properties: dict[str, Any]) -> list[str]:
    found = properties.get("volunteers") or []
    return [str(name) for name in found] if isinstance(found, list) else [str(found)]


def _odd_workers(properties: dict[str, Any]) -> Iterable[str]:
    for duty, worker in [
        *_workers(properties),
        *((Duty.VOLUNTEER, name) for name in _volunteers(properties)),
    ]:
        if not _fits(worker):
            yield f"{duty.value} {worker[:80]!r} cannot be an id (letters, digits, _ and -)"


def _fits(worker: str) -> bool:
    try:
        _TOKEN.validate_python(worker)
    except ValidationError:
        return False
    return True


def as_plan(grids: Sequence[Grid], more: dict[str, Any]) -> dict[str, Any]:
    """The plan as it is stored: grids by code, and nobody's name; who stands on a post is told elsewhere."""
    features = [grid.feature for grid in sorted(grids, key=lambda grid: grid.code)]
    return {"type": "FeatureCollection", **more, "features": features}
