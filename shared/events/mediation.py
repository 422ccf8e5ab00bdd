"""Mediation of a dispute (人民调解), by the People's Mediation Law: routing's facts. The history has the request's id."""

from pydantic import AwareDatetime, Field

from shared.events.event import Event, Sealed
from shared.words import Token


class MediationOpened(Event, owner="routing", aggregate="mediation"):
    """``parties`` seals who they are; ``party_ids`` are those whom we know by an id (a worker, a person)."""

    parties: Sealed
    party_ids: tuple[Token, ...] = ()


class MediatorNamed(Event, owner="routing", aggregate="mediation"):
    mediator: Token


class MediationSessionHeld(Event, owner="routing", aggregate="mediation"):
    number: int
    note: Sealed


class AgreementReached(Event, owner="routing", aggregate="mediation"):
    """From ``effective_at`` on, both parties may jointly ask a court to confirm it, until ``confirm_by``: thirty
    days (People's Mediation Law, art. 33).
    """

    terms: Sealed
    effective_at: AwareDatetime
    confirm_by: AwareDatetime
    follow_up_at: AwareDatetime


class AgreementFailed(Event, owner="routing", aggregate="mediation"):
    """No agreement: the parties are told of arbitration, administration and court (art. 26)."""

    note: Sealed | None = None


class ConfirmationReminded(Event, owner="routing", aggregate="mediation"):
    """The thirty days end soon and nobody has applied."""

    confirm_by: AwareDatetime


class ConfirmationLapsed(Event, owner="routing", aggregate="mediation"):
    """The thirty days are over. The agreement still binds (art. 31); a court no longer confirms it."""

    confirm_by: AwareDatetime


class JudicialConfirmationApplied(Event, owner="routing", aggregate="mediation"):
    """Both parties, jointly, have asked the court (art. 33)."""


class FollowUpFellDue(Event, owner="routing", aggregate="mediation"):
    follow_up_at: AwareDatetime


class FollowedUp(Event, owner="routing", aggregate="mediation"):
    """Whether the agreement is kept; when it is not, it is looked at again at ``follow_up_at``."""

    kept: bool
    follow_up_at: AwareDatetime | None = Field(default=None)
    note: Sealed | None = None
