"""Who stands where, as the pages show it."""

from shared.documents import Body, Model
from shared.envelope import Fact
from shared.events.grid_book import WorkerPosted, WorkerRelieved


def _post(body: Body, fact: Fact) -> Body:
    match fact.event:
        case WorkerPosted() as event:
            return {
                "grid": event.grid,
                "duty": event.duty.value,
                "worker": event.worker,
                "sealed": event.sealed.model_dump() if event.sealed else None,
            }
        case WorkerRelieved():
            return body | {"worker": None, "sealed": None}
        case _:
            return body


POSTS = Model(
    name="staffing",
    key=lambda history: history.id if (history.owner, history.aggregate) == ("routing", "post") else None,
    fold=_post,
    indexes=[["tenant", "body.grid"]],
)
"""Who stands where. The name is opened when a page shows who is responsible; nothing else of the box is."""
