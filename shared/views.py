"""Read models that others may follow: the last message of each subject is the present state (stream VIEWS)."""

from pydantic_core import to_json

from shared.bus import Bus
from shared.documents import Document, Model
from shared.projection import Publish


def view_of(model: Model, document: Document) -> bytes:
    """What followers get: JSON with ``id``, ``revision`` (the greatest one wins) and what the model shows."""
    return to_json({"id": document["id"], "revision": document["r"], **model.show(document["body"])})


def view_publisher(bus: Bus) -> Publish:
    async def publish(model: Model, document: Document) -> None:
        await bus.publish(
            f"view.{document['tenant']}.{model.view}.{document['id']}", view_of(model, document)
        )

    return publish
