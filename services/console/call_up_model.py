"""What staff see of a call-up: each shift with who was asked, who comes, who is there; and what was done about gaps."""

from typing import Any

from shared.documents import Body, Model
from shared.envelope import Fact, History
from shared.events.call_up import (
    CallUpAnswered,
    CallUpCheckedIn,
    CallUpEscalated,
    CallUpIssued,
    CallUpRanShort,
    CallUpRelieved,
    CallUpReminded,
    CallUpStoodDown,
    CallUpWidened,
    Crew,
)

_SAID_BY_THE_TABLE = (CallUpAnswered, CallUpCheckedIn)
"""Hundreds of these come; the shifts show what they amount to."""


def _fold(body: Body, fact: Fact) -> Body:
    event = fact.event
    after: Body = body
    assert event is not None
    match event:
        case CallUpIssued():
            shifts = {each.code: each.model_dump() | {"asked": [], "people": []} for each in event.shifts}
            after = {
                "reason": event.reason,
                "area": event.area,
                "caller": event.caller,
                "lead": event.lead,
                "at": event.at,
                "answer_by": event.answer_by,
                "furthest": event.furthest,
                "note": event.note.model_dump() if event.note else None,
                "stands": "running",
                "asked": [],
                "shifts": shifts,
            }
            after = _asked(after, event.asked)
        case CallUpWidened():
            after = _asked(after, event.asked) | {"furthest": event.furthest}
        case CallUpAnswered():
            after = _answered(after, event)
        case CallUpCheckedIn():
            after = _stands(after, event.worker, event.shift, "here")
            if event.relieves and event.relieved_of:
                after = _stands(after, event.relieves, event.relieved_of, "relieved")
        case CallUpRelieved():
            after = _stands(after, event.worker, event.shift, "relieved")
        case CallUpStoodDown():
            after = body | {"stands": event.why}
        case _:
            pass
    if isinstance(event, _SAID_BY_THE_TABLE):
        return after
    step: Body = {"type": fact.type, "at": event.at, "about": _about(event)}
    return after | {"steps": [*after.get("steps", []), step]}


def _about(event: Any) -> Body:
    match event:
        case CallUpIssued() | CallUpWidened():
            return {"count": len({name for crew in event.asked for name in crew.people})}
        case CallUpRanShort():
            return {"count": sum(each.by for each in event.short)}
        case CallUpEscalated():
            return {"count": sum(each.by for each in event.short), "worker": event.to or ""}
        case CallUpReminded():
            return {"count": sum(len(crew.people) for crew in event.crews)}
        case CallUpRelieved():
            return {"worker": event.worker}
        case CallUpStoodDown():
            return {"why": event.why}
        case _:
            return {}


def _asked(body: Body, crews: tuple[Crew, ...]) -> Body:
    shifts: Body = dict(body.get("shifts", {}))
    everybody: list[str] = list(body.get("asked", []))
    for crew in crews:
        if (shift := shifts.get(crew.shift)) is not None:
            shifts[crew.shift] = shift | {"asked": list(dict.fromkeys([*shift["asked"], *crew.people]))}
        everybody += crew.people
    return body | {"shifts": shifts, "asked": list(dict.fromkeys(everybody))}


def _answered(body: Body, event: CallUpAnswered) -> Body:
    shift: Body | None = body.get("shifts", {}).get(event.shift)
    if shift is None:
        return body
    others = [each for each in shift["people"] if each["worker"] != event.worker]
    people = [*others, {"worker": event.worker, "stands": event.stands}]
    after = body | {"shifts": body["shifts"] | {event.shift: shift | {"people": people}}}
    if event.stands == "confirmed":
        after = _nowhere_else(after, event.worker, shift)
    if event.moved_up is not None:
        after = _stands(after, event.moved_up, event.shift, "confirmed")
        after = _nowhere_else(after, event.moved_up, shift)
    return after


def _nowhere_else(body: Body, worker: str, taken: Body) -> Body:
    """As routing's rules have it: whoever has a place is no reserve for the same hours."""
    shifts: Body = {}
    for code, shift in body["shifts"].items():
        overlaps = shift["starts"] < taken["ends"] and taken["starts"] < shift["ends"]
        if code != taken["code"] and overlaps:
            kept = [p for p in shift["people"] if (p["worker"], p["stands"]) != (worker, "reserve")]
            shifts[code] = shift | {"people": kept}
        else:
            shifts[code] = shift
    return body | {"shifts": shifts}


def _stands(body: Body, worker: str, code: str, stands: str) -> Body:
    shift: Body | None = body.get("shifts", {}).get(code)
    if shift is None:
        return body
    people = [each | {"stands": stands} if each["worker"] == worker else each for each in shift["people"]]
    return body | {"shifts": body["shifts"] | {code: shift | {"people": people}}}


def _key(history: History) -> str | None:
    return history.id if (history.owner, history.aggregate) == ("routing", "call_up") else None


CALL_UPS = Model(
    name="call_up", key=_key, fold=_fold, indexes=[["tenant", "-r"], ["tenant", "body.asked", "-r"]]
)
