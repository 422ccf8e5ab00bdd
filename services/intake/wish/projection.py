"""What the public may read of a micro-wish (微心愿): staff's plain words, where it stands, and the thanks they let it see."""

from shared.documents import Body, Model
from shared.envelope import Fact
from shared.events.event import Event
from shared.events.wish import (
    ClaimConfirmed,
    ClaimReleased,
    WishClaimed,
    WishEnded,
    WishFulfilled,
    WishPublished,
    WishReopened,
    WishTakenDown,
    WishThanked,
)


def _fold(body: Body, fact: Fact) -> Body:
    assert fact.event is not None
    return {"stands": "open"} | body | _said(fact.event)


def _said(event: Event) -> Body:
    match event:
        case WishPublished():
            said = event.model_dump(include={"wording", "category", "area"})
            return {"public": True, "since": event.at, **said}
        case WishTakenDown():
            return {"public": False}
        case WishClaimed():
            return {"stands": "claimed" if event.confirmed else "waiting"}
        case ClaimConfirmed():
            return {"stands": "claimed"}
        case ClaimReleased():
            return {"stands": "open"}
        case WishFulfilled():
            return {"stands": "fulfilled", "since": event.at}
        case WishThanked():
            return {"thanks": event.words.model_dump() if event.words else None}
        case WishEnded():
            return {"stands": "ended"}
        case WishReopened():
            return {"stands": "open", "thanks": None}
        case _:
            return {}


PUBLIC_WISHES = Model(
    name="wish",
    key=lambda history: history.id if (history.owner, history.aggregate) == ("routing", "wish") else None,
    fold=_fold,
    indexes=[["tenant", "body.public", "body.stands", "-body.since"]],
)
"""A wish that was not let out stands here, too, but nobody is shown it."""
