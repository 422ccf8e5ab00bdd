"""Warnings of the authorities by the Common Alerting Protocol 1.1 and 1.2 (OASIS, ITU-T X.1303), read and checked.

A file is relayed whole and as it was issued, or refused with the reason. Nothing of it is authored here.
"""

from collections.abc import Sequence
from datetime import datetime

from services.notify.alert.issued import Alert, Info, WarnedArea, gravest
from services.notify.alert.places import CIRCLES_CORNERS, Ring, circle, polygon
from services.notify.alert.saying import maybe_time_of, moment, must_say, name_of, one_of, time_of, words_of
from services.notify.alert.unusable import UnusableAlertError
from services.notify.alert.xml import Element, UnusableXmlError, parse
from shared.events.alert import Reference
from shared.words import Level

_SPACES = {
    "urn:oasis:names:tc:emergency:cap:1.1": "1.1",
    "urn:oasis:names:tc:emergency:cap:1.2": "1.2",
}
_MOST_CORNERS = 4_000
"""Of all polygons and circles together: nobody has to wait until more are looked at."""
_NO_LEVEL = "unknown"
"""A severity of CAP that names none."""
_OF_SEVERITY = {
    "extreme": Level.RED, "severe": Level.ORANGE, "moderate": Level.YELLOW, "minor": Level.BLUE,
    "red": Level.RED, "orange": Level.ORANGE, "yellow": Level.YELLOW, "blue": Level.BLUE,
}  # fmt: skip
"""CAP's own words, and the colours that national profiles put in their place."""
_IN_WORDS = (
    ("红色", Level.RED), ("橙色", Level.ORANGE), ("黄色", Level.YELLOW), ("蓝色", Level.BLUE),
)  # fmt: skip


def read_alert(data: bytes) -> Alert:
    """Raises UnusableAlertError, without ever calling anybody."""
    try:
        top = parse(data)
    except UnusableXmlError as unusable:
        raise UnusableAlertError(unusable.reason, f"line {unusable.at}" if unusable.at else "") from unusable
    version = _SPACES.get(top.space)
    if top.name != "alert" or version is None:
        raise UnusableAlertError("not_cap", top.name[:40])
    try:
        return _alert(top, version)
    except UnusableAlertError as unusable:
        unusable.said = _says_of_itself(top)
        raise


def _alert(top: Element, version: str) -> Alert:
    kind = one_of(top, "msgType", ("Alert", "Update", "Cancel", "Ack", "Error"))
    if kind not in ("Alert", "Update", "Cancel"):
        raise UnusableAlertError("nothing_to_relay", kind)
    status = one_of(top, "status", ("Actual", "Exercise", "System", "Test", "Draft"))
    if status != "Actual":
        raise UnusableAlertError("not_actual", status)
    scope = one_of(top, "scope", ("Public", "Restricted", "Private"))
    if scope != "Public":
        raise UnusableAlertError("not_public", scope)
    references = _references(top)
    if kind != "Alert" and not references:
        raise UnusableAlertError("missing", "references")
    sent = time_of(top, "sent")
    said = {
        "version": version,
        "identifier": name_of(top, "identifier"),
        "sender": name_of(top, "sender"),
        "sent": sent,
        "kind": kind,
        "references": references,
    }
    if _corners(top) > _MOST_CORNERS:
        raise UnusableAlertError("too_many_corners")
    infos = [_info(each, sent, placed=kind != "Cancel") for each in top.all("info")]
    if not infos and kind != "Cancel":
        raise UnusableAlertError("missing", "info")
    areas = tuple(dict.fromkeys(area for info in infos for area in info.areas))
    if kind != "Cancel" and not any(area.rings or area.codes for area in areas):
        raise UnusableAlertError("area_without_shape", areas[0].words[:40])
    chosen = _in_the_first_language(infos)
    if chosen:
        level = gravest([info.level for info in chosen])
        first = next(info for info in chosen if info.level == level)
        names = ("event", "issuer", "headline", "description", "instruction", "onset", "expires")
        said |= {name: getattr(first, name) for name in names} | {"level": level}
    english = () if chosen and _is(chosen[0], "en") else tuple(each for each in infos if _is(each, "en"))
    return Alert.model_validate(said | {"areas": areas, "infos": chosen, "english": english})


def _corners(top: Element) -> int:
    areas = [area for info in top.all("info") for area in info.all("area")]
    drawn = sum(each.text.count(",") for area in areas for each in area.all("polygon"))
    return drawn + CIRCLES_CORNERS * sum(len(area.all("circle")) for area in areas)


def _in_the_first_language(infos: Sequence[Info]) -> tuple[Info, ...]:
    """Chinese first, whatever else is said beside it. What another language alone has an area for is kept: nobody in
    there is left out for a missing translation.
    """
    if not infos:
        return ()
    first = "zh" if any(_is(each, "zh") for each in infos) else infos[0].language.split("-")[0]
    chosen = [each for each in infos if _is(each, first)]
    placed = {area for each in chosen for area in _places(each)}
    chosen += [each for each in infos if not _is(each, first) and not _places(each) <= placed]
    return tuple(chosen)


def _places(info: Info) -> set[tuple[tuple[Ring, ...], tuple[str, ...]]]:
    return {(area.rings, area.codes) for area in info.areas if area.rings or area.codes}


def _is(info: Info, language: str) -> bool:
    return info.language.lower().split("-")[0] == language.lower()


def _info(info: Element, sent: datetime, *, placed: bool) -> Info:
    """``placed``: it has to say where and how grave; a cancellation need not."""
    effective, onset = maybe_time_of(info, "effective"), maybe_time_of(info, "onset")
    expires = maybe_time_of(info, "expires")
    if expires and expires <= (effective or sent) and placed:
        raise UnusableAlertError("ends_before_it_begins", "expires")
    for name in ("urgency", "certainty", "category") if placed else ():
        must_say(info, name)
    areas = tuple(_area(area) for area in info.all("area"))
    if not areas and placed:
        raise UnusableAlertError("missing", "area")
    return Info.model_validate(
        {
            "language": info.said("language") or "en-US",
            "event": words_of(info, "event", needed=placed),
            "level": _level(info, needed=placed),
            "issuer": words_of(info, "senderName"),
            "headline": words_of(info, "headline"),
            "description": words_of(info, "description"),
            "instruction": words_of(info, "instruction"),
            "onset": onset or effective,
            "expires": expires,
            "areas": areas,
        }
    )


def _level(info: Element, *, needed: bool) -> Level | None:
    """A colour in the issuer's words is more exact than CAP's five severities."""
    words = f"{info.said('headline') or ''} {info.said('event') or ''}"
    said = {level for word, level in _IN_WORDS if word in words}
    if len(said) == 1:
        return said.pop()
    severity = must_say(info, "severity") if needed else info.said("severity") or _NO_LEVEL
    level = _OF_SEVERITY.get(severity.lower())
    if level is None and severity.lower() != _NO_LEVEL:
        raise UnusableAlertError("no_level", severity[:40])
    return level


def _area(area: Element) -> WarnedArea:
    rings = [polygon(each.text) for each in area.all("polygon") if each.text.strip()]
    rings += [circle(each.text) for each in area.all("circle") if each.text.strip()]
    codes = tuple(code for each in area.all("geocode") if (code := each.said("value")))
    return WarnedArea(words=words_of(area, "areaDesc", needed=True), rings=tuple(rings), codes=codes)


def _references(top: Element) -> tuple[Reference, ...]:
    found: list[Reference] = []
    for said in (top.said("references") or "").split():
        match said.split(","):
            case [sender, identifier, sent] if sender and identifier:
                found.append(Reference(sender=sender, identifier=identifier, sent=moment(sent, "references")))
            case _:
                raise UnusableAlertError("impossible_reference", said[:40])
    return tuple(found)


def _says_of_itself(top: Element) -> dict[str, str]:
    """Of a message that is refused, what it is: in short, as it says."""
    names = ("identifier", "sender", "sent", "status", "msgType", "scope", "references")
    found = {name: said[:200] for name in names if (said := top.said(name)) is not None}
    for info in top.all("info")[:1]:
        names = ("event", "severity", "headline", "expires")
        found |= {name: said[:200] for name in names if (said := info.said(name)) is not None}
        areas = [words for area in info.all("area") if (words := area.said("areaDesc"))]
        found |= {"areas": "; ".join(areas)[:200]} if areas else {}
    return found
