"""How work is shared out and how long it may take: routing's facts of its policy."""

from typing import Any

from shared.events.event import Event


class PolicyAdopted(Event, owner="routing", aggregate="policy"):
    """From now on requests are assigned and timed by this policy. Requests keep the one that they were assigned by,
    named by the revision of this event.
    """

    content: dict[str, Any]
    note: str = ""
