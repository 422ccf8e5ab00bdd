"""The rules of a warning (预警): relayed once, in the issuer's name; superseded, cancelled; acknowledged, or the next one is
called. What was relayed is never changed: a later message takes its place.
"""

from datetime import datetime, timedelta
from typing import Literal, assert_never

from pydantic import BaseModel, ConfigDict

from services.notify.alert.family import endings
from shared.commands.alert import (
    AcknowledgeAlert,
    CancelAlert,
    CheckAlert,
    Kin,
    RelayAlert,
    SupersedeAlert,
)
from shared.decider import Decider
from shared.events.alert import (
    AlertAcknowledged,
    AlertArrivedLate,
    AlertCancelled,
    AlertEscalated,
    AlertRelayed,
    AlertSuperseded,
    Called,
    Ended,
    Message,
)
from shared.events.event import Event
from shared.ids import alert_id
from shared.refusal import Refused
from shared.words import Level

Command = RelayAlert | SupersedeAlert | CancelAlert | AcknowledgeAlert | CheckAlert
LASTS = timedelta(hours=24)
"""What names no end is over after a day (CAP leaves it to whoever relays it)."""
_CLOCKS_DIFFER = timedelta(days=1)
"""A local time that calls itself UTC is hours ahead; what was sent later than that is a mistake, and no update of it would
ever be the newer one.
"""
Step = Literal["worker", "deputy", "head"]
_NEXT: dict[Step, Literal["deputy", "head"]] = {"worker": "deputy", "deputy": "head"}


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


def decide(command: Command, state: State) -> Event | None:
    match command:
        case RelayAlert():
            return _relay(command, state)
        case SupersedeAlert():
            if command.by in (command.alert, *state.enders):
                return None
            return AlertSuperseded(by=command.by, at=command.at)
        case CancelAlert():
            if command.by in (command.alert, *state.enders):
                return None
            return AlertCancelled(by=command.by, at=command.at)
        case AcknowledgeAlert():
            return _acknowledge(command, state)
        case CheckAlert():
            return _check(command, state)
        case _:
            assert_never(command)


def _relay(command: RelayAlert, state: State) -> Event | None:
    message = command.message
    if message is None:
        raise Refused("nothing_to_relay")
    if command.actor.startswith("worker:"):
        raise Refused("not_for_workers")
    if state.fingerprint is not None:
        if state.fingerprint == message.fingerprint:
            return None
        raise Refused("alert_differs", identifier=message.identifier)
    if message.sent > command.at + _CLOCKS_DIFFER:
        raise Refused("alert_from_the_future", sent=message.sent.isoformat())
    own = evolve(State(), AlertRelayed(message=message, at=command.at)).kin(command.alert)
    assert own is not None
    known = {each.alert: each for each in (*command.kin, own)}
    over = endings(known.values())
    ends = tuple(
        Ended(alert=alert, by=by.alert, cancelled=by.kind == "Cancel")
        for alert, by in over.items()
        if alert != command.alert and by.alert not in known[alert].enders
    )
    until = over_at(message)
    late = _late(over.get(command.alert), state)
    if late is None and until is not None and until <= command.at:
        if message.kind == "Alert":
            raise Refused("alert_expired", expires=until.isoformat())
        late = ("expired", None)
    if late is not None:
        why, by = late
        said = {"message": message, "why": why, "by": by, "ends": ends, "at": command.at}
        return AlertArrivedLate.model_validate(said)
    if message.kind == "Alert" and not own.grids:
        raise Refused("reaches_nobody")
    asked = command.called if command.within is not None else ()
    seen_by = command.at + timedelta(seconds=command.within) if asked and command.within is not None else None
    return AlertRelayed(
        message=message,
        ends=ends,
        plan=command.plan,
        called=asked,
        acknowledge_by=seen_by,
        over_at=until,
        at=command.at,
    )


def _late(after: Kin | None, state: State) -> tuple[str, str | None] | None:
    """What took its place before it came, or has left its mark already."""
    if after is not None:
        return ("cancelled" if after.kind == "Cancel" else "superseded"), after.alert
    return (state.ended, state.ended_by) if state.ended is not None else None


def _acknowledge(command: AcknowledgeAlert, state: State) -> Event | None:
    role, _, name = command.actor.partition(":")
    if role == "worker" and name != command.worker:
        raise Refused("not_your_answer")
    if not state.relayed:
        raise Refused("no_alert")
    if command.worker in state.seen:
        return None
    if all(each.worker != command.worker for each in state.called):
        raise Refused("not_asked")
    return AlertAcknowledged(worker=command.worker, at=command.at)


def _check(command: CheckAlert, state: State) -> Event | None:
    due = state.check_at is not None and state.check_at <= command.at
    if not due or state.step == "head" or not (unseen := state.unseen):
        return None
    over = state.over_at is not None and state.over_at <= command.at
    if over or state.ended is not None:
        return None
    to = _NEXT[state.step]
    called = tuple(each for each in command.called if each.grid in unseen and each not in state.called)
    more = to == "deputy" and command.within is not None
    until = command.at + timedelta(seconds=command.within) if more and command.within is not None else None
    return AlertEscalated(to=to, unseen=unseen, called=called, acknowledge_by=until, at=command.at)


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


ALERT: Decider[State] = Decider(
    "notify", "alert", State(), evolve, decide, indexes=[["body.check_at"], ["body.references"]]
)
