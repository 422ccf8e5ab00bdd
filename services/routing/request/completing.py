"""What a person who commands need not type: deadlines by the policy's calendar, and whose head is above.

The rules know no calendar, so working time is counted here; they refuse what was counted on another state.
"""

from datetime import datetime, timedelta
from typing import Any

from services.routing.grid_book import GridBook
from services.routing.policy.calendar import WorkingTime
from services.routing.policy.policies import Held, Policies
from services.routing.request import clocks
from services.routing.request.state import State
from services.routing.request.working import level_above
from shared.clock import now
from shared.commands.command import Command
from shared.commands.request import (
    AnswerQuestion,
    AskResident,
    CheckDeadline,
    JoinMatter,
    LeaveMatter,
    PauseClock,
    RegradeRequest,
    ReopenRequest,
    ReportUp,
    ResolveRequest,
    ResumeClock,
    Starting,
    Stopping,
    TransferRequest,
)
from shared.desk import Desk
from shared.envelope import History
from shared.events.submission import RequestSubmitted
from shared.ids import new_id
from shared.journal import Journal
from shared.refusal import Refused

_SERVICE = "service:routing"
_WHOLE = timedelta(seconds=1)
_AT_ONCE = 8


class Completing:
    def __init__(self, desk: Desk, book: GridBook, policies: Policies, journal: Journal) -> None:
        self._desk = desk
        self._book = book
        self._policies = policies
        self._journal = journal

    async def completed(self, command: Command) -> Command:
        """Raises Refused, and what the store, the journal and the plan stream raise."""
        match command:
            case PauseClock() | AskResident() | JoinMatter():
                return await self._stopping(command)
            case ResumeClock() | AnswerQuestion() | LeaveMatter():
                return await self._starting(command)
            case TransferRequest() | ReportUp() | RegradeRequest() | ReopenRequest() | ResolveRequest():
                return command.model_copy(update=await self._deadlines(command))
            case _:
                return command

    async def check(self, question: dict[str, Any]) -> None:
        """A timer fired, or the sweep asks: the state answers until nothing is due any more."""
        tenant, request = question["tenant"], question["request"]
        for _ in range(_AT_ONCE):
            state: State = await self._desk.state("request", tenant, request)
            command = CheckDeadline(id=new_id(), tenant=tenant, actor=_SERVICE, at=now(), request=request)
            if state.escalate_at is not None or question.get("quiet_since"):
                level = clocks.next_level(state)
                area, head = await self._above(state, level)
                quiet = question.get("quiet_since")
                told = {"level": level, "area": area, "head": head, "quiet_since": quiet}
                command = command.model_copy(update=told)
            if (await self._desk.do(command)).type is None:
                return

    async def quiet_since(self) -> datetime:
        """Since when a request that nobody touched has stalled: the policy's working days ago."""
        held = await self._policies.present()
        policy, at = held.policy, now()
        worked_days = sum(1 for shifts in policy.calendar.week.values() if shifts)
        needed = policy.stall_days * timedelta(seconds=policy.calendar.seconds_a_week) / worked_days
        for days in range(policy.stall_days, policy.stall_days + 60):
            if held.clocks.calendar.between(at - timedelta(days=days), at) >= needed:
                return at - timedelta(days=days)
        return at - timedelta(days=policy.stall_days + 60)

    async def _stopping(self, command: Stopping) -> Command:
        state, _, time = await self._clock_of(command)
        names = ("accept_left", "contact_left", "resolve_left")
        left = {
            name: None if deadline is None else time.between(command.at, deadline) // _WHOLE
            for name, deadline in zip(names, state.deadlines, strict=True)
        }
        return command.model_copy(update={**left, "counted_on": state.deadlines})

    async def _starting(self, command: Starting) -> Command:
        state, _, time = await self._clock_of(command)
        parts = (None, None, None) if state.left is None else state.left.parts
        names = ("accept_by", "contact_by", "due_at")
        runs = {
            name: None if seconds is None else time.add(command.at, timedelta(seconds=seconds))
            for name, seconds in zip(names, parts, strict=True)
        }
        return command.model_copy(update={**runs, "counted_on": parts if state.left is not None else None})

    async def _deadlines(
        self, command: TransferRequest | ReportUp | RegradeRequest | ReopenRequest | ResolveRequest
    ) -> dict[str, Any]:
        state, held, _ = await self._clock_of(command)
        category = await self._category(command)
        severity = command.severity if isinstance(command, RegradeRequest) else state.severity
        until = held.clocks.deadlines(category, severity, command.at)
        match command:
            case ResolveRequest():
                return {"answer_by": command.at + timedelta(days=held.policy.no_answer_days)}
            case ReopenRequest():
                return {"due_at": until.due_at}
            case TransferRequest():
                if await self._book.by_hand(command.grid) is None:
                    raise Refused("unknown_grid", grid=command.grid)
                return {"accept_by": until.accept_by}
            case ReportUp():
                level = level_above(state)
                area, head = await self._above(state, level)
                return {"level": level, "area": area, "worker": head, "accept_by": until.accept_by}
            case RegradeRequest():
                return {
                    "accept_by": until.accept_by,
                    "contact_by": until.contact_by,
                    "due_at": until.due_at,
                }

    async def _above(self, state: State, level: str) -> tuple[str | None, str | None]:
        """Return the area of that level above the request's grid, and its head, or the nearest head above."""
        index = await self._book.index()
        if index is None or state.grid is None:
            return None, None
        area = next((each.code for each in index.areas.upwards(state.grid) if each.level == level), None)
        if area is None:
            return None, None
        return area, await self._book.head_of(area, but=state.hidden_from)

    async def _clock_of(self, command: Any) -> tuple[State, Held, WorkingTime]:
        state: State = await self._desk.state("request", command.tenant, command.request)
        held = await self._policies.present()
        return state, held, held.clocks.time(await self._category(command), state.severity)

    async def _category(self, command: Any) -> str | None:
        said = await self._journal.after(History(command.tenant, "intake", "submission", command.request), 0)
        return said.event.category if said and isinstance(said.event, RequestSubmitted) else None
