"""The rules of a finding: noted once, and looked at again until it is fixed."""

from datetime import datetime, timedelta
from typing import assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.patrol import CheckFinding, MakeRecheck, NoteFinding
from shared.decider import Decider
from shared.events.event import Event
from shared.events.patrol import FindingNoted, RecheckFellDue, RecheckMade
from shared.refusal import Refused

Command = NoteFinding | MakeRecheck | CheckFinding
RECHECK_AFTER = timedelta(days=7)


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    request: str | None = None
    fixed: bool = False
    rechecked_at: datetime | None = None
    check_at: datetime | None = None


def evolve(state: State, event: Event) -> State:
    match event:
        case FindingNoted():
            return State(request=event.request, check_at=event.recheck_by)
        case RecheckFellDue():
            return state.model_copy(update={"check_at": None})
        case RecheckMade():
            return state.model_copy(
                update={"fixed": event.fixed, "rechecked_at": event.at, "check_at": event.recheck_by}
            )
        case _:
            return state


def decide(command: Command, state: State) -> Event | None:
    match command:
        case NoteFinding():
            if state.request is not None:
                return None
            role, _, name = command.actor.partition(":")
            if command.request is None or role not in ("worker", "staff"):
                raise Refused("not_from_here")
            return FindingNoted(
                request=command.request,
                worker=name,
                note=command.note,
                place=command.place,
                category=command.category,
                patrol=command.patrol,
                visit=command.visit,
                item=command.item,
                recheck_by=command.recheck_by or command.at + RECHECK_AFTER,
                at=command.at,
            )
        case MakeRecheck():
            if state.request is None:
                raise Refused("no_finding")
            if state.fixed or (state.rechecked_at == command.at and not command.fixed):
                return None
            again = None if command.fixed else command.at + RECHECK_AFTER
            return RecheckMade(fixed=command.fixed, recheck_by=again, note=command.note, at=command.at)
        case CheckFinding():
            if state.check_at is None or state.check_at > command.at:
                return None
            return RecheckFellDue(recheck_by=state.check_at, at=command.at)
        case _:
            assert_never(command)


FINDING: Decider[State] = Decider("routing", "finding", State(), evolve, decide, indexes=[["body.check_at"]])
