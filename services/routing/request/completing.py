"""What a person who commands need not type: deadlines by the policy's calendar, and whose head is above.

The rules know no calendar, so working time is counted here; they refuse what was counted on another state.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from services.routing.grid_book import GridBook
from services.routing.policy.policies import Held, Policies
from services.routing.request import clocks
from services.routing.request.state import State
from services.routing.request.working import level_above
from shared.clock import now
from shared.commands.command import ByHand, Command
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
from shared.words import Status

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
        if isinstance(command, ByHand) and command.aggregate == "request":
            instead = await self._in_whose_place(command)
            command = command.model_copy(update={"stands_in_for": instead})
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
            command = CheckDeadline(id=new_id(), tenant=tenant, actor=_SERVICE, at=now(), request=request)
            state, held, category = await self._known(command)
            level = clocks.next_level(state)
            area, head = await self._above(state, level)
            told = {
                "level": level,
                "area": area,
                "head": head,
                "escalate_at": held.clocks.escalate_at(category, state.severity, command.at),
                "quiet_since": question.get("quiet_since"),
            }
            if (await self._desk.do(command.model_copy(update=told))).type is None:
                return

    async def quiet(self, revisions: Iterable[int | None]) -> list[tuple[dict[str, Any], datetime]]:
        """Since when silence is too long, by each of these policies: as the store is asked for states."""
        at, present = now(), await self._policies.present()
        asked: list[tuple[dict[str, Any], datetime]] = [
            ({"body.status": Status.TRIAGE.value}, present.clocks.quiet_since(at))
        ]
        for revision in revisions:
            held = await self._policies.of(revision)
            given = {"body.policy": revision, "body.status": {"$ne": Status.TRIAGE.value}}
            asked.append((given, held.clocks.quiet_since(at)))
        return asked

    async def _stopping(self, command: Stopping) -> Command:
        state, held, category = await self._known(command)
        time = held.clocks.time(category, state.severity)
        names = ("accept_left", "contact_left", "resolve_left")
        left = {
            name: None if deadline is None else time.between(command.at, deadline) // _WHOLE
            for name, deadline in zip(names, state.deadlines, strict=True)
        }
        return command.model_copy(update={**left, "counted_on": state.deadlines})

    async def _starting(self, command: Starting) -> Command:
        state, held, category = await self._known(command)
        time = held.clocks.time(category, state.severity)
        parts = (None, None, None) if state.left is None else state.left.parts
        names = ("accept_by", "contact_by", "due_at")
        runs = {
            name: None if seconds is None else time.add(command.at, timedelta(seconds=seconds))
            for name, seconds in zip(names, parts, strict=True)
        }
        if (due_at := runs["due_at"]) is not None:
            runs["remind_at"] = held.clocks.remind_at(category, state.severity, command.at, due_at)
        return command.model_copy(update={**runs, "counted_on": parts if state.left is not None else None})

    async def _deadlines(
        self, command: TransferRequest | ReportUp | RegradeRequest | ReopenRequest | ResolveRequest
    ) -> dict[str, Any]:
        state, held, category = await self._known(command)
        severity = command.severity if isinstance(command, RegradeRequest) else state.severity
        until = held.clocks.deadlines(category, severity, command.at, standing=state.left is not None)
        match command:
            case ResolveRequest():
                return {"answer_by": held.clocks.answer_by(command.at)}
            case ReopenRequest():
                return {"due_at": until.due_at, "remind_at": until.remind_at}
            case TransferRequest():
                if await self._book.by_hand(command.grid) is None:
                    raise Refused("unknown_grid", grid=command.grid)
                await self._book.must_be_posted(command.worker)
                return {"accept_by": until.accept_by}
            case ReportUp():
                level = level_above(state)
                area, head = await self._above(state, level)
                return {"level": level, "area": area, "worker": head, "accept_by": until.accept_by}
            case RegradeRequest():
                return asdict(until)

    async def _in_whose_place(self, command: Any) -> str | None:
        """Return the worker responsible where he is away and the actor is on duty in his place."""
        role, _, name = command.actor.partition(":")
        if role != "worker":
            return None
        state: State = await self._desk.state("request", command.tenant, command.request)
        if state.worker in (None, name) or not await self._book.away(state.worker, at=command.at):
            return None
        if state.level == "grid" and state.grid is not None:
            covered = await self._book.by_hand(state.grid, at=command.at)
            on_duty = covered and covered.worker
        else:
            on_duty = (await self._above(state, state.level))[1]
        return state.worker if on_duty == name else None

    async def _above(self, state: State, level: str) -> tuple[str | None, str | None]:
        """Return the area of that level above the request's grid, and its head, or the nearest head above."""
        index = await self._book.index()
        if index is None or state.grid is None:
            return None, None
        area = next((each.code for each in index.areas.upwards(state.grid) if each.level == level), None)
        if area is None:
            return None, None
        return area, await self._book.head_of(area, but=state.hidden_from)

    async def _known(self, command: Any) -> tuple[State, Held, str | None]:
        """The request, the policy that it was given, and its category."""
        state: State = await self._desk.state("request", command.tenant, command.request)
        return state, await policy_of(state, self._policies), await self._category(command)

    async def _category(self, command: Any) -> str | None:
        said = await self._journal.after(History(command.tenant, "intake", "submission", command.request), 0)
        return said.event.category if said and isinstance(said.event, RequestSubmitted) else None


async def policy_of(state: State, policies: Policies) -> Held:
    """The one that a request was given; before any grid took it, the one that holds."""
    given = state.status not in (None, Status.TRIAGE)
    return await (policies.of(state.policy) if given else policies.present())
