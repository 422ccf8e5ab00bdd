"""What deliberation may be asked."""

from shared.commands.command import Command
from shared.words import Code, Token


class ProposeTopic(Command, owner="deliberation", aggregate="topic", target="topic"):
    topic: Token
    grid: Code
    category: Code
    requests: tuple[str, ...]
    threshold: int
    month: str
