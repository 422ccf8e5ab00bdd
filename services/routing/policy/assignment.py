"""Where a request goes, by one policy: a pure decision about what was said and what the grid book says of its place."""

from dataclasses import dataclass
from typing import Any, Literal

from services.routing.policy.clocks import Clocks
from services.routing.policy.rules import Judged, Matter, Target, ToGrid, judge
from shared.words import Severity

Placed = tuple[str, Literal["building", "position"]]
"""The grid that covers a place, and how it was found."""


@dataclass(frozen=True, slots=True)
class Decision:
    """``rule`` is None where nothing takes it: it waits in triage."""

    rule: Literal["building", "position", "policy"] | None
    area: str | None
    send: Target | None
    severity: Severity
    judged: tuple[Judged, ...]
    used: tuple[str, ...]
    """Names of the rules that had a say, in order."""

    @property
    def where(self) -> str | None:
        """Return where it goes in a word that can be compared: a grid, a head, a post."""
        if self.send is None or isinstance(self.send, ToGrid):
            return self.area
        return f"{self.area}:{getattr(self.send, 'duty', 'head')}"


def assign(clocks: Clocks, matter: Matter, placed: Placed | None) -> Decision:
    """The place first; where no grid covers it, or a rule says that it goes over the place, the first rule that
    matches and sends somewhere. The first that matches and sets a severity sets it.
    """
    judged = tuple(judge(clocks.policy.rules, matter, clocks.calendar))
    matching = [one.rule for one in judged if one.matched]
    sends = next((r for r in matching if r.send and (placed is None or r.over_place)), None)
    grades = next((r for r in matching if r.severity), None)
    severity = grades.severity if grades else None
    used = tuple(rule.name for rule in matching if rule in (sends, grades))
    send = sends.send if sends else None
    if send is not None:
        rule, area = "policy", send.grid if isinstance(send, ToGrid) else send.area
    elif placed is not None:
        rule, area = placed[1], placed[0]
    else:
        rule, area = None, None
    return Decision(rule, area, send, severity or clocks.severity_of(matter.category), judged, used)


def told(decision: Decision) -> list[dict[str, Any]]:
    """Every rule with what it said, in order, and whether it had a say."""
    return [one.as_json() | {"used": one.rule.name in decision.used} for one in decision.judged]
