"""The rules of a micro-wish (微心愿): shown to the public in staff's words, climbing while nobody claims it, ended with
its request. Who takes it on stands in claiming.py.
"""

import re
import unicodedata
from datetime import timedelta
from typing import assert_never

from services.routing.wish import claiming
from services.routing.wish.state import WAITS, State, evolve, next_wait
from shared.commands.wish import CheckWish, EndWish, OpenWish, PublishWish, ReopenWish, TakeDownWish
from shared.decider import Decider
from shared.events.event import Event
from shared.events.wish import (
    ClaimReleased,
    WishEnded,
    WishOpened,
    WishPublished,
    WishReopened,
    WishTakenDown,
    WishWaited,
)
from shared.help import kinds_of_help
from shared.refusal import Refused

Command = OpenWish | PublishWish | TakeDownWish | EndWish | ReopenWish | CheckWish | claiming.Command
_NAMES_SOMEBODY = re.compile(r"(?:\d[ -]?){7,}|\d\s*(?:室|弄|幢|号楼|号|栋|单元)")
"""A telephone or identity number, or a door: whoever reads it could go there."""


def decide(command: Command, state: State) -> Event | None:
    match command:
        case OpenWish():
            return None if state.opened_at is not None else WishOpened(at=command.at)
        case PublishWish():
            return _publish(command, state)
        case TakeDownWish():
            refuse_workers(command.actor)
            return WishTakenDown(reason=command.reason, at=command.at) if state.published else None
        case EndWish():
            if state.stands in ("fulfilled", "ended"):
                return None
            return WishEnded(
                offer=state.offer, confirmed=state.confirmed, reason=command.reason, at=command.at
            )
        case ReopenWish():
            return WishReopened(at=command.at) if state.stands in ("fulfilled", "ended") else None
        case CheckWish():
            return _due(command, state)
        case _:
            return claiming.decide(command, state)


def _publish(command: PublishWish, state: State) -> Event | None:
    refuse_workers(command.actor)
    if state.stands in ("fulfilled", "ended"):
        raise Refused("wish_over")
    said = command.model_dump(include={"wording", "category", "area"})
    if state.published and said == {"wording": state.wording, "category": state.category, "area": state.area}:
        return None
    if command.category not in kinds_of_help():
        raise Refused("unknown_help")
    if _NAMES_SOMEBODY.search(unicodedata.normalize("NFKC", command.wording)):
        raise Refused("wording_names_somebody")
    return WishPublished(**said, at=command.at)


def _due(command: CheckWish, state: State) -> Event | None:
    match command.about:
        case "claim":
            if state.stands != "claimed" or state.until is None or state.until > command.at:
                return None
            assert state.offer is not None
            return ClaimReleased(offer=state.offer, confirmed=state.confirmed, reason="lapsed", at=command.at)
        case "wait":
            if state.stands != "open" or state.opened_at is None or next_wait(state) is None:
                return None
            age = command.at - state.opened_at
            passed = [days for days in WAITS if days > state.waited and timedelta(days=days) <= age]
            return WishWaited(days=passed[-1], at=command.at) if passed else None
        case _:
            assert_never(command.about)


def refuse_workers(actor: str) -> None:
    if actor.startswith(("worker:", "resident:")):
        raise Refused("not_for_workers")


WISH: Decider[State] = Decider("routing", "wish", State(), evolve, decide, indexes=[["body.check_at"]])
