"""When a worker is not there: routing's facts of absences."""

from pydantic import AwareDatetime

from shared.events.event import Event, Sealed
from shared.words import Token


class AbsenceNoted(Event, owner="routing", aggregate="absence"):
    """From ``starts`` until just before ``ends`` somebody else stands in. Why is a person's, and sealed."""

    worker: Token
    starts: AwareDatetime
    ends: AwareDatetime
    reason: Sealed | None = None


class AbsenceEnded(Event, owner="routing", aggregate="absence"):
    """The worker is back earlier, or does not go. ``starts`` names one absence; without it, every one that ran."""

    worker: Token
    starts: AwareDatetime | None = None
