"""How notify is given the office's own replies."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.commands.command import Command
from shared.events.guidance import GuidanceEntry
from shared.words import Token


class AdoptGuidance(Command, owner="notify", aggregate="guidance", target="guidance"):
    """The whole set, in its order. ``guidance`` is the tenant; ``on``: the version that was read."""

    guidance: Token
    entries: Annotated[tuple[GuidanceEntry, ...], Field(max_length=300)]
    note: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] = ""
    on: int | None = None
