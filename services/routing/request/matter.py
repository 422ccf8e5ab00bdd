"""Several requests about one matter: one leads, and the others follow it until they are parted."""

from services.routing.request.standing import what_is_left, what_runs
from services.routing.request.state import WAITING, State
from shared.commands.request import JoinMatter, LeaveMatter
from shared.events.event import Event
from shared.events.request import RequestJoinedMatter, RequestLeftMatter
from shared.refusal import Refused
from shared.words import ENDED

Command = JoinMatter | LeaveMatter


def join_or_leave(command: Command, state: State) -> Event | None:
    """That two are the same matter, a person says."""
    if command.actor.startswith(("worker:", "resident:")):
        raise Refused("not_for_workers")
    match command:
        case JoinMatter():
            return _joined(command, state)
        case LeaveMatter():
            if state.matter is None:
                return None
            runs = what_runs(command, state, still=state.paused is not None)
            return RequestLeftMatter(matter=state.matter, why=command.why, at=command.at, **runs)


def _joined(command: JoinMatter, state: State) -> Event | None:
    if command.matter == command.request:
        raise Refused("own_matter")
    if state.matter == command.matter:
        return None
    if state.matter is not None:
        raise Refused("already_joined", matter=state.matter)
    if state.hidden_from or state.hidden_offices:  # the lead's worker may be whom it accuses
        raise Refused("accuses_somebody")
    if state.status is None or state.status in WAITING:
        raise Refused("not_assigned")
    if state.status in ENDED:
        raise Refused("already_closed", status=state.status)
    return RequestJoinedMatter(matter=command.matter, at=command.at, **what_is_left(command, state))
