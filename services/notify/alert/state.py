"""What the rules remember of a warning."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.commands.alert import Kin
from shared.events.alert import (
    AlertAcknowledged,
    AlertArrivedLate,
    AlertCancelled,
    AlertEscalated,
    AlertRelayed,
    AlertSuperseded,
    Called,
    Message,
)
from shared.events.event import Event
from shared.ids import alert_id
from shared.words import Level

LASTS = timedelta(hours=24)
"""What names no end is over after a day (CAP leaves it to whoever relays it)."""
Step = Literal["worker", "deputy", "head"]


class State(BaseModel):
    """``ended_by`` may be known before the message itself has come: then it comes late."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["Alert", "Update", "Cancel"] | None = None
    sender: str = ""
    identifier: str = ""
    sent: datetime | None = None
    fingerprint: str | None = None
    references: tuple[str, ...] = ()
    levels: tuple[tuple[Level | None, tuple[str, ...]], ...] = ()
    """Each hazard's level and grids."""
    placed: bool = False
    relayed: bool = False
    relayed_at: datetime | None = None
    over_at: datetime | None = None
    ended: Literal["superseded", "cancelled", "expired"] | None = None
    ended_by: str | None = None
    enders: tuple[str, ...] = ()
    step: Step = "worker"
    called: tuple[Called, ...] = ()
    seen: tuple[str, ...] = ()
    check_at: datetime | None = None

    @property
    def grids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(grid for _, grids in self.levels for grid in grids))

    @property
    def said_levels(self) -> tuple[Level | None, ...]:
        return tuple(level for level, _ in self.levels)

    @property
    def unseen(self) -> tuple[str, ...]:
        """Grids of which somebody was called and nobody has acknowledged it."""
        grids = dict.fromkeys(each.grid for each in self.called)
        seen = {each.grid for each in self.called if each.worker in self.seen}
        return tuple(grid for grid in grids if grid not in seen)

    def kin(self, alert: str) -> Kin | None:
        """How it stands to others, if it has come."""
        if self.kind is None or self.sent is None:
            return None
        return Kin(
            alert=alert,
            kind=self.kind,
            sent=self.sent,
            references=self.references,
            grids=self.grids,
            everywhere=self.kind == "Cancel" and not self.placed,
            enders=self.enders,
        )


def over_at(message: Message) -> datetime | None:
    """When nothing of it holds any more. A cancellation is no state of things."""
    if message.kind == "Cancel":
        return None
    ends = [each.expires or max(each.onset or message.sent, message.sent) + LASTS for each in message.hazards]
    return max(ends, default=message.sent + LASTS)


def evolve(state: State, event: Event) -> State:
    match event:
        case AlertRelayed():
            update = {
                **_said(event.message),
                "relayed": True,
                "relayed_at": event.at,
                "over_at": event.over_at,
                "called": event.called,
                "check_at": event.acknowledge_by,
            }
            return state.model_copy(update=update)
        case AlertArrivedLate():
            return _over(state.model_copy(update=_said(event.message)), event.why, event.by)
        case AlertSuperseded():
            return _over(state, "superseded", event.by)
        case AlertCancelled():
            return _over(state, "cancelled", event.by)
        case AlertAcknowledged():
            after = state.model_copy(update={"seen": (*state.seen, event.worker)})
            return after if after.unseen else after.model_copy(update={"check_at": None})
        case AlertEscalated():
            called = (*state.called, *event.called)
            return state.model_copy(
                update={"step": event.to, "called": called, "check_at": event.acknowledge_by}
            )
        case _:
            return state


def _over(state: State, why: str, by: str | None) -> State:
    enders = state.enders if by is None or by in state.enders else (*state.enders, by)
    return state.model_copy(update={"ended": why, "ended_by": by, "enders": enders, "check_at": None})


def _said(message: Message) -> dict[str, object]:
    return {
        "kind": message.kind,
        "sender": message.sender,
        "identifier": message.identifier,
        "sent": message.sent,
        "fingerprint": message.fingerprint,
        "references": tuple(alert_id(each.sender, each.identifier) for each in message.references),
        "levels": tuple((each.level, each.grids) for each in message.hazards),
        "placed": any(each.areas or each.grids for each in message.hazards),
    }
