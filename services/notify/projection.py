"""What notify remembers: of each request, who is to be told; of each post, how its worker is reached."""

from collections.abc import Callable

from shared.documents import Body, Model
from shared.envelope import Fact, History
from shared.events.event import Event
from shared.events.grid_book import WorkerPosted, WorkerRelieved
from shared.events.joint_task import DutyListAdopted
from shared.events.offer import HelpOffered
from shared.events.request import (
    AccusedNamed,
    AssignmentFailed,
    GridAssigned,
    RequestAccepted,
    RequestReportedUp,
    RequestTransferred,
)
from shared.events.submission import RequestSubmitted


def _matter_key(history: History) -> str | None:
    mine = (history.owner, history.aggregate) in (("intake", "submission"), ("routing", "request"))
    return history.id if mine else None


def _matter(body: Body, fact: Fact) -> Body:
    event = fact.event
    match event:
        case RequestSubmitted():
            return body | {
                "code": event.code,
                "category": event.category,
                "reachable": event.reachable,
                "imported": event.imported,
                "recorded": fact.recorded.replace(microsecond=fact.recorded.microsecond // 1000 * 1000),
                "sealed": event.sealed.model_dump() if event.sealed and event.reachable else None,
            }
        case GridAssigned():
            return _hidden(body, event) | {
                "grid": event.grid,
                "worker": event.worker,
                "area": event.grid if event.level == "grid" else event.community,
            }
        case AssignmentFailed():
            return _hidden(body, event)
        case AccusedNamed():
            return _hidden(body, event) | ({"worker": event.worker} if event.taken else {})
        case RequestTransferred():
            return body | {"grid": event.grid, "worker": event.worker, "area": event.grid}
        case RequestReportedUp():
            return body | {"worker": event.worker, "area": event.area or body.get("area")}
        case RequestAccepted():
            return body | {"worker": event.worker}
        case _:
            return body


def _hidden(body: Body, event: GridAssigned | AssignmentFailed | AccusedNamed) -> Body:
    return body | {"hidden_from": [*body.get("hidden_from", []), *event.hidden_from]}


MATTER = Model(name="matter", key=_matter_key, fold=_matter)
"""``sealed`` is the submission's, opened only when the gateway is called."""


def _post(body: Body, fact: Fact) -> Body:
    event: Event | None = fact.event
    match event:
        case WorkerPosted():
            sealed = event.sealed.model_dump() if event.sealed else None
            return {"worker": event.worker, "grid": event.grid, "duty": event.duty.value, "sealed": sealed}
        case WorkerRelieved():
            return body | {"worker": None}
        case _:
            return body


CONTACT = Model(
    name="contact",
    key=lambda history: history.id if (history.owner, history.aggregate) == ("routing", "post") else None,
    fold=_post,
    indexes=[["body.worker"], ["tenant", "body.grid"]],
)


def _offer(body: Body, fact: Fact) -> Body:
    match fact.event:
        case HelpOffered() as event:
            return {"sealed": event.sealed.model_dump() if event.reachable else None}
        case _:
            return body


GIVERS = Model(
    name="giver",
    key=lambda history: history.id if (history.owner, history.aggregate) == ("routing", "offer") else None,
    fold=_offer,
)
"""``sealed`` is the offer's, opened only when the gateway is called."""


def part(aggregate: str, remembered: Callable[[Event], Body]) -> Model:
    return Model(
        name=aggregate,
        key=lambda history: (
            history.id if (history.owner, history.aggregate) == ("routing", aggregate) else None
        ),
        fold=lambda body, fact: body | (remembered(fact.event) if fact.event is not None else {}),
    )


def _duties(event: Event) -> Body:
    if not isinstance(event, DutyListAdopted):
        return {}
    chats = {department.code: department.chat for department in event.departments}
    return {"chats": chats, "escalate_to": event.escalate_to}


DUTIES = part("duty_list", _duties)
