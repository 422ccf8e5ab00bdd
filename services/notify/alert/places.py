"""Places of a warning, as shapes. CAP says latitude first; we say longitude first, as everywhere here.

What crosses the antimeridian is laid down twice, once on either edge of the map.
"""

import math
import re

from shapely import affinity
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from services.notify.alert.unusable import UnusableAlertError

Ring = tuple[tuple[float, float], ...]
"""Longitude and latitude, closed."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_VALID = "Valid Geometry"
_EARTH = 6371.0088  # kilometres, mean radius
_FARTHEST = 5000.0  # kilometres; a wider circle is a mistake
CIRCLES_CORNERS = 128


def polygon(said: str) -> Ring:
    """Pairs ``lat,lon`` between spaces, the last one as the first. Raises UnusableAlertError."""
    ring = tuple(_position(pair) for pair in said.split())
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise UnusableAlertError("polygon_not_closed")
    ring = _unrolled(ring)
    if ring[0] != ring[-1]:
        raise UnusableAlertError("impossible_polygon", "around a pole")
    shape = Polygon(ring)
    if (why := explain_validity(shape)) != _VALID or shape.is_empty or shape.area == 0:
        raise UnusableAlertError("impossible_polygon", why[:40])
    return ring


def circle(said: str) -> Ring:
    """``lat,lon radius`` in kilometres, as a polygon on the sphere. Raises UnusableAlertError."""
    match said.split():
        case [centre, radius] if _NUMBER.fullmatch(radius):
            lon, lat = _position(centre)
            kilometres = float(radius)
        case _:
            raise UnusableAlertError("impossible_circle", said[:40])
    if not 0 <= kilometres <= _FARTHEST:
        raise UnusableAlertError("impossible_circle", said[:40])
    away = max(kilometres, 0.01) / _EARTH
    north, south = lat + math.degrees(away), lat - math.degrees(away)
    if north >= 90 or south <= -90:  # around a pole: all longitudes
        low, high = max(south, -90.0), min(north, 90.0)
        return ((-180, low), (180, low), (180, high), (-180, high), (-180, low))
    ring = [
        _towards(lon, lat, math.tau * corner / CIRCLES_CORNERS, away) for corner in range(CIRCLES_CORNERS)
    ]
    return _unrolled((*ring, ring[0]))


def shapes_of(ring: Ring) -> list[BaseGeometry]:
    """Return the ring as it lies between -180 and 180 degrees, once or on both edges."""
    shape = Polygon(ring)
    west, _, east, _ = shape.bounds
    turned = [affinity.translate(shape, xoff=360)] if west < -180 else []
    turned += [affinity.translate(shape, xoff=-360)] if east > 180 else []
    return [shape, *turned]


def _position(said: str) -> tuple[float, float]:
    match said.split(","):
        case [first, second] if _NUMBER.fullmatch(first) and _NUMBER.fullmatch(second):
            lat, lon = float(first), float(second)
        case _:
            raise UnusableAlertError("impossible_position", said[:40])
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        raise UnusableAlertError("impossible_position", said[:40])
    return lon, lat


def _unrolled(ring: Ring) -> Ring:
    """No side is longer than half the earth: from 179 to -179 it goes on to 181."""
    lon = ring[0][0]
    on = [ring[0]]
    for there, lat in ring[1:]:
        turns = round((there - lon) / 360)
        lon = there - 360 * turns if turns else there
        on.append((lon, lat))
    return tuple(on)


def _towards(lon: float, lat: float, bearing: float, away: float) -> tuple[float, float]:
    """Where one comes from a place in a direction over an angle of the sphere."""
    at = math.radians(lat)
    there = math.asin(math.sin(at) * math.cos(away) + math.cos(at) * math.sin(away) * math.cos(bearing))
    aside = math.atan2(
        math.sin(bearing) * math.sin(away) * math.cos(at), math.cos(away) - math.sin(at) * math.sin(there)
    )
    return lon + math.degrees(aside), math.degrees(there)
