"""Ratios: measured in pairs that alternate, so that whatever else the machine does hits both sides alike."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Line:
    """One line of docs/benchmarks.md."""

    what: str
    figure: str
    asked: str = ""
    well: bool = True
    remark: str = ""


@dataclass
class Pairs:
    """How often ours goes into the reference's, round by round."""

    ratios: list[float] = field(default_factory=list)

    def add(self, ours: float, reference: float) -> None:
        self.ratios.append(ours / reference)

    @property
    def median(self) -> float:
        return statistics.median(self.ratios)

    def __str__(self) -> str:
        return f"{self.median:.2f} ({min(self.ratios):.2f} to {max(self.ratios):.2f})"

    def at_least(self, what: str, limit: float | None, remark: str = "") -> Line:
        if limit is None:
            return Line(what, str(self), remark=remark)
        return Line(what, str(self), f"at least {limit}", self.median >= limit, remark)

    def at_most(self, what: str, limit: float, remark: str = "") -> Line:
        return Line(what, str(self), f"at most {limit}", self.median <= limit, remark)


def quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
