"""What is handed over to be sent: a delivery as it stands, and what it says to whom."""

from dataclasses import dataclass
from datetime import datetime

from services.notify.delivery.state import State
from services.notify.gateways.gateway import Message
from shared.documents import Body
from shared.envelope import History


@dataclass(frozen=True)
class Due:
    """A delivery that is to be sent, as it stood after this revision. ``wanted`` is its document of the outbox."""

    history: History
    state: State
    version: int
    revision: int
    wanted: Body


Made = tuple[Message, int]
"""What is sent, and which version of its text that is."""


@dataclass(frozen=True)
class Ready:
    """``message`` None: nobody knows how that one is reached. ``unwanted``: why it is not sent after all.
    ``not_before``: it is not the hour for it.
    """

    due: Due
    message: Made | None
    unwanted: str = ""
    not_before: datetime | None = None
