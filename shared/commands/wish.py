"""What routing may be asked to do with a micro-wish (微心愿), which is named by its request."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from shared.commands.command import Command, Reason
from shared.events.event import Sealed
from shared.events.wish import LetGo
from shared.help import Giver
from shared.words import Code, PictureName, Token

Wording = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]


class OpenWish(Command, owner="routing", aggregate="wish", target="request"):
    request: Token


class PublishWish(Command, owner="routing", aggregate="wish", target="request"):
    """``wording`` is staff's own and names nobody. routing fills in the ``area``."""

    request: Token
    wording: Wording
    category: Code
    area: Code | None = None


class TakeDownWish(Command, owner="routing", aggregate="wish", target="request"):
    request: Token
    reason: Reason


class ClaimWish(Command, owner="routing", aggregate="wish", target="request"):
    """Take a wish on with an offer. ``vouched``: staff who claim for somebody know who that is; what a giver or a
    worker claims always waits for a yes. routing fills in the ``giver``.
    """

    request: Token
    offer: Token
    vouched: bool = True
    until: AwareDatetime | None = None
    giver: Giver | None = None


class ConfirmClaim(Command, owner="routing", aggregate="wish", target="request"):
    """Say yes to who claims it; or give whoever holds it until then."""

    request: Token
    offer: Token
    until: AwareDatetime | None = None


class ReleaseClaim(Command, owner="routing", aggregate="wish", target="request"):
    request: Token
    offer: Token
    reason: LetGo


class FulfilWish(Command, owner="routing", aggregate="wish", target="request"):
    """It is done, and the request is resolved with it."""

    request: Token
    note: Sealed | None = None
    pictures: Annotated[tuple[PictureName, ...], Field(max_length=9)] = ()


class ThankForWish(Command, owner="routing", aggregate="wish", target="request"):
    """Pass the resident's thanks on; ``public``: everybody may read them. routing fills in the ``words``."""

    request: Token
    public: bool = False
    words: Sealed | None = None


class EndWish(Command, owner="routing", aggregate="wish", target="request"):
    request: Token
    reason: Literal["resolved", "closed", "declined"]


class ReopenWish(Command, owner="routing", aggregate="wish", target="request"):
    request: Token


class CheckWish(Command, owner="routing", aggregate="wish", target="request"):
    """A timer fired, or the sweep asks: has the claim's time run out; has nobody claimed it for so long?"""

    request: Token
    about: Literal["claim", "wait"]
