"""What many call for: deliberation's facts."""

from pydantic import Field

from shared.events.event import Event
from shared.words import Code


class TopicProposed(Event, owner="deliberation", aggregate="topic"):
    """What many call for: a category collected this many open requests in one grid within the window."""

    grid: Code
    category: Code
    requests: tuple[str, ...] = Field(description="ids of the requests that carried it over the threshold")
    threshold: int
    month: str = Field(description="YYYY-MM on the tenant's clock; one topic a grid, category and month")
