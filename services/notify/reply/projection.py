"""What was written back, for whoever reads it. Number and words stay sealed until somebody asks."""

from shared.documents import Body, Model
from shared.envelope import Fact
from shared.events.preference import ReplyHeard, ReplySettled


def _fold(body: Body, fact: Fact) -> Body:
    match fact.event:
        case ReplyHeard() as event:
            return {
                "at": event.at,
                "gateway": event.gateway,
                "holder": event.holder,
                "meaning": event.meaning,
                "sealed": event.sealed.model_dump(),
                "settled": None,
            }
        case ReplySettled() as event:
            return body | {"settled": {"at": event.at, "by": event.by}}
        case _:
            return body


WRITTEN_BACK = Model(
    name="written_back",
    key=lambda history: history.id if (history.owner, history.aggregate) == ("notify", "reply") else None,
    fold=_fold,
    indexes=[["body.holder", "-body.at"], ["body.meaning", "body.settled", "-body.at"]],
)
