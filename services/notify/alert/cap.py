"""Warnings of the authorities by the Common Alerting Protocol 1.1 and 1.2 (OASIS, ITU-T X.1303), read and checked.

A file is relayed whole and as it was issued, or refused with the reason. Nothing of it is authored here.
"""

import math
import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from services.notify.alert.xml import Element, UnusableXmlError, parse

_SPACES = {
    "urn:oasis:names:tc:emergency:cap:1.1": "1.1",
    "urn:oasis:names:tc:emergency:cap:1.2": "1.2",
}
_NAME = re.compile(r"[^\s,<&]{1,128}")
"""Identifier and sender: no spaces, commas or restricted characters (CAP 1.2, section 3.2.1)."""
_TIME: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)
_KILOMETRES_A_DEGREE = 111.195
_FARTHEST = 1000.0  # kilometres; a wider circle is a mistake


class Level(StrEnum):
    """The four colours of the national warnings (气象灾害预警信号发布与传播办法, art. 3)."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


_OF_SEVERITY = {
    "extreme": Level.RED, "severe": Level.ORANGE, "moderate": Level.YELLOW, "minor": Level.BLUE,
    "red": Level.RED, "orange": Level.ORANGE, "yellow": Level.YELLOW, "blue": Level.BLUE,
}  # fmt: skip
"""CAP's own words, and the colours that national profiles put in their place."""
_IN_WORDS = (
    ("红色", Level.RED), ("橙色", Level.ORANGE), ("黄色", Level.YELLOW), ("蓝色", Level.BLUE),
)  # fmt: skip


class UnusableAlertError(Exception):
    """Why a file is not relayed: ``reason`` is a slug, ``where`` the element or line."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(f"{reason} {where}".strip())
        self.reason = reason
        self.where = where


class Reference(BaseModel):
    """An earlier message that this one is about."""

    model_config = ConfigDict(frozen=True)

    sender: str
    identifier: str
    sent: AwareDatetime


class WarnedArea(BaseModel):
    """``rings``: longitude and latitude, closed; CAP itself says latitude first. ``codes``: as the issuer names
    places.
    """

    model_config = ConfigDict(frozen=True)

    words: str
    rings: tuple[tuple[tuple[float, float], ...], ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def shapes(self) -> list[BaseGeometry]:
        return [Polygon(ring) for ring in self.rings]


class Alert(BaseModel):
    """One message as it was issued. Named by sender and identifier: the same again is the same."""

    model_config = ConfigDict(frozen=True)

    version: str
    identifier: str
    sender: str
    sent: AwareDatetime
    kind: Literal["Alert", "Update", "Cancel"]
    references: tuple[Reference, ...] = ()
    event: str = ""
    level: Level | None = Field(default=None, description="none: a cancellation that repeats nothing")
    issuer: str = Field(default="", description="senderName, as it is relayed with the words")
    headline: str = ""
    description: str = ""
    instruction: str = ""
    onset: AwareDatetime | None = None
    expires: AwareDatetime | None = None
    areas: tuple[WarnedArea, ...] = ()


def read_alert(data: bytes) -> Alert:
    """Raises UnusableAlertError, without ever calling anybody."""
    try:
        top = parse(data)
    except UnusableXmlError as unusable:
        raise UnusableAlertError(unusable.reason, f"line {unusable.at}" if unusable.at else "") from unusable
    version = _SPACES.get(top.space)
    if top.name != "alert" or version is None:
        raise UnusableAlertError("not_cap", top.name)
    kind = _one_of(top, "msgType", ("Alert", "Update", "Cancel", "Ack", "Error"))
    if kind not in ("Alert", "Update", "Cancel"):
        raise UnusableAlertError("nothing_to_relay", kind)
    status = _one_of(top, "status", ("Actual", "Exercise", "System", "Test", "Draft"))
    if status != "Actual":
        raise UnusableAlertError("not_actual", status)
    scope = _one_of(top, "scope", ("Public", "Restricted", "Private"))
    if scope != "Public":
        raise UnusableAlertError("not_public", scope)
    references = _references(top)
    if kind != "Alert" and not references:
        raise UnusableAlertError("missing", "references")
    base = {
        "version": version,
        "identifier": _name(top, "identifier"),
        "sender": _name(top, "sender"),
        "sent": _time(top, "sent"),
        "kind": kind,
        "references": references,
    }
    info = _info(top.all("info"))
    if info is None:
        if kind != "Cancel":
            raise UnusableAlertError("missing", "info")
        return Alert.model_validate(base)
    return Alert.model_validate(base | _said(info))


def _said(info: Element) -> dict[str, object]:
    onset, expires = (
        _maybe_time(info, "onset") or _maybe_time(info, "effective"),
        _maybe_time(info, "expires"),
    )
    if onset and expires and expires <= onset:
        raise UnusableAlertError("ends_before_it_begins", "expires")
    for name in ("urgency", "certainty", "category"):
        _needed(info, name)
    areas = tuple(_area(area) for area in info.all("area"))
    if not areas:
        raise UnusableAlertError("missing", "area")
    return {
        "event": _needed(info, "event"),
        "level": _level(info),
        "issuer": info.said("senderName") or "",
        "headline": info.said("headline") or "",
        "description": info.said("description") or "",
        "instruction": info.said("instruction") or "",
        "onset": onset,
        "expires": expires,
        "areas": areas,
    }


def _info(infos: Sequence[Element]) -> Element | None:
    """The Chinese one first, whatever else is said beside it."""
    chinese = (info for info in infos if (info.said("language") or "").lower().startswith("zh"))
    return next(chinese, infos[0] if infos else None)


def _level(info: Element) -> Level:
    """A colour in the issuer's words is more exact than CAP's five severities."""
    words = f"{info.said('headline') or ''} {info.said('event') or ''}"
    said = {level for word, level in _IN_WORDS if word in words}
    if len(said) == 1:
        return said.pop()
    severity = _needed(info, "severity")
    level = _OF_SEVERITY.get(severity.lower())
    if level is None:
        raise UnusableAlertError("no_level", severity[:40])
    return level


# places ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _area(area: Element) -> WarnedArea:
    polygons = [_polygon(each.text) for each in area.all("polygon")]
    circles = [_circle(each.text) for each in area.all("circle")]
    codes = tuple(code for each in area.all("geocode") if (code := each.said("value")))
    words = _needed(area, "areaDesc")
    if not (polygons or circles or codes):
        raise UnusableAlertError("area_without_shape", words[:40])
    return WarnedArea(words=words, rings=(*polygons, *circles), codes=codes)


def _position(said: str) -> tuple[float, float]:
    """CAP says latitude first; we say longitude first."""
    try:
        lat, lon = (float(part) for part in said.split(","))
    except ValueError:
        raise UnusableAlertError("impossible_position", said[:40]) from None
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        raise UnusableAlertError("impossible_position", said[:40])
    return lon, lat


def _polygon(said: str) -> tuple[tuple[float, float], ...]:
    ring = tuple(_position(pair) for pair in said.split())
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise UnusableAlertError("polygon_not_closed")
    shape = Polygon(ring)
    if not shape.is_valid or shape.is_empty or shape.area == 0:
        raise UnusableAlertError("impossible_polygon", explain_validity(shape)[:40])
    return ring


def _circle(said: str) -> tuple[tuple[float, float], ...]:
    """A centre and a radius in kilometres, as a polygon of 64 corners on the sphere."""
    centre, _, radius = said.strip().partition(" ")
    lon, lat = _position(centre)
    try:
        kilometres = float(radius)
    except ValueError:
        raise UnusableAlertError("impossible_circle", said[:40]) from None
    if not 0 <= kilometres <= _FARTHEST or abs(lat) > 85:
        raise UnusableAlertError("impossible_circle", said[:40])
    north = max(kilometres, 0.01) / _KILOMETRES_A_DEGREE
    east = north / math.cos(math.radians(lat))
    turns = [math.tau * corner / 64 for corner in range(64)]
    ring = [(lon + east * math.cos(turn), lat + north * math.sin(turn)) for turn in turns]
    return (*ring, ring[0])


# words ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _needed(element: Element, name: str) -> str:
    if (said := element.said(name)) is None:
        raise UnusableAlertError("missing", name)
    return said


def _one_of(element: Element, name: str, words: Sequence[str]) -> str:
    said = _needed(element, name)
    if said not in words:
        raise UnusableAlertError("unknown_word", f"{name}: {said[:40]}")
    return said


def _name(element: Element, name: str) -> str:
    said = _needed(element, name)
    if not _NAME.fullmatch(said):
        raise UnusableAlertError("impossible_name", name)
    return said


def _time(element: Element, name: str) -> datetime:
    return _moment(_needed(element, name), name)


def _maybe_time(element: Element, name: str) -> datetime | None:
    said = element.said(name)
    return None if said is None else _moment(said, name)


def _moment(said: str, name: str) -> datetime:
    try:
        return _TIME.validate_strings(said, strict=True)
    except ValidationError:
        raise UnusableAlertError("impossible_time", name) from None


def _references(top: Element) -> tuple[Reference, ...]:
    found: list[Reference] = []
    for said in (top.said("references") or "").split():
        match said.split(","):
            case [sender, identifier, sent] if sender and identifier:
                found.append(
                    Reference(sender=sender, identifier=identifier, sent=_moment(sent, "references"))
                )
            case _:
                raise UnusableAlertError("impossible_reference", said[:40])
    return tuple(found)
