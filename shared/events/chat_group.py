"""The chat groups of a grid (网格微群): notify's facts."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.events.event import Event
from shared.words import Code, GroupAddress

GroupName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class ChatGroupSet(Event, owner="notify", aggregate="chat_group"):
    """One group, whole, as it stands from now on. A grid may have several."""

    grid: Code
    name: GroupName = Field(description="what people call it; nobody's own name")
    address: GroupAddress


class ChatGroupClosed(Event, owner="notify", aggregate="chat_group"):
    """Nothing goes there any more."""
