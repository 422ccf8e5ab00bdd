"""Which likely duplicates are worth suggesting: what is joined already, or was done with long before, is noise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SETTLED_AFTER = timedelta(days=14)
"""Who says it so long after the other one ended says that it is back, and that is another matter."""


@dataclass(frozen=True)
class Candidate:
    """``at`` is when it was said, ``matter`` the lead that it follows."""

    request: str
    at: datetime
    matter: str | None = None
    ended_at: datetime | None = None

    @property
    def lead(self) -> str:
        return self.matter or self.request


def worth_suggesting(mine: Candidate, others: Sequence[Candidate]) -> list[Candidate]:
    """Keep the order, the likeliest first, and of each matter the likeliest alone."""
    told = {mine.lead}
    kept: list[Candidate] = []
    for other in others:
        settled = other.ended_at is not None and other.ended_at + SETTLED_AFTER < mine.at
        if other.lead not in told and not settled:
            told.add(other.lead)
            kept.append(other)
    return kept
