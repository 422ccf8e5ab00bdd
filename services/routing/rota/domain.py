"""The rules of a rota (值班表): rows of one area and month. What overlaps or leaves a gap is reported, not refused."""

from datetime import datetime, timedelta
from typing import Final, assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.rota import RosterDuty, StrikeDuty
from shared.decider import Decider
from shared.events.event import Event
from shared.events.rota import DutyRostered, DutyStruck
from shared.refusal import Refused

LONGEST: Final = timedelta(days=7)
"""Whoever writes down more has mixed up a date."""


class Row(BaseModel):
    """From ``starts`` until just before ``ends``."""

    model_config = ConfigDict(frozen=True)

    starts: datetime
    ends: datetime
    worker: str
    deputy: str | None = None

    def holds(self, moment: datetime) -> bool:
        return self.starts <= moment < self.ends


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    area: str | None = None
    month: str | None = None
    rows: tuple[Row, ...] = ()


def evolve(state: State, event: Event) -> State:
    match event:
        case DutyRostered():
            row = Row(starts=event.starts, ends=event.ends, worker=event.worker, deputy=event.deputy)
            rows = (*_without(state, event.starts, event.worker), row)
            return State(area=event.area, month=event.month, rows=tuple(sorted(rows, key=_order)))
        case DutyStruck():
            return state.model_copy(update={"rows": _without(state, event.starts, event.worker)})
        case _:
            return state


def _order(row: Row) -> tuple[datetime, str]:
    return row.starts, row.worker


def _without(state: State, starts: datetime, worker: str) -> tuple[Row, ...]:
    return tuple(row for row in state.rows if (row.starts, row.worker) != (starts, worker))


def decide(command: RosterDuty | StrikeDuty, state: State) -> Event | None:
    if command.actor.startswith("worker:"):
        raise Refused("not_for_workers")
    if state.area is not None and (state.area, state.month) != (command.area, command.month):
        raise Refused("another_rota", area=state.area, month=state.month)
    match command:
        case RosterDuty():
            return _roster(command, state)
        case StrikeDuty():
            if len(_without(state, command.starts, command.worker)) == len(state.rows):
                return None
            return DutyStruck(
                area=command.area,
                month=command.month,
                starts=command.starts,
                worker=command.worker,
                at=command.at,
            )
        case _:
            assert_never(command)


def _roster(command: RosterDuty, state: State) -> Event | None:
    if command.ends <= command.starts:
        raise Refused("duty_ends_before_it_starts")
    if command.ends - command.starts > LONGEST:
        raise Refused("duty_too_long", days=LONGEST.days)
    if command.deputy == command.worker:
        raise Refused("own_deputy")
    row = Row(starts=command.starts, ends=command.ends, worker=command.worker, deputy=command.deputy)
    if row in state.rows:
        return None
    return DutyRostered(
        area=command.area,
        month=command.month,
        starts=command.starts,
        ends=command.ends,
        worker=command.worker,
        deputy=command.deputy,
        at=command.at,
    )


ROTA: Decider[State] = Decider("routing", "rota", State(), evolve, decide, indexes=[["tenant", "body.month"]])
