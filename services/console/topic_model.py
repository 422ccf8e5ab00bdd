"""What staff see of a topic: what many called for, and where it stands."""

from shared.documents import Body, Model
from shared.envelope import Fact
from shared.events.topic import TopicProposed


def _topic(body: Body, fact: Fact) -> Body:
    event = fact.event
    if not isinstance(event, TopicProposed):
        return body
    return {
        "grid": event.grid,
        "category": event.category,
        "month": event.month,
        "threshold": event.threshold,
        "requests": list(event.requests),
        "at": event.at,
    }


TOPICS = Model(
    name="topic",
    key=lambda history: (
        history.id if (history.owner, history.aggregate) == ("deliberation", "topic") else None
    ),
    fold=_topic,
    view="topic",
    indexes=[["tenant", "-body.at"], ["r"]],
)
