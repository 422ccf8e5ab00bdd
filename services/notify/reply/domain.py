"""The rules of what is written back: heard once, whatever the provider repeats; settled once, by whoever saw to it."""

from typing import assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.preference import HearReply, SettleReply
from shared.decider import Decider
from shared.events.event import Event
from shared.events.preference import ReplyHeard, ReplySettled
from shared.refusal import Refused


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    heard: bool = False
    settled: bool = False


def evolve(state: State, event: Event) -> State:
    match event:
        case ReplyHeard():
            return state.model_copy(update={"heard": True})
        case ReplySettled():
            return state.model_copy(update={"settled": True})
        case _:
            return state


def decide(command: HearReply | SettleReply, state: State) -> Event | None:
    match command:
        case HearReply():
            if state.heard:
                return None
            return ReplyHeard(
                gateway=command.gateway,
                holder=command.holder,
                meaning=command.meaning,
                sealed=command.sealed,
                at=command.at,
            )
        case SettleReply():
            return _settle(command, state)
        case _:
            assert_never(command)


def _settle(command: SettleReply, state: State) -> Event | None:
    role, _, name = command.actor.partition(":")
    if role not in ("staff", "worker"):
        raise Refused("only_staff")
    if not state.heard:
        raise Refused("no_such_reply")
    return None if state.settled else ReplySettled(by=name, at=command.at)


REPLY: Decider[State] = Decider("notify", "reply", State(), evolve, decide)
