"""A worded reply (话术) goes to the resident: by the worker whose request it is, or by staff; each once."""

from services.routing.request.state import State
from services.routing.request.working import hand, refuse_if_done, stand_in
from shared.commands.request import SendGuidance
from shared.events.event import Event
from shared.events.request import GuidanceSent
from shared.refusal import Refused


def send(command: SendGuidance, state: State) -> Event | None:
    """Whoever taps twice, or after a colleague, sends nothing again. Staff may send before anybody has it."""
    if state.status is None:
        raise Refused("not_assigned")
    if command.actor.startswith("worker:"):
        hand(command.actor, state, command.stands_in_for)
    if command.guidance in state.guided:
        return None
    refuse_if_done(state)
    return GuidanceSent(
        guidance=command.guidance,
        guidance_version=command.guidance_version,
        worker=state.worker,
        stand_in=stand_in(command),
        at=command.at,
    )
