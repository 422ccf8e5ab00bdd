"""A dry run: what a new policy would have done with past requests that the present one did otherwise. Changes nothing.

Both policies look at the same requests on the same plan, so that what differs is the policy's doing alone.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.routing.policy.assignment import Decision, Placed, assign
from services.routing.policy.clocks import Clocks, Deadlines
from services.routing.policy.rules import Matter

NAMED = ("accept_by", "contact_by", "due_at")


@dataclass(frozen=True, slots=True)
class Past:
    """A request as it came in."""

    request: str
    code: str
    key: str | None
    """The key that an imported row had where it came from."""
    matter: Matter
    placed: Placed | None


@dataclass
class DryRun:
    """Fill it with ``look``; the first ``most`` differences are kept, all are counted."""

    present: Clocks
    proposed: Clocks
    most: int | None = None
    requests: int = 0
    elsewhere: int = 0
    other_severity: int = 0
    other_deadlines: int = 0
    into_triage: int = 0
    out_of_triage: int = 0
    used: Counter[str] = field(default_factory=Counter)
    moves: Counter[tuple[str | None, str | None]] = field(default_factory=Counter)
    differences: list[dict[str, Any]] = field(default_factory=list)

    def look(self, past: Iterable[Past]) -> None:
        for one in past:
            self.requests += 1
            before = assign(self.present, one.matter, one.placed)
            after = assign(self.proposed, one.matter, one.placed)
            self.used.update(after.used)
            self._compare(one, before, after)

    def _compare(self, one: Past, before: Decision, after: Decision) -> None:
        old = _deadlines(self.present, before, one.matter)
        new = _deadlines(self.proposed, after, one.matter)
        moved, graded = before.where != after.where, before.severity != after.severity
        if not moved and not graded and old == new:
            return
        self.elsewhere += moved
        self.other_severity += graded
        self.other_deadlines += old != new
        self.into_triage += moved and after.where is None
        self.out_of_triage += moved and before.where is None
        if moved:
            self.moves[before.where, after.where] += 1
        if self.most is None or len(self.differences) < self.most:
            self.differences.append(
                {
                    "request": one.request,
                    "code": one.code,
                    "key": one.key,
                    "at": one.matter.at.isoformat(),
                    "elsewhere": moved,
                    "before": _side(before, old),
                    "after": _side(after, new),
                }
            )

    def as_json(self) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "elsewhere": self.elsewhere,
            "other_severity": self.other_severity,
            "other_deadlines": self.other_deadlines,
            "into_triage": self.into_triage,
            "out_of_triage": self.out_of_triage,
            "rules": {rule.name: self.used[rule.name] for rule in self.proposed.policy.rules},
            "moves": [
                {"before": before, "after": after, "requests": count}
                for (before, after), count in self.moves.most_common(100)
            ],
            "differences": self.differences,
        }


def _deadlines(clocks: Clocks, decision: Decision, matter: Matter) -> Deadlines | None:
    """In triage no clock runs."""
    if decision.where is None:
        return None
    return clocks.deadlines(matter.category, decision.severity, matter.at)


def _side(decision: Decision, until: Deadlines | None) -> dict[str, Any]:
    moments: dict[str, datetime | None] = {name: getattr(until, name, None) for name in NAMED}
    return {
        "where": decision.where,
        "rule": decision.rule,
        "rules": list(decision.used),
        "severity": decision.severity.value,
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
    }
