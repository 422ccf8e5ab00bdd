"""What is left of a request's clocks, in working time as the policy's calendar counts it: a question, for who looks."""

from datetime import datetime, timedelta
from typing import Any

from services.routing.policy.asked import Which
from services.routing.policy.calendar import WorkingTime
from services.routing.policy.policies import Policies
from services.routing.request.completing import policy_of
from services.routing.request.state import OURS, State
from shared.clock import now
from shared.desk import Desk
from shared.envelope import History
from shared.events.submission import RequestSubmitted
from shared.journal import Journal
from shared.refusal import Refused
from shared.words import Status

_WHOLE = timedelta(seconds=1)
_NAMES = ("accept", "contact", "resolve")


def remaining(state: State, time: WorkingTime, at: datetime) -> list[dict[str, Any]]:
    """Each clock that still counts, with the seconds left; less than nothing: late by so many. While they stand, what
    was left is left.
    """
    if state.status not in OURS:
        return []
    parts = (None, None, None) if state.left is None else state.left.parts
    told: list[dict[str, Any]] = []
    for name, deadline, kept in zip(_NAMES, state.deadlines, parts, strict=True):
        if name == "accept" and state.status is not Status.ASSIGNED:
            continue
        if state.left is not None and kept is not None:
            told.append({"deadline": name, "by": None, "left": kept})
        elif state.left is None and deadline is not None:
            told.append({"deadline": name, "by": deadline, "left": _between(time, at, deadline)})
    return told


def _between(time: WorkingTime, at: datetime, deadline: datetime) -> int:
    return time.between(at, deadline) // _WHOLE if at <= deadline else -(time.between(deadline, at) // _WHOLE)


class Remaining:
    def __init__(self, desk: Desk, policies: Policies, journal: Journal) -> None:
        self._desk = desk
        self._policies = policies
        self._journal = journal

    async def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Raises Refused, ValidationError, and what the store and the journal raise."""
        request, tenant = Which.model_validate(asked).request, self._policies.tenant
        state: State = await self._desk.state("request", tenant, request)
        if state.status is None:
            raise Refused("unknown_request")
        said = await self._journal.after(History(tenant, "intake", "submission", request), 0)
        category = said.event.category if said and isinstance(said.event, RequestSubmitted) else None
        held, at = await policy_of(state, self._policies), now()
        time = held.clocks.time(category, state.severity)
        return {
            "running": state.left is None,
            "working": time.working_at(at),
            "paused": state.paused,
            "matter": state.matter,
            "clocks": remaining(state, time, at),
        }
