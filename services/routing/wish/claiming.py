"""Who takes a wish on: one at a time. Nobody whom staff do not know comes to an old person's door without their yes."""

from typing import assert_never

from services.routing.wish.state import CLAIM_LASTS, State
from shared.commands.wish import ClaimWish, ConfirmClaim, FulfilWish, ReleaseClaim, ThankForWish
from shared.events.event import Event
from shared.events.wish import (
    ClaimConfirmed,
    ClaimExtended,
    ClaimReleased,
    WishClaimed,
    WishFulfilled,
    WishThanked,
)
from shared.refusal import Refused

Command = ClaimWish | ConfirmClaim | ReleaseClaim | FulfilWish | ThankForWish
_MAY_VOUCH = ("staff:", "import:")


def decide(command: Command, state: State) -> Event | None:
    match command:
        case ClaimWish():
            return _claim(command, state)
        case ConfirmClaim():
            return _confirm(command, state)
        case ReleaseClaim():
            return _release(command, state)
        case FulfilWish():
            return _fulfil(command, state)
        case ThankForWish():
            return _thank(command, state)
        case _:
            assert_never(command)


def _claim(command: ClaimWish, state: State) -> Event | None:
    """Two at once: the journal lets one be first, and the other reads that it is claimed."""
    role, _, name = command.actor.partition(":")
    if role == "resident" and name != command.offer:
        raise Refused("not_your_offer")
    if state.stands == "claimed" and state.offer == command.offer:
        return None
    if state.stands == "claimed":
        raise Refused("wish_claimed")
    if state.stands != "open":
        raise Refused("wish_over")
    if role == "resident" and not state.published:
        raise Refused("wish_not_public")
    if command.giver is None:
        raise Refused("no_offer")
    until = command.until or command.at + CLAIM_LASTS
    if until <= command.at:
        raise Refused("time_is_past")
    return WishClaimed(
        offer=command.offer,
        giver=command.giver,
        confirmed=command.vouched and command.actor.startswith(_MAY_VOUCH),
        until=until,
        at=command.at,
    )


def _confirm(command: ConfirmClaim, state: State) -> Event | None:
    if not command.actor.startswith(_MAY_VOUCH):
        raise Refused("not_for_workers")
    _refuse_unless_held(command.offer, state)
    if state.confirmed and command.until in (None, state.until):
        return None
    until = command.until or command.at + CLAIM_LASTS
    if until <= command.at:
        raise Refused("time_is_past")
    event = ClaimExtended if state.confirmed else ClaimConfirmed
    return event(offer=command.offer, until=until, at=command.at)


def _release(command: ReleaseClaim, state: State) -> Event | None:
    if command.actor.startswith("worker:"):
        raise Refused("not_for_workers")
    if command.actor.startswith("resident:") and command.actor != f"resident:{command.offer}":
        raise Refused("not_your_offer")
    if state.stands != "claimed" or state.offer != command.offer:
        return None
    return ClaimReleased(offer=command.offer, confirmed=state.confirmed, reason=command.reason, at=command.at)


def _fulfil(command: FulfilWish, state: State) -> Event | None:
    if command.actor.startswith("resident:"):
        raise Refused("not_for_residents")
    if state.stands == "fulfilled":
        return None
    if state.stands != "claimed" or state.offer is None or state.giver is None:
        raise Refused("wish_unclaimed")
    if not state.confirmed:
        raise Refused("claim_not_confirmed")
    return WishFulfilled(
        offer=state.offer,
        giver=state.giver,
        note=command.note,
        pictures=command.pictures,
        at=command.at,
    )


def _thank(command: ThankForWish, state: State) -> Event | None:
    if not command.actor.startswith(_MAY_VOUCH):
        raise Refused("not_for_workers")
    if state.stands != "fulfilled" or state.offer is None:
        raise Refused("wish_not_fulfilled")
    words = command.words if command.public else None
    if state.thanked and state.public_words == (words is not None):
        return None
    return WishThanked(offer=state.offer, words=words, at=command.at)


def _refuse_unless_held(offer: str, state: State) -> None:
    if state.stands != "claimed":
        raise Refused("wish_unclaimed")
    if state.offer != offer:
        raise Refused("wish_claimed")
