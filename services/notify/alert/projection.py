"""What notify remembers of a warning beside what its rules ask: its words, for whoever is told later."""

from shared.documents import Body, Model
from shared.envelope import Fact, History
from shared.events.alert import AlertArrivedLate, AlertRelayed


def _key(history: History) -> str | None:
    return history.id if (history.owner, history.aggregate) == ("notify", "alert") else None


def _fold(body: Body, fact: Fact) -> Body:
    match fact.event:
        case AlertRelayed() as event:
            return {
                "message": event.message.model_dump(),
                "relayed": True,
                "ends": [each.alert for each in event.ends],
            }
        case AlertArrivedLate() as event:
            return {"message": event.message.model_dump(), "relayed": False, "ends": []}
        case _:
            return body


WARNING = Model(name="warning", key=_key, fold=_fold)
