"""Guidance (话术): replies that the office has worded beforehand, for what comes up again and again."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.events.event import Event, Part
from shared.words import Code

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,47}$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=50, strip_whitespace=True)]
Words = Annotated[tuple[Word, ...], Field(max_length=50)]


class GuidanceEntry(Part):
    """One worded reply, and what it is for. Texts are fixed: no placeholder, nothing of a person."""

    code: Slug
    categories: tuple[Code, ...] = Field(default=(), description="for these alone; for any when it is empty")
    any: Words = Field(default=(), description="one of them was said, unless it is empty")
    all: Words = Field(default=(), description="each of them was said")
    title_zh: str
    title_en: str
    zh: str
    en: str


class GuidanceAdopted(Event, owner="notify", aggregate="guidance"):
    """From now on these replies are offered, in this order. 0 is the set that the house brings."""

    entries: tuple[GuidanceEntry, ...]
    note: str = ""
