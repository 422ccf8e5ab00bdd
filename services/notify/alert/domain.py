"""The rules of a warning (预警): relayed once, in the issuer's name; superseded, cancelled; acknowledged, or the next one is
called. What was relayed is never changed: a later message takes its place.
"""

from datetime import timedelta
from typing import Literal, assert_never

from services.notify.alert.family import endings
from services.notify.alert.state import State, Step, evolve, over_at
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
    Ended,
)
from shared.events.event import Event
from shared.refusal import Refused

Command = RelayAlert | SupersedeAlert | CancelAlert | AcknowledgeAlert | CheckAlert
_CLOCKS_DIFFER = timedelta(days=1)
"""A local time that calls itself UTC is hours ahead; what was sent later than that is a mistake, and no update of it would
ever be the newer one.
"""
_NEXT: dict[Step, Literal["deputy", "head"]] = {"worker": "deputy", "deputy": "head"}


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


ALERT: Decider[State] = Decider(
    "notify", "alert", State(), evolve, decide, indexes=[["body.check_at"], ["body.references"]]
)
