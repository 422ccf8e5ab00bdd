"""What routing may be asked to do with an offer of help."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.commands.command import Command
from shared.events.event import Sealed
from shared.help import Giver
from shared.words import Code, Token


class OfferHelp(Command, owner="routing", aggregate="offer", target="offer"):
    offer: Token
    giver: Giver
    category: Code
    areas: Annotated[tuple[Code, ...], Field(max_length=100)] = ()
    times: Annotated[int, Field(ge=1, le=365)] = 1
    begins: AwareDatetime | None = None
    until: AwareDatetime | None = None
    wish: Token | None = None
    reachable: bool = False
    sealed: Sealed
    fingerprint: str = ""


class DrawOnOffer(Command, owner="routing", aggregate="offer", target="offer"):
    offer: Token
    wish: Token


class GiveBackOffer(Command, owner="routing", aggregate="offer", target="offer"):
    offer: Token
    wish: Token


class WithdrawOffer(Command, owner="routing", aggregate="offer", target="offer"):
    offer: Token
    reason: Annotated[str, Field(max_length=200)] = ""
