"""What staff see of wishes and of offers of help, beside the ledger's row of the request."""

from typing import Any

from shared.documents import Body, Model
from shared.envelope import Fact
from shared.events.event import Event
from shared.events.offer import HelpOffered, OfferDrawnOn, OfferGivenBack, OfferWithdrawn
from shared.events.wish import (
    ClaimConfirmed,
    ClaimExtended,
    ClaimReleased,
    WishClaimed,
    WishEnded,
    WishFulfilled,
    WishOpened,
    WishPublished,
    WishReopened,
    WishTakenDown,
    WishThanked,
    WishWaited,
)

_FREE: Body = {"offer": None, "giver": None, "confirmed": False, "until": None}


def _step(fact: Fact, event: Event) -> Body:
    said = event.model_dump(mode="json", exclude={"at", "sealed", "note", "words", "fingerprint"})
    about: dict[str, Any] = {
        name: value for name, value in said.items() if isinstance(value, str | int) and value != ""
    }
    note = getattr(event, "note", None)
    return {
        "type": fact.type,
        "at": event.at,
        "actor": fact.actor,
        "about": about,
        "sealed": note.model_dump() if note else None,
    }


def _wish(body: Body, fact: Fact) -> Body:
    assert fact.event is not None
    after = {"stands": "open"} | body | _wished(fact.event)
    return after | {"steps": [*body.get("steps", []), _step(fact, fact.event)]}


def _wished(event: Event) -> Body:
    match event:
        case WishOpened():
            return {"opened_at": event.at}
        case WishPublished():
            said = event.model_dump(include={"wording", "category", "area"})
            return {"public": True, **said}
        case WishTakenDown():
            return {"public": False}
        case WishWaited():
            return {"waited": event.days}
        case WishClaimed() | ClaimConfirmed() | ClaimExtended():
            said = event.model_dump(mode="json", include={"offer", "giver"})
            confirmed = event.confirmed if isinstance(event, WishClaimed) else True
            return {"stands": "claimed", "confirmed": confirmed, "until": event.until, **said}
        case ClaimReleased():
            return {"stands": "open", **_FREE}
        case WishFulfilled():
            pictures = list(event.pictures)
            return {"stands": "fulfilled", "fulfilled_at": event.at, "pictures": pictures, "until": None}
        case WishThanked():
            return {"thanked": True, "thanks_public": event.words is not None}
        case WishEnded():
            return {"stands": "ended", **_FREE}
        case WishReopened():
            return {"stands": "open", "thanked": False, "thanks_public": False, "pictures": [], **_FREE}
        case _:
            return {}


def in_the_ledger(event: Event) -> Body:
    """What moves a wish's row there: whether somebody takes it on, and how long nobody did."""
    match event:
        case WishWaited():
            return {"waited": event.days}
        case WishClaimed():
            return {"claimed": True}
        case ClaimReleased() | WishReopened():
            return {"claimed": False}
        case _:
            return {}


WISHES = Model(
    name="wish",
    key=lambda history: history.id if (history.owner, history.aggregate) == ("routing", "wish") else None,
    fold=_wish,
    indexes=[["tenant", "body.offer"]],
)


def _offer(body: Body, fact: Fact) -> Body:
    assert fact.event is not None
    after = body | _offered(body, fact.event)
    return after | {"steps": [*body.get("steps", []), _step(fact, fact.event)]}


def _offered(body: Body, event: Event) -> Body:
    drawn: list[str] = body.get("drawn", [])
    match event:
        case HelpOffered():
            said = event.model_dump(exclude={"fingerprint", "giver", "areas"})
            return said | {"giver": event.giver.value, "areas": list(event.areas), "drawn": []}
        case OfferDrawnOn():
            return {"drawn": [*drawn, event.wish]}
        case OfferGivenBack():
            return {"drawn": [wish for wish in drawn if wish != event.wish]}
        case OfferWithdrawn():
            return {"withdrawn": True}
        case _:
            return {}


OFFERS = Model(
    name="offer",
    key=lambda history: history.id if (history.owner, history.aggregate) == ("routing", "offer") else None,
    fold=_offer,
    indexes=[["tenant", "-r"]],
)
