"""The rules of an offer of help: made once, drawn on as often as it says, given back where a claim comes to nothing."""

from datetime import datetime
from typing import assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.offer import DrawOnOffer, GiveBackOffer, OfferHelp, WithdrawOffer
from shared.decider import Decider
from shared.events.event import Event, Sealed
from shared.events.offer import HelpOffered, OfferDrawnOn, OfferGivenBack, OfferWithdrawn
from shared.help import Giver, kinds_of_help
from shared.refusal import Refused

Command = OfferHelp | DrawOnOffer | GiveBackOffer | WithdrawOffer


class State(BaseModel):
    """What the rules and the matching ask about."""

    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")

    giver: Giver | None = None
    category: str = ""
    areas: tuple[str, ...] = ()
    times: int = 0
    begins: datetime | None = None
    until: datetime | None = None
    wish: str | None = None
    sealed: Sealed | None = None
    fingerprint: str = ""
    offered_at: datetime | None = None
    drawn: tuple[str, ...] = ()
    """The wishes that it is claimed for, or was given to."""
    withdrawn: bool = False
    open: bool = False
    """Something is left of it: what the matching looks for."""

    @property
    def left(self) -> int:
        return 0 if self.withdrawn else max(0, self.times - len(self.drawn))


def evolve(state: State, event: Event) -> State:
    after = _moved(state, event)
    return after.model_copy(update={"open": after.left > 0})


def _moved(state: State, event: Event) -> State:
    match event:
        case HelpOffered():
            return State(
                **event.model_dump(include={"areas", "times", "begins", "until", "wish", "fingerprint"}),
                giver=event.giver,
                category=event.category,
                sealed=event.sealed,
                offered_at=event.at,
            )
        case OfferDrawnOn():
            return state.model_copy(update={"drawn": (*state.drawn, event.wish)})
        case OfferGivenBack():
            left = tuple(wish for wish in state.drawn if wish != event.wish)
            return state.model_copy(update={"drawn": left})
        case OfferWithdrawn():
            return state.model_copy(update={"withdrawn": True})
        case _:
            return state


def decide(command: Command, state: State) -> Event | None:
    match command:
        case OfferHelp():
            return _offer(command, state)
        case DrawOnOffer():
            if command.wish in state.drawn:
                return None
            refuse_unless_left(state, command.wish, command.at)
            return OfferDrawnOn(wish=command.wish, at=command.at)
        case GiveBackOffer():
            if command.wish not in state.drawn:
                return None
            return OfferGivenBack(wish=command.wish, at=command.at)
        case WithdrawOffer():
            if state.giver is None:
                raise Refused("no_offer")
            role, _, name = command.actor.partition(":")
            if role == "worker" or (role == "resident" and name != command.offer):
                raise Refused("not_your_offer")
            return None if state.withdrawn else OfferWithdrawn(reason=command.reason, at=command.at)
        case _:
            assert_never(command)


def refuse_unless_left(state: State, wish: str, at: datetime) -> None:
    """Raises Refused where a wish cannot be claimed with it now."""
    if state.giver is None:
        raise Refused("no_offer")
    if state.withdrawn:
        raise Refused("offer_withdrawn")
    if state.left == 0:
        raise Refused("offer_used_up")
    if state.wish not in (None, wish):
        raise Refused("offer_for_another")
    if state.until is not None and state.until <= at:
        raise Refused("offer_over")


def _offer(command: OfferHelp, state: State) -> Event | None:
    if state.giver is not None:
        if command.fingerprint != state.fingerprint:
            raise Refused("another_body")
        return None
    if command.category not in kinds_of_help():
        raise Refused("unknown_help")
    if command.until is not None and command.until <= max(command.at, command.begins or command.at):
        raise Refused("over_before_it_begins")
    said = command.model_dump(exclude={"id", "tenant", "actor", "at", "offer", "giver", "sealed"})
    return HelpOffered(**said, giver=command.giver, sealed=command.sealed, at=command.at)


OFFER: Decider[State] = Decider(
    "routing", "offer", State(), evolve, decide, indexes=[["tenant", "body.open"]]
)
