"""Saying what one wishes to hear, and hearing what is written back."""

from typing import Literal

from shared.commands.command import Command
from shared.events.event import Sealed
from shared.events.preference import Digest, Off
from shared.ids import preference_id
from shared.words import Code, Holder, TimeOfDay, Token


class SetPreferences(Command, owner="notify", aggregate="preference", target="holder"):
    """What is not said stays as it is. The history is named by the holder."""

    holder: Holder
    off: tuple[Off, ...] | None = None
    language: Literal["zh", "en"] | None = None
    quiet_from: TimeOfDay | None = None
    quiet_until: TimeOfDay | None = None
    digests: tuple[Digest, ...] | None = None
    stopped: bool | None = None
    how: Literal["page", "link", "reply", "desk"] = "page"

    @property
    def history(self) -> str:
        return preference_id(self.holder)


class HearReply(Command, owner="notify", aggregate="reply", target="reply"):
    reply: Token
    gateway: Code
    holder: Holder
    meaning: Literal["stop", "start", "other"]
    sealed: Sealed


class SettleReply(Command, owner="notify", aggregate="reply", target="reply"):
    reply: Token
