"""The figures: what is counted, which requests are behind each number, and the three rates (三率) with their weights.

Every number counts requests, each once, so that it can always be opened into them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from statistics import median
from typing import Any, Final, Literal, get_args

from shared.documents import Body
from shared.weights import RESOLUTION, RESPONSE, SATISFACTION

By = Literal["grid", "worker", "category", "month", "community"]
Figure = Literal[
    "received", "responded", "resolved", "answered", "solved", "satisfied", "on_time", "late", "returned",
    "reopened", "withdrawn",
]  # fmt: skip
BY: Final[tuple[By, ...]] = get_args(By)
FIGURES: Final[tuple[Figure, ...]] = get_args(Figure)
NOBODY: Final = ""
"""The key of what has no grid, worker, category or community."""

_SATISFIED = 4  # of 5
_RATES: dict[str, tuple[str, str]] = {
    "response_rate": ("responded", "owed"),
    "resolution_rate": ("solved", "answered"),
    "satisfaction_rate": ("satisfied", "answered"),
}


@dataclass(frozen=True)
class Weights:
    """How much each of the three rates counts in the score."""

    response_rate: float = RESPONSE / 100
    resolution_rate: float = RESOLUTION / 100
    satisfaction_rate: float = SATISFACTION / 100


def _on_time(tally: Body, _moment: datetime) -> bool:
    resolved, due = tally.get("resolved_at"), tally.get("due_at")
    return bool(resolved and due and resolved <= due)


def _late(tally: Body, moment: datetime) -> bool:
    """Resolved too late, or still open when its time is over."""
    due = tally.get("due_at")
    if due is None:
        return False
    if resolved := tally.get("resolved_at"):
        return resolved > due
    return tally.get("ended") is None and due < moment


def _withdrawn(tally: Body, _moment: datetime) -> bool:
    return tally.get("ended") == "withdrawn"


_COUNTS: Final[dict[Figure, Callable[[Body, datetime], bool]]] = {
    "received": lambda _tally, _moment: True,
    "responded": lambda tally, moment: bool(tally.get("responded_at")) and not _withdrawn(tally, moment),
    "resolved": lambda tally, _moment: bool(tally.get("resolved_at")),
    "answered": lambda tally, _moment: tally.get("solved") is not None,
    "solved": lambda tally, _moment: bool(tally.get("solved")),
    "satisfied": lambda tally, _moment: (tally.get("satisfaction") or 0) >= _SATISFIED,
    "on_time": _on_time,
    "late": _late,
    "returned": lambda tally, _moment: bool(tally.get("returned")),
    "reopened": lambda tally, _moment: bool(tally.get("reopened")),
    "withdrawn": _withdrawn,
}


def counts(figure: Figure, tally: Body, moment: datetime) -> bool:
    """Whether a request is one of those behind a figure."""
    return "at" in tally and _COUNTS[figure](tally, moment)


def key_of(tally: Body, by: By, zone: tzinfo) -> str:
    match by:
        case "month":
            return f"{tally['at'].astimezone(zone):%Y-%m}"
        case "community":
            return tally.get("area") or tally.get("named_area") or NOBODY
        case _:
            return tally.get(by) or NOBODY


@dataclass
class _Line:
    numbers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIGURES, 0))
    hours: list[float] = field(default_factory=list[float])

    def add(self, tally: Body, moment: datetime) -> None:
        for figure in FIGURES:
            self.numbers[figure] += _COUNTS[figure](tally, moment)
        if responded := tally.get("responded_at"):
            self.hours.append((responded - tally["at"]) / timedelta(hours=1))

    def shown(self, weights: Weights) -> Body:
        numbers = self.numbers | {"owed": self.numbers["received"] - self.numbers["withdrawn"]}
        rates = {name: _rate(numbers[part], numbers[of]) for name, (part, of) in _RATES.items()}
        return {
            **self.numbers,
            **rates,
            "on_time_rate": _rate(numbers["on_time"], numbers["on_time"] + numbers["late"]),
            "response_hours": round(median(self.hours), 2) if self.hours else None,
            "score": _score(rates, weights),
        }


class Count:
    """The figures of one moment, one line for each grid, worker, category, month or community."""

    def __init__(self, by: By, moment: datetime, zone: tzinfo, weights: Weights) -> None:
        self._by: By = by
        self._moment = moment
        self._zone = zone
        self._weights = weights
        self._lines: dict[str, _Line] = {}
        self._total = _Line()

    def add(self, tallies: Iterable[Body]) -> None:
        for tally in tallies:
            if "at" in tally:
                key = key_of(tally, self._by, self._zone)
                self._lines.setdefault(key, _Line()).add(tally, self._moment)
                self._total.add(tally, self._moment)

    def answer(self) -> dict[str, Any]:
        lines = [{"key": key, **line.shown(self._weights)} for key, line in sorted(self._lines.items())]
        return {
            "by": self._by,
            "as_of": self._moment,
            "weights": vars(self._weights),
            "total": self._total.shown(self._weights),
            "lines": lines,
        }


def _rate(part: int, of: int) -> float | None:
    """A share; nothing when there is nothing to share."""
    return round(part / of, 4) if of else None


def _score(rates: dict[str, float | None], weights: Weights) -> float | None:
    """The weighted mean of the rates that there are, 0 to 100."""
    known = [(rate, getattr(weights, name)) for name, rate in rates.items() if rate is not None]
    whole = sum(weight for _, weight in known)
    return round(100 * sum(rate * weight for rate, weight in known) / whole, 1) if whole else None
