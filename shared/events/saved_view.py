"""Views of the ledger that somebody keeps: the console's facts."""

from pydantic import Field

from shared.events.event import Event, Sealed
from shared.words import Actor, Code


class ViewSaved(Event, owner="console", aggregate="saved_view"):
    """Saved under the same name again, it takes the place of the one before."""

    keeper: Actor
    filters: dict[str, str]
    shared: bool = Field(
        default=False, description="with the colleagues of the communities, or of the tenant"
    )
    communities: tuple[Code, ...] = Field(default=(), description="of the keeper; empty: all of the tenant")
    first: bool = Field(default=False, description="the ledger opens with it")
    sealed: Sealed = Field(
        description="its name, and the words that are searched for: people write names there"
    )


class ViewForgotten(Event, owner="console", aggregate="saved_view"):
    pass
