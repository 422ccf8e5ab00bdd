"""How a request ends, and how it begins again: the resident's word, and staff's."""

from services.routing.request.state import Answer, State
from services.routing.request.working import refuse_if_done
from shared.commands.request import CloseRequest, DeclineRequest, RecordFeedback, ReopenRequest
from shared.events.event import Event
from shared.events.request import FeedbackRecorded, RequestClosed, RequestDeclined, RequestReopened
from shared.refusal import Refused
from shared.words import Status


def end_or_reopen(command: ReopenRequest | CloseRequest | DeclineRequest, state: State) -> Event | None:
    match command:
        case ReopenRequest():
            if state.status is Status.REOPENED:
                return None
            if state.status not in (Status.RESOLVED, Status.CLOSED):
                raise Refused("not_resolved")
            if state.grid is None:  # resolved before we were told of it, and nobody's here
                raise Refused("not_assigned")
            return RequestReopened(
                reason=command.reason, due_at=command.due_at, remind_at=command.remind_at, at=command.at
            )
        case CloseRequest():
            if state.status is Status.CLOSED:
                return None
            if state.status is not Status.RESOLVED:
                raise Refused("not_resolved")
            return RequestClosed(reason=command.reason, at=command.at)
        case DeclineRequest():
            if state.status is Status.DECLINED:
                return None
            refuse_if_done(state)
            if command.actor.startswith("worker:"):
                raise Refused("not_for_workers")
            return RequestDeclined(reason=command.reason, instead=command.instead, at=command.at)


def hear(command: RecordFeedback, state: State) -> Event | None:
    """The handler cannot answer for the resident; the resident answers once for each time it was resolved."""
    if command.actor != f"resident:{command.request}" and not command.actor.startswith("import:"):
        raise Refused("not_the_resident")
    said = Answer(solved=command.solved, satisfaction=command.satisfaction)
    if state.answer is not None:
        if state.answer == said:
            return None
        raise Refused("already_answered")
    if state.status not in (Status.RESOLVED, Status.CLOSED):
        raise Refused("not_resolved")
    return FeedbackRecorded(
        solved=command.solved, satisfaction=command.satisfaction, comment=command.comment, at=command.at
    )
