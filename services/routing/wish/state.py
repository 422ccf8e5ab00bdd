"""What the rules remember of a wish."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.events.event import Event
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
from shared.help import Giver

WAITS = (3, 7, 14, 21, 28)
"""After so many days unclaimed a wish climbs the ledger."""
CLAIM_LASTS = timedelta(days=14)


class State(BaseModel):
    """``stands`` is open until somebody claims it; a wish from before wishes were followed is open, too."""

    model_config = ConfigDict(frozen=True)

    stands: Literal["open", "claimed", "fulfilled", "ended"] = "open"
    opened_at: datetime | None = None
    waited: int = 0
    published: bool = False
    wording: str = ""
    category: str = ""
    area: str | None = None
    offer: str | None = None
    giver: Giver | None = None
    confirmed: bool = False
    until: datetime | None = None
    noted: str | None = None
    thanked: bool = False
    public_words: bool = False
    check_at: datetime | None = None
    """When the claim lapses, or when it has waited so long: the sweep looks for it."""


def evolve(state: State, event: Event) -> State:
    after = _moved(state, event)
    return after.model_copy(update={"check_at": after.until if after.stands == "claimed" else _wait(after)})


def next_wait(state: State) -> int | None:
    """After how many days unclaimed it climbs next."""
    return next((days for days in WAITS if days > state.waited), None)


def _wait(state: State) -> datetime | None:
    days = next_wait(state)
    if state.stands != "open" or state.opened_at is None or days is None:
        return None
    return state.opened_at + timedelta(days=days)


_FREE = {"offer": None, "giver": None, "confirmed": False, "until": None}


def _moved(state: State, event: Event) -> State:
    match event:
        case WishOpened():
            return _kept(state, opened_at=event.at)
        case WishPublished():
            said = event.model_dump(include={"wording", "category", "area"})
            return _kept(state, published=True, **said)
        case WishTakenDown():
            return _kept(state, published=False)
        case WishWaited():
            return _kept(state, waited=event.days)
        case WishClaimed():
            said = {"offer": event.offer, "giver": event.giver, "until": event.until}
            return _kept(state, stands="claimed", confirmed=event.confirmed, **said)
        case ClaimConfirmed() | ClaimExtended():
            return _kept(state, confirmed=True, until=event.until)
        case ClaimReleased():
            return _kept(state, stands="open", **_FREE)
        case WishFulfilled():
            noted = event.note.key if event.note else None
            return _kept(state, stands="fulfilled", until=None, noted=noted)
        case WishThanked():
            return _kept(state, thanked=True, public_words=event.words is not None)
        case WishEnded():
            return _kept(state, stands="ended", **_FREE)
        case WishReopened():
            return _kept(state, stands="open", noted=None, thanked=False, public_words=False, **_FREE)
        case _:
            return state


def _kept(state: State, **changed: object) -> State:
    return state.model_copy(update=changed)
