"""A micro-wish (微心愿), under the id of its request: who takes it on, and what came of it. routing's facts.

What was wished for is the submission; whose desk it lies on is the request. Neither is said again here.
"""

from typing import Literal

from pydantic import AwareDatetime, Field

from shared.events.event import Event, Sealed
from shared.help import Giver
from shared.words import Code, PictureName, Token

LetGo = Literal["declined", "given_up", "lapsed", "offer_withdrawn", "used_up"]
"""Why a claim holds no more: staff said no; the giver cannot; its time was over; the offer was withdrawn, or used up."""


class WishOpened(Event, owner="routing", aggregate="wish"):
    """From now on somebody is looked for."""


class WishPublished(Event, owner="routing", aggregate="wish"):
    """Staff let the public see it, in plain words of their own that name nobody."""

    wording: str
    category: Code = Field(description="a code of the kinds of help that there are")
    area: Code | None = Field(default=None, description="the community it lies in; nothing nearer is said")


class WishTakenDown(Event, owner="routing", aggregate="wish"):
    """The public sees it no more. It may still be claimed at the desk."""

    reason: str


class WishWaited(Event, owner="routing", aggregate="wish"):
    """So many days, and nobody has claimed it: it climbs the ledger."""

    days: int


class WishClaimed(Event, owner="routing", aggregate="wish"):
    """Somebody takes it on. What comes from the public waits for a yes of staff: ``confirmed`` is false."""

    offer: Token
    giver: Giver
    confirmed: bool
    until: AwareDatetime


class ClaimConfirmed(Event, owner="routing", aggregate="wish"):
    """Staff said yes."""

    offer: Token
    until: AwareDatetime


class ClaimExtended(Event, owner="routing", aggregate="wish"):
    """Whoever holds it has until then."""

    offer: Token
    until: AwareDatetime


class ClaimReleased(Event, owner="routing", aggregate="wish"):
    """The claim holds no more, and somebody else may take it on."""

    offer: Token
    confirmed: bool
    reason: LetGo


class WishFulfilled(Event, owner="routing", aggregate="wish"):
    offer: Token
    giver: Giver
    note: Sealed | None = None
    pictures: tuple[PictureName, ...] = ()


class WishThanked(Event, owner="routing", aggregate="wish"):
    """Staff pass the thanks on. ``words`` is the resident's own box (of the request's FeedbackRecorded), where staff
    let the public read it, so that it is erased with it.
    """

    offer: Token
    words: Sealed | None = None


class WishEnded(Event, owner="routing", aggregate="wish"):
    """The request came to an end another way: nobody is looked for any more."""

    offer: Token | None = Field(default=None, description="whose claim ends with it")
    confirmed: bool = False
    reason: Literal["resolved", "closed", "declined"]


class WishReopened(Event, owner="routing", aggregate="wish"):
    """The resident says that it is not solved: somebody is looked for again."""
