"""Reading grids from GeoJSON (RFC 7946): what cannot be a grid is named with its reason, the rest is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from lastmile.importing.drawn import Odd, adopt_parents, areas_of, named_twice, overlapping
from lastmile.importing.feature import Grid, Naming, code_of, fits, odd_workers, read_grid
from lastmile.trouble import Trouble

_LARGEST_FILE = 256 * 1024 * 1024  # bytes
_WGS84 = ("CRS84", "4326", "4490")
"""How an old GeoJSON (2008) says degrees in WGS84, or in CGCS2000, which counts as the same."""


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
            code = code_of(feature, naming)
            _refuse_repeat(code, seen)
            grid = read_grid(feature, code, naming)
        except ValueError as why:
            reading.rejected.append(Rejected(number, code, str(why)))
            continue
        seen[code] = number
        reading.grids.append(grid)
        for reason in odd_workers(feature["properties"]):
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
        if fits(head):
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


def _refuse_repeat(code: str, seen: dict[str, int]) -> None:
    if code in seen:
        raise ValueError(f"the code was used before, by feature {seen[code]}")


def as_plan(grids: Sequence[Grid], more: dict[str, Any]) -> dict[str, Any]:
    """The plan as it is stored: grids by code, and nobody's name; who stands on a post is told elsewhere."""
    features = [grid.feature for grid in sorted(grids, key=lambda grid: grid.code)]
    return {"type": "FeatureCollection", **more, "features": features}
