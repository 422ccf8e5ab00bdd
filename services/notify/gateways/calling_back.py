"""What providers bring to our door: receipts, and what people wrote back. Each one's own words are read in its own file.

A provider that calls back signs nothing: the address itself, which nobody can guess, says that it is the provider.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.notify.gateways.gateway import Credential, GatewaySettings

Told = Literal["confirmed", "failed", "accepted", "absent"]
"""Absent: they are certain that they never had it."""
_LEAST = 22  # characters of base64: 128 bits


@dataclass(frozen=True)
class Receipt:
    """``delivery`` is our id, where the provider brings it back, and ``reference`` its own name for the message. ``name``
    is what makes the receipt itself unique there; ``why`` a code. Nothing of it is anybody's.
    """

    outcome: Told
    name: str
    reference: str | None = None
    delivery: str | None = None
    why: str = ""


@dataclass(frozen=True)
class Reply:
    """``named``: by what one reply differs from another at the provider."""

    number: str
    text: str
    named: tuple[str, ...]


class SaysReceipt(Protocol):
    @classmethod
    def model_validate(cls, obj: Any) -> Self: ...

    def receipt(self) -> Receipt: ...


class SaysReply(Protocol):
    @classmethod
    def model_validate(cls, obj: Any) -> Self: ...

    def reply(self) -> Reply: ...


class Theirs(BaseModel):
    """What a provider writes: numbers where words are documented, and fields that nobody has documented, included."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)


class CallsBack(GatewaySettings):
    """The settings of a gateway whose provider brings receipts and replies to the residents' door."""

    callback: Annotated[Credential, Field(min_length=_LEAST)] | None = Field(
        default=None,
        description="the part of the address that nobody can guess: `lastmile gateways callback`",
    )
    says_receipt: ClassVar[type[SaysReceipt]]
    says_reply: ClassVar[type[SaysReply]]
    thanks: ClassVar[Mapping[str, Any]]
    """What the provider wants to hear when everything was taken."""

    @model_validator(mode="after")
    def _name_fits_into_an_address(self) -> Self:
        if self.callback is not None and not (self.name.isascii() and self.name.replace("-", "").isalnum()):
            raise ValueError("name: letters, digits and hyphens, where the provider calls back")
        return self
