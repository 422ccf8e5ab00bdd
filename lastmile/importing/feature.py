"""One feature of a GeoJSON file as a grid: its code, its shape, what stands in it and who stands for it."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError
from shapely import is_valid_reason
from shapely.errors import ShapelyError
from shapely.geometry import shape

from lastmile.importing.drawn import buildings_of
from lastmile.importing.template import Template
from shared.areas import Level
from shared.words import Code, Duty, Token

_CODE: TypeAdapter[str] = TypeAdapter(Code)
_TOKEN: TypeAdapter[str] = TypeAdapter(Token)


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


def code_of(feature: Any, naming: Naming) -> str:
    """Raises ValueError: it has none, or is no feature."""
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        raise ValueError("it is no feature with properties")  # noqa: TRY004 - one kind of error, told in the report
    code = naming.code.fill(feature["properties"])
    try:
        return _CODE.validate_python(code)
    except ValidationError:
        raise ValueError(f"the code {code[:80]!r} is empty or longer than 64 characters") from None


def read_grid(feature: dict[str, Any], code: str, naming: Naming) -> Grid:
    """Raises ValueError: why it can be no grid."""
    geometry, properties = _geometry(feature), feature["properties"]
    name = naming.name.fill(properties) if naming.name else str(properties.get("name") or code)
    kept: dict[str, Any] = {"code": code, "name": name}
    if community := properties.get("community") or naming.community:
        kept["community"] = str(community)
    if buildings := properties.get("buildings"):
        kept["buildings"] = buildings_of(buildings)
    if group := properties.get("chat_group"):
        kept["chat_group"] = str(group)
    kept |= _placed(properties)
    workers = {duty: worker for duty, worker in _workers(properties) if fits(worker)}
    volunteers = tuple(name for name in _volunteers(properties) if fits(name))
    return Grid(code, {"type": "Feature", "properties": kept, "geometry": geometry}, workers, volunteers)


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


def odd_workers(properties: dict[str, Any]) -> Iterable[str]:
    for duty, worker in [
        *_workers(properties),
        *((Duty.VOLUNTEER, name) for name in _volunteers(properties)),
    ]:
        if not fits(worker):
            yield f"{duty.value} {worker[:80]!r} cannot be an id (letters, digits, _ and -)"


def fits(worker: str) -> bool:
    try:
        _TOKEN.validate_python(worker)
    except ValidationError:
        return False
    return True
