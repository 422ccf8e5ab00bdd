"""Who people are to us: ids without a meaning. Which contact is whose, the vault's erasable index alone knows."""

from typing import Literal

from pydantic import Field

from shared.events.event import Event, Sealed
from shared.words import Token


class PersonRecognised(Event, owner="routing", aggregate="person"):
    """Somebody whom nobody here had met before spoke to us."""


class ContactBound(Event, owner="routing", aggregate="person"):
    """From now on this contact is theirs. Numbers are reassigned: ``at`` says since when."""

    contact: Token = Field(description="random: the contact itself stands, keyed, in the vault's index")
    kind: Literal["phone", "chat"]


class ContactReleased(Event, owner="routing", aggregate="person"):
    """From now on whoever speaks from this contact is somebody else, or it was forgotten."""

    contact: Token
    reason: Literal["reassigned", "erased"]


class PeopleJoined(Event, owner="routing", aggregate="person"):
    """Two ids are one person. Nothing that stands under either is rewritten, so it can be parted again."""

    into: Token
    why: Sealed | None = None


class PeopleParted(Event, owner="routing", aggregate="person"):
    """They are two people after all."""

    into: Token
