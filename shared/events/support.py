"""Other residents' voices: 我也遇到."""

from shared.events.event import Event
from shared.words import Token


class RequestSupported(Event, owner="routing", aggregate="support"):
    """One person has it, too. The history is named by request and person, so nobody counts twice."""

    request: Token
    person: Token
