"""From a row of somebody's table to what the door understands: ``text=a+b,lon=longitude,at=created``."""

import difflib
import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lastmile.trouble import Trouble
from shared.words import Kind

FIELDS = (
    *("text", "kind", "category", "community", "at", "key"),
    *("lon", "lat", "address", "building", "entrance", "unit", "name", "phone"),
    *("resolved", "solved", "satisfaction"),
)
_TIMES = (
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y.%m.%d %H:%M",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M",
)
"""Beside ISO 8601: what spreadsheets write."""

_YES = ("true", "yes", "y", "1", "是", "已解决", "解决")
_NO = ("false", "no", "n", "0", "否", "未解决", "没解决")
_SATISFACTION = {"非常满意": 5, "满意": 4, "基本满意": 3, "一般": 3, "不满意": 2, "非常不满意": 1}
"""Beside 1 to 5: what hotlines' tables say."""

_AHEAD = timedelta(minutes=5)
"""A clock may be ahead of ours by so much."""


class UnusableRowError(Exception):
    """A row that cannot become a request; the message says why, for the report."""


def read_mapping(texts: Sequence[str], columns: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Read ``--map`` and check it against the table's columns. Raises Trouble."""
    mapping: dict[str, tuple[str, ...]] = {}
    for pair in (pair for text in texts for pair in text.split(",")):
        field, equals, named = (part.strip() for part in pair.partition("="))
        if not equals or not named:
            raise Trouble(
                f"--map {pair!r} is not FIELD=COLUMN.", "Write it like text=subject+body,at=created."
            )
        if field not in FIELDS:
            raise Trouble(f"--map knows no field {field!r}.", f"The fields are {', '.join(FIELDS)}.")
        parts = (named,) if named in columns else tuple(part.strip() for part in named.split("+"))
        for column in parts:
            if column not in columns:
                near = difflib.get_close_matches(column, columns, n=3, cutoff=0.5)
                raise Trouble(
                    f"The table has no column {column!r}.",
                    f"Did you mean {' or '.join(near)}?" if near else f"It has {', '.join(columns)}.",
                )
        mapping[field] = parts
    if "text" not in mapping:
        raise Trouble("--map does not say which column is the text.", "Add text=COLUMN, or text=ONE+OTHER.")
    if ("lon" in mapping) != ("lat" in mapping):
        raise Trouble("--map names one of lon and lat.", "A position needs both.")
    if "resolved" in mapping and "at" not in mapping:
        raise Trouble("--map names resolved and not at.", "When it was resolved says how long it took.")
    if ("solved" in mapping) != ("satisfaction" in mapping):
        raise Trouble("--map names one of solved and satisfaction.", "The resident's answer is both.")
    if "solved" in mapping and "resolved" not in mapping:
        raise Trouble("--map names solved and not resolved.", "Only what was resolved is answered.")
    return mapping


@dataclass(frozen=True)
class Mapper:
    """Turns rows into the body of ``inbound.import.request``."""

    mapping: Mapping[str, tuple[str, ...]]
    source: str
    zone: ZoneInfo
    now: datetime

    def body(self, values: Mapping[str, str]) -> dict[str, Any]:
        """Raises UnusableRowError."""
        text = self._of(values, "text", join=" ")
        if not text:
            raise UnusableRowError("the text is empty")
        own_key = self._of(values, "key")
        if "key" in self.mapping and not own_key:
            raise UnusableRowError("the key is empty")
        reporter = {name: value for name in ("name", "phone") if (value := self._of(values, name))}
        body = {
            "key": f"{self.source}:{own_key or _hash(values)}",
            "source_key": own_key,
            "text": text,
            "kind": self._kind(values),
            "category": self._of(values, "category"),
            "community": self._of(values, "community"),
            "location": self._location(values),
            "reporter": reporter,
            "at": self._at(values),
            "outcome": self._outcome(values),
        }
        return {name: value for name, value in body.items() if value}

    def _of(self, values: Mapping[str, str], field: str, join: str = "") -> str:
        return join.join(value for column in self.mapping.get(field, ()) if (value := values.get(column, "")))

    def _kind(self, values: Mapping[str, str]) -> str:
        kind = self._of(values, "kind").lower()
        if kind and kind not in {known.value for known in Kind}:
            raise UnusableRowError(
                f"kind {kind[:40]!r} is none of {', '.join(known.value for known in Kind)}"
            )
        return kind

    def _location(self, values: Mapping[str, str]) -> dict[str, Any]:
        location: dict[str, Any] = {}
        lon, lat = self._of(values, "lon"), self._of(values, "lat")
        if bool(lon) != bool(lat):
            raise UnusableRowError("a position needs both longitude and latitude")
        if lon:
            location |= {"lon": _degrees(lon, 180, "longitude"), "lat": _degrees(lat, 90, "latitude")}
        if building := self._of(values, "building"):
            location["building"] = building
            location |= {name: said for name in ("entrance", "unit") if (said := self._of(values, name))}
        if address := self._of(values, "address", join=" "):
            location["address"] = address
        return location

    def _at(self, values: Mapping[str, str]) -> str:
        written = self._of(values, "at", join=" ")
        if not written:
            if "at" in self.mapping:
                raise UnusableRowError("the time is empty")
            return ""
        return self._moment(written).isoformat()

    def _outcome(self, values: Mapping[str, str]) -> dict[str, Any]:
        """What became of it, where the table knows; a row without the time is still open."""
        written = self._of(values, "resolved", join=" ")
        if not written:
            return {}
        resolved_at = self._moment(written)
        if resolved_at < datetime.fromisoformat(self._at(values)):
            raise UnusableRowError(f"{written[:40]} is before it was said")
        outcome: dict[str, Any] = {"resolved_at": resolved_at.isoformat()}
        solved, satisfaction = self._of(values, "solved").lower(), self._of(values, "satisfaction")
        if bool(solved) != bool(satisfaction):
            raise UnusableRowError("solved and satisfaction go together")
        if solved:
            outcome["answer"] = {"solved": _yes(solved), "satisfaction": _satisfaction(satisfaction)}
        return outcome

    def _moment(self, written: str) -> datetime:
        at = moment(written)
        if at is None:
            raise UnusableRowError(f"{written[:40]!r} is not a time; ISO 8601 is")
        at = at if at.tzinfo else at.replace(tzinfo=self.zone)
        if at > self.now + _AHEAD:
            raise UnusableRowError(f"{written[:40]} lies in the future")
        return at.astimezone(UTC)


def moment(written: str) -> datetime | None:
    """Return what spreadsheets and ISO 8601 write as a time, or None; without a zone where none was written."""
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        pass
    for form in _TIMES:
        try:
            return datetime.strptime(written, form)  # noqa: DTZ007 - the caller gives it its zone
        except ValueError:
            continue
    return None


def _yes(written: str) -> bool:
    if written not in (*_YES, *_NO):
        raise UnusableRowError(f"solved {written[:40]!r} is neither yes nor no")
    return written in _YES


def _satisfaction(written: str) -> int:
    found = _SATISFACTION.get(written) or (int(written) if written in {"1", "2", "3", "4", "5"} else None)
    if found is None:
        raise UnusableRowError(f"satisfaction {written[:40]!r} is not 1 to 5")
    return found


def _degrees(written: str, limit: int, what: str) -> float:
    try:
        value = float(written)
    except ValueError:
        raise UnusableRowError(f"{what} {written[:40]!r} is not a number") from None
    if not math.isfinite(value) or abs(value) > limit:
        raise UnusableRowError(f"{what} {written[:40]} is not in degrees")
    return value


def _hash(values: Mapping[str, str]) -> str:
    """A row without a key of its own is named by all that it says."""
    said = "\x1f".join(f"{column}\x1e{value}" for column, value in sorted(values.items()))
    return hashlib.sha256(said.encode()).hexdigest()[:32]
