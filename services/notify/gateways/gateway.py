"""A gateway sends to the outside. A new one is a new file and one line in registry.py (docs/gateways.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal, Protocol, runtime_checkable

import httpx
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationInfo

from shared.store import Collection
from shared.words import Code

Channel = Literal["sms", "chat"]


@dataclass(frozen=True)
class Message:
    """``id`` is the delivery's: whoever gets it twice knows it. Some gateways send ``text``, and some fill the
    ``template`` that the provider has approved with ``values``.
    """

    id: str
    channel: Channel
    to: str
    text: str
    template: str = ""
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    reference: str = ""
    """The gateway's own name for what it took before, where it gave one."""


@dataclass(frozen=True)
class Accepted:
    """``reference`` is the gateway's own name for it; receipts carry that. Of several ``parts`` it names each, with spaces."""

    reference: str = ""
    parts: int = 1


@dataclass(frozen=True)
class Rejected:
    """For good: whatever we do, it will not be sent."""

    why: str


@dataclass(frozen=True)
class RetryLater:
    """It was not taken, for now. ``after``: the gateway says when to come again. ``ours``: what we set for it is why, and
    not how it is; somebody has to mend that.
    """

    why: str
    after: timedelta | None = None
    ours: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Unknown:
    """It may have gone out, or not. It is never sent again without asking."""

    why: str


@dataclass(frozen=True)
class HandedOver:
    """It was taken, and goes out when somebody confirms it at the provider's. ``reference``: as of Accepted."""

    reference: str


@dataclass(frozen=True)
class Confirmed:
    """It has arrived."""


Outcome = Accepted | HandedOver | Rejected | RetryLater | Unknown
"""Of sending."""


@dataclass(frozen=True)
class Absent:
    """The gateway was asked, and can say for certain that it never had it."""


News = Accepted | Confirmed | HandedOver | Rejected | Unknown | Absent
"""Of what was sent before, from asking or from a receipt. Unknown: nothing is known yet. Absent alone lets it be sent
again.
"""


class Gateway(Protocol):
    async def send(self, message: Message) -> Outcome:
        """Never raises: whatever happens on the way has an outcome."""
        ...


@runtime_checkable
class Asks(Protocol):
    """A gateway that can be asked what became of a message."""

    async def became_of(self, message: Message, sent_at: datetime) -> News: ...


@dataclass(frozen=True)
class Parts:
    """What a gateway may be made of."""

    http: httpx.AsyncClient
    sandbox: Collection
    """Where the sandbox keeps what would have been sent."""


def _unseal(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str) or not info.context:
        raise ValueError("a credential stands sealed: `lastmile gateways seal`")
    return info.context["locksmith"].open_setting(value)


Credential = Annotated[SecretStr, BeforeValidator(_unseal)]
"""Stands sealed under the master key in the file of gateways, and is opened when that is read."""


class Approval(BaseModel):
    """What a provider has approved for one of our templates. It approved one wording: another one needs its yes again."""

    model_config = ConfigDict(frozen=True)

    id: str
    version: int = Field(
        default=0, ge=0, description="which version of our text it approved; 0: the catalogue's"
    )

    @property
    def placeholders(self) -> Iterable[str]:
        """Ours, that theirs are filled with."""
        return ()


class GatewaySettings(BaseModel):
    """What every gateway's settings say, beside what its own file adds: ``kind``, and ``open(parts)``, which makes the gateway."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Code
    channels: tuple[Channel, ...]
    weight: float = Field(default=1.0, gt=0, description="its share among those of one channel")
    per_second: float = Field(default=20.0, gt=0, description="messages that the provider lets us send")
    at_once: int = Field(default=8, ge=2, le=1000, description="calls on their way at one time")
    timeout: float = Field(default=10.0, gt=0, le=30, description="seconds until an answer counts as lost")
    price: Decimal | None = Field(
        default=None, ge=0, description="of one part of an SMS, by the contract: 0.045"
    )
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")

    @property
    def signature(self) -> str:
        """What the provider puts before every message in place of ours; empty: our text goes out as it is."""
        return ""

    @property
    def approvals(self) -> Mapping[str, Approval] | None:
        """What the provider has approved, by our template; None: it takes any text."""
        return None
