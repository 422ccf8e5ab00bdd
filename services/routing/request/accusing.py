"""A complaint is never with whoever it accuses: they can neither act on it, nor be given it, nor hear of it."""

from services.routing.request.state import OURS, State
from shared.commands.command import Command
from shared.commands.request import AcceptRequest, CheckDeadline, NameAccused
from shared.events.event import Event
from shared.events.request import AccusedNamed
from shared.refusal import Refused


def refuse_the_accused(command: Command, state: State) -> None:
    """Whatever role they come in, and whoever names them."""
    role, _, name = command.actor.partition(":")
    if role in ("worker", "staff") and name in state.hidden_from:
        raise Refused("not_for_the_accused")
    if isinstance(command, AcceptRequest) and command.worker in state.hidden_from:
        raise Refused("accused")


def told_to_others(question: CheckDeadline, state: State) -> CheckDeadline:
    """A head who is accused is not told what was missed."""
    return question.model_copy(update={"head": None}) if question.head in state.hidden_from else question


def name(command: NameAccused, state: State) -> Event | None:
    """It is taken from whoever is accused, done or not: reopened, it would be his again. Where an office is accused, it
    is taken from everybody below the head who has it from now on.
    """
    if command.actor.startswith("worker:"):
        raise Refused("not_for_workers")
    if not command.hidden_from and not command.hidden_offices:
        raise Refused("nobody_named")
    if state.status is None:
        raise Refused("not_assigned")
    workers = tuple(each for each in command.hidden_from if each not in state.hidden_from)
    offices = tuple(each for each in command.hidden_offices if each not in state.hidden_offices)
    if not workers and not offices:
        return None
    if state.matter is not None:  # the lead's worker may be the one
        raise Refused("follows_another", matter=state.matter)
    everybody = {*state.hidden_from, *workers}
    head = None if command.head in everybody else command.head
    taken = state.worker is not None and (
        state.worker in everybody or (bool(offices) and state.worker != head)
    )
    if not taken:
        return AccusedNamed(hidden_from=workers, hidden_offices=offices, reason=command.reason, at=command.at)
    still_open = state.status in OURS
    return AccusedNamed(
        hidden_from=workers,
        hidden_offices=offices,
        reason=command.reason,
        taken=True,
        from_worker=state.worker,
        worker=head,
        area=command.area if head else None,
        level=command.level if head else None,
        stands=None if not still_open else "assigned" if head else "triage",
        accept_by=command.accept_by if head and still_open else None,
        at=command.at,
    )
