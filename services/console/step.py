"""One line of a request's history, as the desk shows it."""

from typing import Any

from shared.documents import Body
from shared.envelope import Fact
from shared.events.event import Event, Sealed
from shared.events.request import (
    ClockPaused,
    FeedbackRecorded,
    ProgressNoted,
    RequestLeftMatter,
    RequestResolved,
    ResidentAnswered,
    ResidentAsked,
    ResidentContacted,
)
from shared.events.submission import RequestAmended
from shared.life import status_after

_OF_NO_STEP = frozenset(
    {
        "hidden_from",
        "hidden_offices",
        "at",
        "sealed",
        "note",
        "outcome",
        "comment",
        "question",
        "answer",
        "why",
        "fingerprint",
    }
)


def step_of(fact: Fact, event: Event) -> Body:
    """One line of the history. Words of people stay sealed until somebody reads them."""
    about: dict[str, Any] = {
        name: value
        for name, value in event.model_dump(mode="json").items()
        if name not in _OF_NO_STEP and value not in (None, "")
    }
    status, words = status_after(event), _words(event)
    return {
        "type": fact.type,
        "at": event.at,
        "actor": fact.actor,
        "version": fact.version,
        "revision": fact.revision,
        "status": status.value if status else None,
        "about": about,
        "sealed": words.model_dump() if words else None,
    }


def _words(event: Event) -> Sealed | None:
    match event:
        case RequestAmended():
            return event.sealed
        case ProgressNoted() | ResidentContacted() | ClockPaused():
            return event.note
        case ResidentAsked():
            return event.question
        case ResidentAnswered():
            return event.answer
        case RequestResolved():
            return event.outcome
        case FeedbackRecorded():
            return event.comment
        case RequestLeftMatter():
            return event.why
        case _:
            return None
