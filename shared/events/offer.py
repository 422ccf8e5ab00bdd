"""Somebody offers time, a skill or a thing: routing's facts of one offer."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.events.event import Event, Sealed
from shared.help import Giver
from shared.words import Code, Token


class HelpOffered(Event, owner="routing", aggregate="offer"):
    """Who offers what, where and how often. ``sealed`` holds name, phone, and what exactly it is, in the giver's words."""

    giver: Giver
    category: Code = Field(description="a code of the kinds of help that there are")
    areas: tuple[Code, ...] = Field(default=(), description="where; none: anywhere in the street")
    times: Annotated[int, Field(ge=1)] = 1
    begins: AwareDatetime | None = None
    until: AwareDatetime | None = Field(default=None, description="not after this moment")
    wish: Token | None = Field(default=None, description="for this wish alone")
    reachable: bool = Field(default=False, description="whether a phone stands in the box")
    sealed: Sealed
    fingerprint: str = ""


class OfferDrawnOn(Event, owner="routing", aggregate="offer"):
    """A wish is claimed with it: one time less is left."""

    wish: Token


class OfferGivenBack(Event, owner="routing", aggregate="offer"):
    """The claim came to nothing: the time is left again."""

    wish: Token


class OfferWithdrawn(Event, owner="routing", aggregate="offer"):
    reason: str = ""
