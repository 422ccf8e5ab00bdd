"""The list of duties (履职事项清单) that holds: which department leads what, and who supports."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from shared.commands.joint_task import AdoptDutyList, Charge
from shared.decider import Decider
from shared.events.event import Event
from shared.events.joint_task import Department, DutyItem, DutyListAdopted
from shared.refusal import Refused


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: tuple[DutyItem, ...] = ()
    departments: tuple[Department, ...] = ()
    escalate_to: str | None = None

    def charge(self, code: str | None) -> Charge | None:
        """Return who is in charge of an item, or None when the list has no such item."""
        found = next((item for item in self.items if item.code == code), None)
        return None if found is None else Charge(lead=found.lead, supporting=found.supporting)

    def unknown(self, departments: Iterable[str]) -> list[str]:
        """Return those that it names nowhere; none before there is a list."""
        if not self.items:
            return []
        charged = (department for item in self.items for department in (item.lead, *item.supporting))
        known = {*charged, *(department.code for department in self.departments)}
        return [department for department in departments if department not in known]


def evolve(state: State, event: Event) -> State:
    match event:
        case DutyListAdopted():
            return State(items=event.items, departments=event.departments, escalate_to=event.escalate_to)
        case _:
            return state


def decide(command: AdoptDutyList, state: State) -> Event | None:
    if command.actor.startswith("worker:"):
        raise Refused("not_for_workers")
    codes = [item.code for item in command.items]
    if len(set(codes)) != len(codes):
        raise Refused("duty_listed_twice", items=sorted({code for code in codes if codes.count(code) > 1}))
    wanted = State(items=command.items, departments=command.departments, escalate_to=command.escalate_to)
    if state == wanted:
        return None
    return DutyListAdopted(
        items=command.items,
        departments=command.departments,
        escalate_to=command.escalate_to,
        name=command.name,
        at=command.at,
    )


DUTY_LIST: Decider[State] = Decider("routing", "duty_list", State(), evolve, decide)
