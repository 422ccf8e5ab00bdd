"""When a worker is away. One history a worker, named by the worker's id; absences may overlap."""

from datetime import datetime, timedelta
from typing import Final, assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.absence import EndAbsence, NoteAbsence
from shared.decider import Decider
from shared.events.absence import AbsenceEnded, AbsenceNoted
from shared.events.event import Event
from shared.refusal import Refused

_LONGEST: Final = timedelta(days=366)
"""Whoever is away for longer is relieved of the post."""


class Span(BaseModel):
    """From ``starts`` until just before ``ends``."""

    model_config = ConfigDict(frozen=True)

    starts: datetime
    ends: datetime

    def holds(self, moment: datetime) -> bool:
        return self.starts <= moment < self.ends


class State(BaseModel):
    """``spans`` has what was not over when the last event happened."""

    model_config = ConfigDict(frozen=True)

    spans: tuple[Span, ...] = ()

    def away(self, moment: datetime) -> bool:
        return any(span.holds(moment) for span in self.spans)


def evolve(state: State, event: Event) -> State:
    left = tuple(span for span in state.spans if span.ends > event.at)
    match event:
        case AbsenceNoted():
            noted = Span(starts=event.starts, ends=event.ends)
            return State(spans=(*(span for span in left if span.starts != noted.starts), noted))
        case AbsenceEnded():
            return State(spans=tuple(span for span in left if not _is_meant(span, event)))
        case _:
            return state


def decide(command: NoteAbsence | EndAbsence, state: State) -> Event | None:
    role, _, name = command.actor.partition(":")
    if role == "worker" and name != command.worker:
        raise Refused("not_your_absence")
    match command:
        case NoteAbsence():
            return _note(command, state)
        case EndAbsence():
            if not any(_is_meant(span, command) and span.ends > command.at for span in state.spans):
                return None
            return AbsenceEnded(worker=command.worker, starts=command.starts, at=command.at)
        case _:
            assert_never(command)


def _note(command: NoteAbsence, state: State) -> Event | None:
    if command.ends <= command.starts:
        raise Refused("absence_ends_before_it_starts")
    if command.ends - command.starts > _LONGEST:
        raise Refused("absence_too_long", days=_LONGEST.days)
    span = Span(starts=command.starts, ends=command.ends)
    if span in state.spans:
        return None
    if command.ends <= command.at:
        raise Refused("absence_is_over")
    return AbsenceNoted(
        worker=command.worker,
        starts=command.starts,
        ends=command.ends,
        reason=command.reason,
        at=command.at,
    )


def _is_meant(span: Span, ended: EndAbsence | AbsenceEnded) -> bool:
    return span.holds(ended.at) if ended.starts is None else span.starts == ended.starts


ABSENCE: Decider[State] = Decider("routing", "absence", State(), evolve, decide)
