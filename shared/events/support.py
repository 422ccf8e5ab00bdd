"""Other residents' voices: 我也遇到."""

from pydantic import Field

from shared.events.event import Event, Sealed
from shared.words import Token


class RequestSupported(Event, owner="routing", aggregate="support"):
    """One person has it, too. The history is named by request and person, so nobody counts twice."""

    request: Token
    person: Token
    sealed: Sealed | None = Field(
        default=None,
        description="how to reach whoever wants to hear of it; sealed for the support history of the request's id",
    )
    own: Token | None = Field(
        default=None, description="or a request of theirs, whose contact is used; null: they hear nothing"
    )
