"""What routing may be asked to change in its policy."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from shared.commands.command import Command
from shared.words import Token


class AdoptPolicy(Command, owner="routing", aggregate="policy", target="policy"):
    """``policy`` names the history: a tenant has one policy, called as itself. ``on`` is the version that the writer
    had before him; another one by now, and nothing is overwritten.
    """

    policy: Token
    content: dict[str, Any] = Field(description="as docs/policies.md says; at most 256 KB")
    on: Annotated[int, Field(ge=0)] | None = None
    note: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] = ""
