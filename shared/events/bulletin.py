"""A bulletin (工作计划及进展): what was decided, what was done and what is due in an area, in a week or a month. notify's facts.

One area has one of each week and month; it is drafted by counting, edited by a person, and published.
"""

from datetime import date
from typing import Literal

from pydantic import Field

from shared.events.event import Event, Part
from shared.events.notice import Audienced, Words
from shared.words import Code

Section = Literal["decided", "done", "due"]
Span = Literal["week", "month"]


class BulletinLine(Part):
    """One sentence, in both languages. Nothing in it is personal."""

    section: Section
    of: str = Field(default="", description="the count that made it, e.g. resolved; empty: a person wrote it")
    zh: str
    en: str = ""


class BulletinDrafted(Event, owner="notify", aggregate="bulletin"):
    """The lines as they were counted, before anybody has looked at them."""

    area: Code = Field(description="a community, a grid, or the street: whose it is")
    community: Code | None = Field(default=None, description="the community that the area is, or lies in")
    grids: tuple[Code, ...] = Field(description="which grids it is for")
    span: Span
    since: date = Field(description="the first day, on the tenant's clock")
    until: date = Field(description="the last day")
    title: Words
    lines: tuple[BulletinLine, ...]


class BulletinEdited(Event, owner="notify", aggregate="bulletin"):
    """The whole text as a person left it: words changed, lines dropped, added or moved. What is published stays until the
    next edition.
    """

    title: Words
    lines: tuple[BulletinLine, ...]


class BulletinPublished(Event, owner="notify", aggregate="bulletin"):
    """The text as it stands is what residents read from now on."""

    edition: int = Field(description="1, 2, 3 …; from 2 on it corrects the one before")
    why: str = Field(default="", description="what was corrected, for residents to read")
    roles: tuple[Audienced, ...] = Field(
        default=(), description="who in its grids is told, with the address of its page; none: nobody"
    )


class BulletinWithdrawn(Event, owner="notify", aggregate="bulletin"):
    """Residents read that it was withdrawn, and why; a draft that was never published is dropped."""

    why: str
