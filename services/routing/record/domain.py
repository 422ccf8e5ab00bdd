"""Records of the grid book: each thing once, corrected over what was seen, removed for a reason.

Which thing it is, its history's name says: a keyed hash of what identifies it (shared.records.making).
"""

from typing import assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.record import CorrectRecord, EnterRecord, RemoveRecord
from shared.decider import Decider
from shared.events.event import Event
from shared.events.record import RecordCorrected, RecordEntered, RecordRemoved
from shared.refusal import Refused

_OF_THE_COMMAND = {"id", "tenant", "actor", "record", "over"}


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    digest: str | None = None
    grid: str | None = None
    standing: bool = False


def evolve(state: State, event: Event) -> State:
    match event:
        case RecordEntered() | RecordCorrected():
            return State(digest=event.digest, grid=event.grid, standing=True)
        case RecordRemoved():
            return state.model_copy(update={"standing": False})
        case _:
            return state


def decide(command: EnterRecord | CorrectRecord | RemoveRecord, state: State) -> Event | None:
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
        case RemoveRecord():
            if state.digest is None:
                raise Refused("record_not_there")
            return RecordRemoved(reason=command.reason, at=command.at) if state.standing else None
        case _:
            assert_never(command)


def _says_the_same(command: EnterRecord | CorrectRecord, state: State) -> bool:
    return (command.digest, command.grid) == (state.digest, state.grid)


RECORD: Decider[State] = Decider("routing", "record", State(), evolve, decide)
