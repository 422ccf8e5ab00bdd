"""What routing may be asked to do with the mediation of a dispute, which is named by its request."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.commands.command import Command
from shared.events.event import Sealed
from shared.words import Token


class OpenMediation(Command, owner="routing", aggregate="mediation", target="request"):
    request: Token
    parties: Sealed
    party_ids: Annotated[tuple[Token, ...], Field(max_length=50)] = ()


class NameMediator(Command, owner="routing", aggregate="mediation", target="request"):
    request: Token
    mediator: Token


class HoldMediationSession(Command, owner="routing", aggregate="mediation", target="request"):
    request: Token
    note: Sealed


class RecordAgreement(Command, owner="routing", aggregate="mediation", target="request"):
    """``effective_at``: when both signed, or for a spoken agreement when it was reached (arts. 28 to 30); now,
    when nothing is said. ``confirm_by`` is counted by routing.
    """

    request: Token
    terms: Sealed
    effective_at: AwareDatetime | None = None
    confirm_by: AwareDatetime | None = None
    follow_up_at: AwareDatetime | None = None


class RecordFailure(Command, owner="routing", aggregate="mediation", target="request"):
    request: Token
    note: Sealed | None = None


class ApplyForConfirmation(Command, owner="routing", aggregate="mediation", target="request"):
    """``jointly``: the law lets the court confirm only what both parties bring."""

    request: Token
    jointly: bool


class FollowUp(Command, owner="routing", aggregate="mediation", target="request"):
    request: Token
    kept: bool
    note: Sealed | None = None


class CheckMediation(Command, owner="routing", aggregate="mediation", target="request"):
    request: Token
    about: Literal["reminder", "deadline", "follow_up"]
