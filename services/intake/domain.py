"""The rules of a submission: said once, added to or taken back by whoever holds its token."""

from typing import assert_never

from pydantic import BaseModel, ConfigDict

from shared.commands.submission import AddPicture, AmendRequest, SubmitRequest, WithdrawRequest
from shared.decider import Decider
from shared.events.event import Event
from shared.events.submission import PictureAdded, RequestAmended, RequestSubmitted, RequestWithdrawn
from shared.refusal import Refused

Command = SubmitRequest | AmendRequest | AddPicture | WithdrawRequest

MOST_PICTURES = 6


class State(BaseModel):
    """``fingerprint`` tells the same words under the same key from other words."""

    model_config = ConfigDict(frozen=True)

    submitted: bool = False
    withdrawn: bool = False
    fingerprint: str = ""
    amended: str = ""
    """The vault key of the last amendment: the same one again is a repeat."""
    pictures: tuple[str, ...] = ()


def evolve(state: State, event: Event) -> State:
    match event:
        case RequestSubmitted():
            return state.model_copy(update={"submitted": True, "fingerprint": event.fingerprint})
        case RequestAmended():
            return state.model_copy(update={"amended": event.sealed.key})
        case PictureAdded():
            return state.model_copy(update={"pictures": (*state.pictures, event.picture)})
        case RequestWithdrawn():
            return state.model_copy(update={"withdrawn": True})
        case _:
            return state


def decide(command: Command, state: State) -> Event | None:
    match command:
        case SubmitRequest():
            if state.submitted:
                if state.fingerprint != command.fingerprint:
                    raise Refused("another_body")
                return None
            return RequestSubmitted(
                code=command.code,
                kind=command.kind,
                category=command.category,
                place=command.place,
                community=command.community,
                channel=command.channel,
                reachable=command.reachable,
                sealed=command.sealed,
                fingerprint=command.fingerprint,
                imported=command.imported,
                source_key=command.source_key,
                about=command.about,
                outcome=command.outcome,
                at=command.at,
            )
        case AmendRequest() | AddPicture() | WithdrawRequest():
            return _add_or_take_back(command, state)
        case _:
            assert_never(command)


def _add_or_take_back(command: AmendRequest | AddPicture | WithdrawRequest, state: State) -> Event | None:
    if not state.submitted:
        raise Refused("not_found")
    match command:
        case WithdrawRequest():
            return None if state.withdrawn else RequestWithdrawn(reason=command.reason, at=command.at)
        case AmendRequest():
            if state.amended == command.sealed.key:
                return None
            if state.withdrawn:
                raise Refused("withdrawn")
            return RequestAmended(sealed=command.sealed, at=command.at)
        case AddPicture():
            if command.picture in state.pictures:
                return None
            if state.withdrawn:
                raise Refused("withdrawn")
            if len(state.pictures) >= MOST_PICTURES:
                raise Refused("too_many_pictures", most=MOST_PICTURES)
            return PictureAdded(picture=command.picture, at=command.at)


SUBMISSION: Decider[State] = Decider("intake", "submission", State(), evolve, decide)
