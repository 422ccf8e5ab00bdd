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

from lastmile.importing.template import Template
from lastmile.trouble import Trouble
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
    """Members of the collection that doors use: categories and communities."""


def read_file(path: Path, naming: Naming) -> Reading:
    """Raises Trouble when the file is no collection of features."""
    return read_collection(_collection(path), naming)


def read_collection(collection: dict[str, Any], naming: Naming | None = None) -> Reading:
    """Read what each feature says, codes and names by ``naming``."""
    naming = naming or Naming()
    more = {name: collection[name] for name in ("categories", "communities") if name in collection}
    reading = Reading(more=more)
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
    return reading


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


def _grid(properties: dict[str, Any], code: str, geometry: dict[str, Any], naming: Naming) -> Grid:
    name = naming.name.fill(properties) if naming.name else str(properties.get("name") or code)
    kept: dict[str, Any] = {"code": code, "name": name}
    if community := properties.get("community") or naming.community:
        kept["community"] = str(community)
    if buildings := properties.get("buildings"):
        if not isinstance(buildings, list):
            raise ValueError("its buildings are no list")
        kept["buildings"] = [str(building) for building in buildings]
    if group := properties.get("chat_group"):
        kept["chat_group"] = str(group)
    workers = {duty: worker for duty, worker in _workers(properties) if _fits(worker)}
    return Grid(code, {"type": "Feature", "properties": kept, "geometry": geometry}, workers)


def _workers(properties: dict[str, Any]) -> Iterator[tuple[Duty, str]]:
    for duty in Duty:
        if worker := properties.get(duty.value):
            yield duty, str(worker)


def _odd_workers(properties: dict[str, Any]) -> Iterable[str]:
    for duty, worker in _workers(properties):
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
