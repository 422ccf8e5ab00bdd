"""我也遇到: one person has it, too. The history's name holds request and person, so there is no second one."""

from pydantic import BaseModel, ConfigDict

from shared.commands.support import SupportRequest
from shared.decider import Decider
from shared.events.event import Event
from shared.events.support import RequestSupported
from shared.refusal import Refused


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    request: str | None = None
    person: str | None = None
    key: str | None = None
    """Under which a number stands sealed, where whoever it is wants to be told."""


def evolve(state: State, event: Event) -> State:
    if isinstance(event, RequestSupported):
        key = event.sealed.key if event.sealed else None
        return State(request=event.request, person=event.person, key=key)
    return state


def decide(command: SupportRequest, state: State) -> Event | None:
    if command.person is None:
        raise Refused("unknown_contact")
    if state.request is not None:
        return None
    return RequestSupported(
        request=command.request,
        person=command.person,
        sealed=command.sealed if command.tell else None,
        own=command.own if command.tell else None,
        at=command.at,
    )


SUPPORT: Decider[State] = Decider(
    "routing", "support", State(), evolve, decide, indexes=[["body.request"], ["body.person"]]
)
