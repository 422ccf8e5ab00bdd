"""The rules of a notice: published once, its list frozen once, worked through in order to its end, or cancelled.

It is a job (a frozen list, resumable, no compensation) whose history is the notice's own.
"""

from typing import Literal, assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.notice import AdvanceNotice, CancelNotice, FinishNotice, PublishNotice, StartNotice
from shared.decider import Decider
from shared.events.event import Event
from shared.events.notice import (
    Audience,
    LeftOut,
    NoticeAdvanced,
    NoticeCancelled,
    NoticeFinished,
    NoticePublished,
    NoticeStarted,
)
from shared.refusal import Refused

Command = PublishNotice | CancelNotice | StartNotice | AdvanceNotice | FinishNotice
Stage = Literal["published", "running", "finished", "cancelled"]


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    stage: Stage | None = None
    said: NoticePublished | None = None
    pages: tuple[str, ...] = ()
    upto: int = 0
    recipients: int = 0
    deliveries: int = 0
    left_out: tuple[LeftOut, ...] = ()


def evolve(state: State, event: Event) -> State:
    match event:
        case NoticePublished():
            return State(stage="published", said=event)
        case NoticeStarted():
            frozen = {
                name: getattr(event, name) for name in ("pages", "recipients", "deliveries", "left_out")
            }
            return state.model_copy(update=frozen | {"stage": "running", "upto": 0})
        case NoticeAdvanced():
            return state.model_copy(update={"upto": max(state.upto, event.upto)})
        case NoticeFinished():
            return state.model_copy(update={"stage": "finished"})
        case NoticeCancelled():
            return state.model_copy(update={"stage": "cancelled"})
        case _:
            return state


def decide(command: Command, state: State) -> Event | None:
    if isinstance(command, PublishNotice):
        return _publish(command, state)
    if state.stage is None:
        raise Refused("notice_not_there")
    match command:
        case CancelNotice():
            if command.actor.startswith("worker:"):
                raise Refused("not_for_workers")
            if state.stage == "cancelled":
                return None
            return NoticeCancelled(reason=command.reason, at=command.at)
        case StartNotice():
            if state.stage != "published":
                return None
            return NoticeStarted(
                pages=command.pages,
                recipients=command.recipients,
                deliveries=command.deliveries,
                left_out=command.left_out,
                at=command.at,
            )
        case AdvanceNotice():
            if state.stage != "running" or not state.upto < command.upto <= len(state.pages):
                return None
            return NoticeAdvanced(upto=command.upto, at=command.at)
        case FinishNotice():
            if state.stage != "running":
                return None
            if state.upto < len(state.pages):
                raise Refused("notice_runs", left=len(state.pages) - state.upto)
            return NoticeFinished(at=command.at)
        case _:
            assert_never(command)


def _publish(command: PublishNotice, state: State) -> Event | None:
    at = command.at if state.said is None else state.said.at
    said = NoticePublished(
        kind=command.kind,
        title=command.title,
        text=command.text,
        brief=command.brief,
        audience=command.audience,
        within=command.within,
        channels=command.channels,
        level=command.level,
        starts=max(command.starts or at, at),
        because=command.because,
        publisher=command.actor,
        at=at,
    )
    if state.said is not None:
        if state.said == said:
            return None
        raise Refused("notice_published")
    if command.actor.startswith("worker:"):
        raise Refused("not_for_workers")
    if not command.title.zh.strip() or not command.text.zh.strip():
        raise Refused("notice_without_words")
    if reaches_nobody(command.audience):
        raise Refused("audience_empty")
    return said


def reaches_nobody(who: Audience) -> bool:
    named = who.everyone or who.communities or who.grids or who.buildings
    return not ((named and who.roles) or who.saved or who.of_notice or who.of_notices)


NOTICE: Decider[State] = Decider(
    "notify", "notice", State(), evolve, decide, indexes=[["body.stage"], ["tenant", "-body.said.at"]]
)
