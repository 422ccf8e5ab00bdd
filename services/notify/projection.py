"""What notify remembers: of each request, who is to be told; of each post, how its worker is reached."""

from collections.abc import Callable

from shared.documents import Body, Model
from shared.envelope import Fact, History
from shared.events.event import Event
from shared.events.grid_book import WorkerPosted, WorkerRelieved
from shared.events.joint_task import DutyListAdopted
from shared.events.matter import MatterWeighed
from shared.events.offer import HelpOffered
from shared.events.request import (
    AccusedNamed,
    AssignmentFailed,
    GridAssigned,
    RequestAccepted,
    RequestJoinedMatter,
    RequestLeftMatter,
    RequestReportedUp,
    RequestTransferred,
)
from shared.events.submission import RequestSubmitted
from shared.events.support import RequestSupported


def _matter_key(history: History) -> str | None:
    return history.id if (history.owner, history.aggregate) in _MATTERS else None


_MATTERS = (("intake", "submission"), ("routing", "request"), ("routing", "matter"))


def _matter(body: Body, fact: Fact) -> Body:
    event = fact.event
    match event:
        case RequestSubmitted():
            return body | {
                "code": event.code,
                "category": event.category,
                "kind": event.kind.value,
                "reachable": event.reachable,
                "imported": event.imported,
                "recorded": fact.recorded.replace(microsecond=fact.recorded.microsecond // 1000 * 1000),
                "sealed": event.sealed.model_dump() if event.sealed and event.reachable else None,
            }
        case GridAssigned():
            return _hidden(body, event) | {
                "person": event.person,
                "grid": event.grid,
                "worker": event.worker,
                "area": event.grid if event.level == "grid" else event.community,
            }
        case AssignmentFailed():
            return _hidden(body, event) | {"person": event.person}
        case AccusedNamed():
            return _hidden(body, event) | ({"worker": event.worker} if event.taken else {})
        case RequestTransferred():
            told = {"handed_on": body.get("accepted", False), "accepted": False}
            return body | {"grid": event.grid, "worker": event.worker, "area": event.grid, **told}
        case RequestReportedUp():
            return body | {"worker": event.worker, "area": event.area or body.get("area")}
        case RequestAccepted():
            return body | {"worker": event.worker, "accepted": True}
        case RequestJoinedMatter():
            return body | {"matter": event.matter}
        case RequestLeftMatter():
            return body | {"matter": None}
        case MatterWeighed():
            return body | {"people": event.people}
        case _:
            return body


def _hidden(body: Body, event: GridAssigned | AssignmentFailed | AccusedNamed) -> Body:
    return body | {"hidden_from": [*body.get("hidden_from", []), *event.hidden_from]}


MATTER = Model(
    name="matter",
    key=_matter_key,
    fold=_matter,
    indexes=[["tenant", "body.matter"], ["tenant", "body.person"]],
)
"""``sealed`` is the submission's, opened only when the gateway is called. ``matter`` is the lead that it follows;
``handed_on``: somebody else has it now than the one who had said so.
"""


def _support(body: Body, fact: Fact) -> Body:
    match fact.event:
        case RequestSupported(sealed=sealed, own=own) as event if sealed or own:
            box = sealed.model_dump() if sealed else None
            return {"request": event.request, "person": event.person, "sealed": box, "own": own}
        case _:
            return body


SUPPORTERS = Model(
    name="supporter",
    key=lambda history: history.id if (history.owner, history.aggregate) == ("routing", "support") else None,
    fold=_support,
    indexes=[["tenant", "body.request"], ["tenant", "body.person"]],
)
"""Those who have it, too, and asked to be told: by a number of their own, or by that of a request of theirs."""


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
