"""What routing tells itself about a matter."""

from shared.commands.command import Command
from shared.events.matter import Count
from shared.words import Token


class WeighMatter(Command, owner="routing", aggregate="matter", target="matter"):
    """So many were counted just now."""

    matter: Token
    people: Count
    requests: Count
    vulnerable: Count = 0
