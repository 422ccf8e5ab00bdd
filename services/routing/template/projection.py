"""What superiors asked for: one document a template."""

from shared.documents import Body, Model
from shared.envelope import Fact, History
from shared.events.template import TemplateReceived

_KEPT = {"office", "title", "kind", "fields", "care", "records", "at"}


def _key(history: History) -> str | None:
    return history.id if (history.owner, history.aggregate) == ("routing", "template") else None


def _asked(body: Body, fact: Fact) -> Body:
    event = fact.event
    if not isinstance(event, TemplateReceived):
        return body
    return event.model_dump(include=_KEPT) | {"kind": event.kind.value, "fields": list(event.fields)}


ASKED = Model(name="asked", key=_key, fold=_asked, indexes=[["tenant", "body.at"]])
