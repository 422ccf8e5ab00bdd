"""How another resident says: I have it, too."""

from typing import Final

from shared.commands.command import Command
from shared.events.event import Sealed
from shared.words import Token

UNNAMED: Final = "unnamed"


class SupportRequest(Command, owner="routing", aggregate="support", target="support"):
    """Who it is, routing finds out: from ``sealed`` (a phone, sealed for the support history of the request's id) or from
    ``own``, a request of theirs. It names the history, too. ``tell``: they want to hear what becomes of it, so how to reach
    them is kept.
    """

    support: Token = UNNAMED
    request: Token
    person: Token | None = None
    sealed: Sealed | None = None
    own: Token | None = None
    tell: bool = False
