"""How far routing's grids agree with an assignment that somebody else made: read from the journal, row by row."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lastmile.corridor import facts
from lastmile.importing.sheets import Sheet
from lastmile.importing.tables import Table
from lastmile.trouble import Trouble
from shared.bus import Bus
from shared.events.request import AssignmentFailed, GridAssigned
from shared.events.submission import RequestSubmitted


@dataclass(frozen=True)
class Answer:
    """What routing said of one imported row."""

    grid: str | None
    reason: str = ""
    """Why it waits in triage; with a grid: it is that one's, and nobody is on duty there."""


@dataclass
class Agreement:
    rows: int = 0
    agreed: int = 0
    differed: int = 0
    triage: dict[str, int] = field(default_factory=dict)
    unspecified: int = 0
    """Rows with a grid where the other side names none that we know."""
    nobody_on_duty: int = 0
    """Of the rows that lie in a grid, how many wait in triage because nobody is on duty there."""
    missing: int = 0
    """Rows that were never imported, or that routing has not looked at yet."""
    differences: list[dict[str, str]] = field(default_factory=list)
    triaged: list[dict[str, str]] = field(default_factory=list)

    @property
    def share(self) -> float | None:
        """Of the rows where both sides name a grid, how many name the same."""
        both = self.agreed + self.differed
        return self.agreed / both if both else None

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "share": self.share}


async def answers(bus: Bus, tenant: str) -> dict[str, Answer]:
    """Return what became of every imported request, by the key that its row had."""
    keys: dict[str, str] = {}
    found: dict[str, Answer] = {}
    subjects = (f"journal.{tenant}.*.intake.submission.>", f"journal.{tenant}.*.routing.request.>")
    async for fact in facts(bus, *subjects):
        key = keys.get(fact.history.id)
        match fact.event:
            case RequestSubmitted(source_key=str(own)):
                keys[fact.history.id] = own
            case GridAssigned(grid=grid) if key is not None:
                found.setdefault(key, Answer(grid))
            case AssignmentFailed(reason=reason, grid=grid) if key is not None:
                found.setdefault(key, Answer(grid, reason))
            case _:
                pass
    return found


def compare(
    table: Table | Sheet, given: Mapping[str, Answer], *, key: str, expected: str, known: Iterable[str]
) -> Agreement:
    """``known`` are the codes that exist: a row that names another one names none. Raises Trouble."""
    for column in (key, expected):
        if column not in table.columns:
            raise Trouble(f"The table has no column {column!r}.", f"It has {', '.join(table.columns)}.")
    grids = set(known)
    result = Agreement()
    triage: Counter[str] = Counter()
    for row in table:
        result.rows += 1
        answer, theirs = given.get(row.values.get(key, "")), row.values.get(expected, "")
        if answer is None:
            result.missing += 1
            continue
        result.nobody_on_duty += answer.reason == "nobody_on_duty"
        if answer.grid is None:
            triage[answer.reason] += 1
            result.triaged.append({"key": row.values[key], "reason": answer.reason, "expected": theirs})
        elif answer.grid == theirs:
            result.agreed += 1
        elif theirs not in grids:
            result.unspecified += 1
        else:
            result.differed += 1
            result.differences.append({"key": row.values[key], "ours": answer.grid, "theirs": theirs})
    result.triage = dict(triage)
    return result


def as_markdown(result: Agreement) -> str:
    share = "" if result.share is None else f" ({result.share:.4f} of the rows where both name one)"
    rows = [
        ("both name the same grid", f"{result.agreed}{share}"),
        ("they name different grids", str(result.differed)),
        ("we name a grid, they name none that is drawn", str(result.unspecified)),
        ("of these three: nobody is on duty there", str(result.nobody_on_duty)),
        ("triage: the row has no position", str(result.triage.get("no_place", 0))),
        ("triage: the position lies in no grid", str(result.triage.get("in_no_grid", 0))),
        ("not imported, or not looked at yet", str(result.missing + result.triage.get("no_plan", 0))),
        ("all rows", str(result.rows)),
    ]
    lines = ["| | rows |", "|---|---:|", *(f"| {what} | {count} |" for what, count in rows)]
    if result.differences:
        lines += ["", "| row | routing | expected |", "|---|---|---|"]
        lines += [f"| {d['key']} | {d['ours']} | {d['theirs']} |" for d in result.differences]
    outside = [t for t in result.triaged if t["reason"] == "in_no_grid"]
    if outside:
        lines += ["", "| row in no grid | expected |", "|---|---|"]
        lines += [f"| {t['key']} | {t['expected'] or '(none)'} |" for t in outside]
    return "\n".join(lines)
