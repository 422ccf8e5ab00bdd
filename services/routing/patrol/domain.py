"""The rules of a patrol: one worker walks one grid by a checklist, until a time."""

from datetime import datetime
from typing import Literal, assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.patrol import CallOffPatrol, CheckPatrol, MakePatrol, PlanPatrol
from shared.decider import Decider
from shared.events.event import Event
from shared.events.patrol import PatrolCalledOff, PatrolMade, PatrolMissed, PatrolPlanned
from shared.refusal import Refused

Command = PlanPatrol | MakePatrol | CallOffPatrol | CheckPatrol


class State(BaseModel):
    """``missed`` does not end it: late is better than never."""

    model_config = ConfigDict(frozen=True)

    plan: PatrolPlanned | None = None
    ended: Literal["made", "called_off"] | None = None
    check_at: datetime | None = None


def evolve(state: State, event: Event) -> State:
    match event:
        case PatrolPlanned():
            return State(plan=event, check_at=event.due_at)
        case PatrolMade():
            return state.model_copy(update={"ended": "made", "check_at": None})
        case PatrolCalledOff():
            return state.model_copy(update={"ended": "called_off", "check_at": None})
        case PatrolMissed():
            return state.model_copy(update={"check_at": None})
        case _:
            return state


def decide(command: Command, state: State) -> Event | None:
    match command:
        case PlanPatrol():
            return _plan(command, state)
        case MakePatrol():
            return _make(command, state)
        case CallOffPatrol():
            if state.ended == "called_off":
                return None
            _running(state)
            if command.actor.startswith("worker:"):
                raise Refused("not_for_workers")
            return PatrolCalledOff(reason=command.reason, at=command.at)
        case CheckPatrol():
            if state.ended is not None or state.check_at is None or state.check_at > command.at:
                return None
            plan = state.plan
            return PatrolMissed(
                due_at=state.check_at,
                grid=plan and plan.grid,
                worker=plan and plan.worker,
                head=command.head,
                at=command.at,
            )
        case _:
            assert_never(command)


def _plan(command: PlanPatrol, state: State) -> Event | None:
    if state.plan is not None:
        return None
    if command.actor.startswith("worker:"):
        raise Refused("not_for_workers")
    if command.due_at <= command.at:
        raise Refused("time_is_past")
    codes = [item.code for item in command.items]
    if not codes or len(set(codes)) != len(codes):
        raise Refused("checklist_empty" if not codes else "checklist_twice")
    return PatrolPlanned(
        grid=command.grid,
        worker=command.worker,
        due_at=command.due_at,
        items=command.items,
        every_days=command.every_days,
        series=command.series or command.patrol,
        at=command.at,
    )


def _make(command: MakePatrol, state: State) -> Event | None:
    if state.ended == "made":
        return None
    plan = _running(state)
    role, _, name = command.actor.partition(":")
    if role == "worker" and plan.worker not in (name, command.stands_in_for):
        raise Refused("not_your_patrol")
    wanted, checked = {item.code for item in plan.items}, {one.item for one in command.checked}
    if left := sorted(wanted - checked):
        raise Refused("not_all_checked", items=left)
    if strange := sorted(checked - wanted):
        raise Refused("not_on_the_checklist", items=strange)
    return PatrolMade(worker=plan.worker, checked=command.checked, at=command.at)


def _running(state: State) -> PatrolPlanned:
    if state.plan is None:
        raise Refused("no_patrol")
    if state.ended is not None:
        raise Refused("patrol_over", ended=state.ended)
    return state.plan


PATROL: Decider[State] = Decider("routing", "patrol", State(), evolve, decide, indexes=[["body.check_at"]])
