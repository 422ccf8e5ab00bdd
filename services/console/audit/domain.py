"""What staff did to people's data, on record before it takes effect. One entry, one event."""

from typing import assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.audit import ErasePerson, ExportData, OpenPersonalData
from shared.decider import Decider
from shared.events.audit import DataExported, PersonalDataOpened, PersonErased
from shared.events.event import Event


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    written: bool = False


def evolve(state: State, event: Event) -> State:
    written = isinstance(event, PersonErased | PersonalDataOpened | DataExported)
    return State(written=True) if written else state


def decide(command: OpenPersonalData | ErasePerson | ExportData, state: State) -> Event | None:
    if state.written:
        return None
    match command:
        case OpenPersonalData():
            return PersonalDataOpened(
                request=command.request, fields=command.fields, purpose=command.purpose, at=command.at
            )
        case ErasePerson():
            return PersonErased(request=command.request, keys=command.keys, at=command.at)
        case ExportData():
            return DataExported(
                what=command.what,
                grids=command.grids,
                fields=command.fields,
                purpose=command.purpose,
                at=command.at,
            )
        case _:
            assert_never(command)


AUDIT: Decider[State] = Decider("console", "audit", State(), evolve, decide)
