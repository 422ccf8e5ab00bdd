"""The rules of a bulletin (工作计划及进展): counted first, then edited by a person, then published, edition by edition."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal, assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.bulletin import DraftBulletin, EditBulletin, PublishBulletin, WithdrawBulletin
from shared.decider import Decider
from shared.events.bulletin import (
    BulletinDrafted,
    BulletinEdited,
    BulletinLine,
    BulletinPublished,
    BulletinWithdrawn,
)
from shared.events.event import Event
from shared.events.notice import Words
from shared.refusal import Refused

Command = DraftBulletin | EditBulletin | PublishBulletin | WithdrawBulletin
_NAMES_SOMEBODY = re.compile(
    r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)|(?<!\d)\d{17}[\dX](?!\d)|\d\s*室", re.IGNORECASE
)
"""A mobile phone, an identity number, or a flat. A building may be named: a lift stands in one."""


class Text(BaseModel):
    model_config = ConfigDict(frozen=True)

    title: Words
    lines: tuple[BulletinLine, ...]


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    stands: Literal["draft", "published", "withdrawn"] | None = None
    area: str | None = None
    grids: tuple[str, ...] = ()
    text: Text | None = None
    """As it was left last."""
    changes: int = 0
    """How often the text was written."""
    by_hand: bool = False
    """A person has changed it, so that counting anew would undo that."""
    edition: int = 0
    public: Text | None = None
    """What residents read."""


def evolve(state: State, event: Event) -> State:
    match event:
        case BulletinDrafted():
            where = {"area": event.area, "grids": event.grids, "stands": "draft", "public": None}
            return _written(state, event, by_hand=False).model_copy(update=where)
        case BulletinEdited():
            return _written(state, event, by_hand=True)
        case BulletinPublished():
            more = {"stands": "published", "edition": event.edition, "public": state.text, "by_hand": True}
            return state.model_copy(update=more)
        case BulletinWithdrawn():
            return state.model_copy(update={"stands": "withdrawn", "public": None})
        case _:
            return state


def _written(state: State, event: BulletinDrafted | BulletinEdited, *, by_hand: bool) -> State:
    text = Text(title=event.title, lines=event.lines)
    return state.model_copy(update={"text": text, "changes": state.changes + 1, "by_hand": by_hand})


def decide(command: Command, state: State) -> Event | None:
    if command.actor.startswith("worker:"):
        raise Refused("not_for_workers")
    if isinstance(command, DraftBulletin):
        return _draft(command, state)
    if state.stands is None:
        raise Refused("unknown_bulletin")
    if isinstance(command, WithdrawBulletin):
        return None if state.stands == "withdrawn" else BulletinWithdrawn(why=command.why, at=command.at)
    if state.stands == "withdrawn":
        raise Refused("bulletin_withdrawn")
    match command:
        case EditBulletin():
            return _edit(command, state)
        case PublishBulletin():
            return _publish(command, state)
        case _:
            assert_never(command)


def _draft(command: DraftBulletin, state: State) -> Event | None:
    if command.until < command.since:
        raise Refused("period_impossible")
    title, lines = _said(command)
    if state.stands == "draft" and state.text == Text(title=title, lines=lines):
        return None
    if state.stands == "published":
        raise Refused("bulletin_published")
    if state.stands == "draft" and state.by_hand:
        raise Refused("bulletin_edited")
    return BulletinDrafted(
        area=command.area,
        community=command.community,
        grids=command.grids,
        span=command.span,
        since=command.since,
        until=command.until,
        title=title,
        lines=lines,
        at=command.at,
    )


def _edit(command: EditBulletin, state: State) -> Event | None:
    title, lines = _said(command)
    if state.text == Text(title=title, lines=lines):
        return None
    _refuse_unseen(command.seen, state)
    _refuse_names(title, lines)
    return BulletinEdited(title=title, lines=lines, at=command.at)


def _publish(command: PublishBulletin, state: State) -> Event | None:
    if state.text == state.public:
        return None
    _refuse_unseen(command.seen, state)
    if state.text is None or not state.text.lines:
        raise Refused("bulletin_empty")
    if state.edition and not command.why:
        raise Refused("say_what_is_corrected")
    if _NAMES_SOMEBODY.search(_plain(command.why)):
        raise Refused("bulletin_names_somebody")
    return BulletinPublished(edition=state.edition + 1, why=command.why, roles=command.roles, at=command.at)


def _refuse_unseen(seen: int | None, state: State) -> None:
    if seen is not None and seen != state.changes:
        raise Refused("changed_meanwhile", changes=state.changes)


def _refuse_names(title: Words, lines: Sequence[BulletinLine]) -> None:
    said: Iterable[str] = (text for each in (title, *lines) for text in (each.zh, each.en))
    if any(_NAMES_SOMEBODY.search(_plain(text)) for text in said):
        raise Refused("bulletin_names_somebody")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _said(command: DraftBulletin | EditBulletin) -> tuple[Words, tuple[BulletinLine, ...]]:
    """As events keep it: without what a command checks."""
    title = Words.model_validate(command.title.model_dump())
    return title, tuple(BulletinLine.model_validate(line.model_dump()) for line in command.lines)


BULLETIN: Decider[State] = Decider("notify", "bulletin", State(), evolve, decide)
