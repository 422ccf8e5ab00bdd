"""The one order of priority: a deadline moved earlier by fixed amounts, so that it stands still while time goes by.

What is overdue comes first by itself, a page is a walk along one index, and each row can say why it stands where it
does: the deadline, and every shift in hours. Nobody moves a matter by saying it twice, because people are counted, and
each once.
"""

from datetime import datetime, timedelta
from math import log2
from typing import Any

from shared.documents import Body
from shared.words import ENDED, Kind, Severity, Status

DONE = frozenset({*ENDED, Status.RESOLVED})
"""Nobody has to do anything about these now."""

DEFAULT_TIME = timedelta(hours=72)
"""Until when something should have happened about what has no deadline."""
FOR_EACH_DOUBLING = timedelta(hours=-12)
FOR_SEVERITY = {
    Severity.RED: timedelta(hours=-24),
    Severity.YELLOW: timedelta(hours=-8),
    Severity.BLUE: timedelta(0),
}
FOR_EACH_VULNERABLE = timedelta(hours=-6)
FOR_AN_UNCLAIMED_WISH = timedelta(hours=-24)
FOR_EACH_DAY_UNCLAIMED = timedelta(hours=-6)
"""Counted when routing says how long it has waited, so that a rank stands still in between."""
WHILE_IT_IS_PAUSED = timedelta(hours=72)
_COUNTED_VULNERABLE = 8
"""More than these move it no further: a matter of a whole home for the aged is at the top by then."""


def why(body: Body) -> Body | None:
    """Return the base and each shift in hours, or None where there is no order: done, joined to another, not said yet."""
    if "code" not in body or body.get("status") in DONE or body.get("matter"):
        return None
    due: datetime | None = body.get("due_at")
    base = due or body["at"] + DEFAULT_TIME
    return {
        "base": base,
        "by": "deadline" if due else "age",
        "shifts": {name: _hours(shift) for name, shift in _shifts(body).items() if shift},
    }


def rank_at(reasons: Body | None) -> datetime | None:
    """Return when it would be due, all told."""
    if reasons is None:
        return None
    base: datetime = reasons["base"]
    try:
        return base + timedelta(hours=sum(reasons["shifts"].values()))
    except OverflowError:  # a date at the edge of what there is
        return base


def _shifts(body: Body) -> dict[str, timedelta]:
    people, vulnerable = body.get("people") or 1, body.get("vulnerable") or 0
    severity: Any = body.get("severity")
    unclaimed = body.get("kind") == Kind.WISH and not body.get("claimed")
    waited = FOR_AN_UNCLAIMED_WISH + FOR_EACH_DAY_UNCLAIMED * (body.get("waited") or 0)
    return {
        "people": FOR_EACH_DOUBLING * log2(people),
        "severity": FOR_SEVERITY[Severity(severity)] if severity else timedelta(0),
        "vulnerable": FOR_EACH_VULNERABLE * min(vulnerable, _COUNTED_VULNERABLE),
        "unclaimed_wish": waited if unclaimed else timedelta(0),
        "paused": WHILE_IT_IS_PAUSED if body.get("paused") else timedelta(0),
    }


def _hours(shift: timedelta) -> float:
    return round(shift / timedelta(hours=1), 1)
