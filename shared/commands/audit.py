"""What the console writes down of its own."""

from shared.commands.command import Command, Reason
from shared.words import Code, Token


class OpenPersonalData(Command, owner="console", aggregate="audit", target="entry"):
    entry: Token
    request: Token
    fields: tuple[str, ...]
    purpose: Reason


class ErasePerson(Command, owner="console", aggregate="audit", target="entry"):
    entry: Token
    request: Token
    keys: tuple[str, ...]


class ExportData(Command, owner="console", aggregate="audit", target="entry"):
    entry: Token
    what: Code
    grids: tuple[Code, ...] = ()
    fields: tuple[str, ...]
    purpose: Reason
