"""Keeping and forgetting views of the ledger."""

from shared.commands.command import Command
from shared.events.event import Sealed
from shared.words import Code, Token


class SaveView(Command, owner="console", aggregate="saved_view", target="view"):
    view: Token
    filters: dict[str, str]
    shared: bool = False
    communities: tuple[Code, ...] = ()
    first: bool = False
    sealed: Sealed


class ForgetView(Command, owner="console", aggregate="saved_view", target="view"):
    view: Token
