"""What several requests are about, under the id of its lead request."""

from typing import Annotated

from pydantic import Field

from shared.events.event import Event

Count = Annotated[int, Field(ge=0)]


class MatterWeighed(Event, owner="routing", aggregate="matter"):
    """How many call for it now, counted anew. A request that nobody joined or supported weighs one and says nothing."""

    people: Count = Field(description="distinct people: who said it, and who has it, too")
    requests: Count
    vulnerable: Count = Field(default=0, description="of them, requests of vulnerable residents")
