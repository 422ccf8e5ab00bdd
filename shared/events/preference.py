"""Who hears of what, over which channel, when and in which language: notify's facts."""

from typing import Literal

from pydantic import Field

from shared.events.event import Event, Part, Sealed
from shared.words import Code, Holder, TimeOfDay, Token, Topic


class Off(Part):
    """Nothing on this topic over this channel."""

    topic: Topic
    channel: Literal["sms", "chat"]


class Digest(Part):
    """What is said on this topic comes together, once a day."""

    topic: Topic
    daily_at: TimeOfDay


class PreferencesSet(Event, owner="notify", aggregate="preference"):
    """What one person wishes, whole, as it stands from now on."""

    holder: Holder
    off: tuple[Off, ...] = ()
    language: Literal["zh", "en"] = "zh"
    quiet_from: TimeOfDay | None = Field(
        default=None, description="None: the tenant's; the same as quiet_until: no quiet hours"
    )
    quiet_until: TimeOfDay | None = None
    digests: tuple[Digest, ...] = ()
    stopped: bool = Field(default=False, description="opted out of everything but duty and grave alerts")
    how: Literal["page", "link", "reply", "desk"] = "page"


class ReplyHeard(Event, owner="notify", aggregate="reply"):
    """Somebody wrote back to a message. Number and words stand sealed; what they mean does not."""

    gateway: Code
    holder: Holder
    meaning: Literal["stop", "start", "other"]
    sealed: Sealed


class ReplySettled(Event, owner="notify", aggregate="reply"):
    """Somebody read it and saw to it."""

    by: Token
