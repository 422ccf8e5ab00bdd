"""What notify may be asked."""

from typing import Literal

from pydantic import AwareDatetime, Field

from shared.commands.command import Command
from shared.events.notice import Level
from shared.words import Code, Holder, Token, Topic


class RequestDelivery(Command, owner="notify", aggregate="delivery", target="delivery"):
    delivery: Token
    because: str
    recipient: str
    channel: Literal["sms", "chat"]
    template: Code
    values: dict[str, str] = Field(default_factory=dict)
    bulk: bool = False
    notice: Token | None = None
    topic: Topic | None = None
    level: Level | None = None
    duty: bool = False
    language: Literal["zh", "en"] = "zh"
    not_before: AwareDatetime | None = None
    held: Literal["quiet", "window", "digest"] | None = None
    holder: Holder | None = None


class FoldDelivery(Command, owner="notify", aggregate="delivery", target="delivery"):
    delivery: Token
    into: Token


class AttemptDelivery(Command, owner="notify", aggregate="delivery", target="delivery"):
    delivery: Token
    gateway: Code
    template_version: int | None = None


class RecordOutcome(Command, owner="notify", aggregate="delivery", target="delivery"):
    delivery: Token
    gateway: Code
    outcome: Literal["deferred", "accepted", "confirmed", "failed", "unknown", "absent"]
    detail: str = ""
    receipt: bool = Field(default=False, description="the gateway says so later, and not in its answer")
    reference: str = Field(default="", description="of a receipt: the gateway's own name for the message")
    again_at: AwareDatetime | None = Field(
        default=None, description="deferred: when to try again; unknown: when to ask the gateway"
    )
    parts: int = Field(default=1, description="of a message that goes in several")
    part: str = Field(default="", description="confirmed: which of them, by the gateway's own name")


class HandOverDelivery(Command, owner="notify", aggregate="delivery", target="delivery"):
    """``again_at``: when it is looked at again; the last time a day after it was handed over first."""

    delivery: Token
    gateway: Code
    reference: str = ""
    grid: Code | None = None
    group: str = Field(default="", max_length=80)
    again_at: AwareDatetime


class ConfirmRelay(Command, owner="notify", aggregate="delivery", target="delivery"):
    """已发: whoever says it has copied the text into the group."""

    delivery: Token
    stands_on: tuple[Code, ...] = Field(
        default=(),
        description="the grids that this worker stands on: notify fills it in from its own postings",
    )
