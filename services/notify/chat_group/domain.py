"""The rules of a grid's chat group (网格微群): staff set it up, change it and close it; and it can be opened again."""

from typing import assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.chat_group import CloseChatGroup, SetChatGroup
from shared.decider import Decider
from shared.events.chat_group import ChatGroupClosed, ChatGroupSet
from shared.events.event import Event
from shared.refusal import Refused


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    stands: ChatGroupSet | None = None
    """What was set last; None: nothing yet, or it was closed."""


def evolve(state: State, event: Event) -> State:
    match event:
        case ChatGroupSet():
            return State(stands=event)
        case ChatGroupClosed():
            return State()
        case _:
            return state


def decide(command: SetChatGroup | CloseChatGroup, state: State) -> Event | None:
    if not command.actor.startswith(("staff:", "import:")):
        raise Refused("not_for_workers")
    match command:
        case SetChatGroup():
            said = ChatGroupSet(grid=command.grid, name=command.name, address=command.address, at=command.at)
            before = state.stands
            if before is not None and before.grid != said.grid:
                raise Refused("group_of_another_grid")
            same = before is not None and before.model_copy(update={"at": said.at}) == said
            return None if same else said
        case CloseChatGroup():
            return None if state.stands is None else ChatGroupClosed(at=command.at)
        case _:
            assert_never(command)


CHAT_GROUP: Decider[State] = Decider(
    "notify", "chat_group", State(), evolve, decide, indexes=[["tenant", "body.stands.grid"]]
)
