"""Records of the grid book: each thing once, corrected over what was seen, removed for a reason.

Which thing it is, its history's name says: a keyed hash of what identifies it (shared.records.making).
"""

from typing import assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.record import CorrectRecord, EnterRecord, RemoveRecord, RequestCells
from shared.decider import Decider
from shared.events.event import Event
from shared.events.record import CellsRequested, RecordCorrected, RecordEntered, RecordRemoved
from shared.refusal import Refused

_OF_THE_COMMAND = {"id", "tenant", "actor", "record", "over"}


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    digest: str | None = None
    grid: str | None = None
    standing: bool = False
    asked: dict[str, tuple[str, ...]] = {}
    """By template, the fields that it asked for."""


def evolve(state: State, event: Event) -> State:
    match event:
        case RecordEntered() | RecordCorrected():
            return state.model_copy(update={"digest": event.digest, "grid": event.grid, "standing": True})
        case CellsRequested():
            before = state.asked.get(event.template, ())
            return state.model_copy(
                update={"asked": state.asked | {event.template: (*before, *event.fields)}}
            )
        case RecordRemoved():
            return state.model_copy(update={"standing": False})
        case _:
            return state


def decide(command: EnterRecord | CorrectRecord | RequestCells | RemoveRecord, state: State) -> Event | None:
    match command:
        case EnterRecord():
            if not state.standing:
                return RecordEntered.model_validate(command.model_dump(exclude=_OF_THE_COMMAND))
            if _says_the_same(command, state):
                return None
            raise Refused("record_exists")
        case CorrectRecord():
            if not state.standing:
                raise Refused("record_not_there")
            if _says_the_same(command, state):
                return None
            if command.over != state.digest:  # what changed was found by looking at another content
                raise Refused("record_changed")
            return RecordCorrected.model_validate(command.model_dump(exclude=_OF_THE_COMMAND))
        case RequestCells():
            return _request(command, state)
        case RemoveRecord():
            if state.digest is None:
                raise Refused("record_not_there")
            return RecordRemoved(reason=command.reason, at=command.at) if state.standing else None
        case _:
            assert_never(command)


def _request(command: RequestCells, state: State) -> Event | None:
    """Asked for by two templates, a field is one task that is counted twice; by one template, it is asked for once."""
    if not state.standing:
        raise Refused("record_not_there")
    before = state.asked.get(command.template, ())
    fresh = tuple(field for field in dict.fromkeys(command.fields) if field not in before)
    if not fresh:
        return None
    return CellsRequested(
        template=command.template,
        office=command.office,
        fields=fresh,
        due_on=command.due_on,
        at=command.at,
    )


def _says_the_same(command: EnterRecord | CorrectRecord, state: State) -> bool:
    return (command.digest, command.grid) == (state.digest, state.grid)


RECORD: Decider[State] = Decider("routing", "record", State(), evolve, decide)
