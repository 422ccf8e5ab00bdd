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
    outcome: Literal["deferred", "accepted", "confirmed", "failed", "unknown"]
    detail: str = ""
    again_at: AwareDatetime | None = Field(
        default=None, description="deferred: when to try again; unknown: when to ask the gateway"
    )
