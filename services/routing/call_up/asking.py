"""Whom a call-up goes to: posts of the grid book in the shift's area, then one area up, whoever is not away."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakValueDictionary

from services.routing.absence.domain import State as Absences
from services.routing.call_up.domain import CALL_UP
from services.routing.call_up.state import State
from services.routing.grid_book import GridBook
from services.routing.plan_index import PlanIndex
from services.routing.post.domain import POST
from shared.commands.call_up import AnswerCallUp, Engagement, IssueCallUp, WidenCallUp
from shared.commands.command import Command
from shared.desk import Desk
from shared.events.call_up import Crew, Shift
from shared.refusal import Refused
from shared.store import Store
from shared.words import Duty

_USUALLY = (Duty.WORKER, Duty.DEPUTY, Duty.VOLUNTEER)
_PLACED = ("confirmed", "here")


class CallUps:
    def __init__(self, desk: Desk, store: Store, book: GridBook) -> None:
        self._desk = desk
        self._store = store
        self._book = book
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def in_turn(self, command: Command) -> AsyncGenerator[None]:
        """A crowd answers in the same moment, on one history: one after the other here, or it would race itself. So do the
        answers to other call-ups, which ask where somebody is placed. What another replica does meanwhile on the same
        history is a conflict like any other.
        """
        if command.aggregate != CALL_UP.aggregate:
            yield
            return
        async with self._turns.setdefault(command.tenant, asyncio.Lock()):
            yield

    async def filled_in(self, command: Command) -> Command:
        """Fill in what the grid book and the other call-ups know, and nobody may say himself. Raises Refused."""
        match command:
            case IssueCallUp():
                asked, furthest = await self._whom(command.tenant, command.shifts, 0, {})
                return command.model_copy(update={"asked": asked, "furthest": furthest})
            case WidenCallUp():
                state: State = await self._desk.state(CALL_UP.aggregate, command.tenant, command.call_up)
                if state.furthest:
                    raise Refused("nobody_further")
                short = {each.shift for each in state.short(command.at)}
                return await self.further(command, state, short or {each.code for each in state.shifts})
            case AnswerCallUp():
                return command.model_copy(update={"engaged": await self._engaged(command)})
            case _:
                return command

    async def further(self, command: WidenCallUp, state: State, shifts: Collection[str]) -> WidenCallUp:
        """Climb until there is somebody who was not asked, or nobody further."""
        wanted = [each for each in state.shifts if each.code in shifts]
        level, asked, furthest = state.level, (), state.furthest
        while not asked and not furthest:
            level += 1
            asked, furthest = await self._whom(command.tenant, wanted, level, state.asked)
        return command.model_copy(update={"level": level, "asked": asked, "furthest": furthest})

    async def _whom(
        self,
        tenant: str,
        shifts: Sequence[Shift],
        level: int,
        before: Mapping[str, Collection[str]],
    ) -> tuple[tuple[Crew, ...], bool]:
        """Return whom to ask at this level, and whether there is nothing above it. Raises Refused."""
        index = await self._book.index()
        asked: list[Crew] = []
        furthest = True
        for shift in shifts:
            way = index.areas.upwards(shift.area) if index is not None else []
            if index is None or not way:
                raise Refused("unknown_area", area=shift.area)
            place = way[min(level, len(way) - 1)]
            furthest = furthest and place is way[-1]
            people = await self._posted(tenant, index, place.code, shift.duty)
            people = [one for one in people if one not in before.get(shift.code, ())]
            away = await self._away(tenant, people, shift)
            if free := tuple(one for one in people if one not in away):
                asked.append(Crew(shift=shift.code, people=free))
        return tuple(asked), furthest

    async def _posted(self, tenant: str, index: PlanIndex, area: str, duty: Duty | None) -> list[str]:
        duties = [each.value for each in ((duty,) if duty else _USUALLY)]
        found = self._store.documents(POST.aggregate).find(
            {
                "tenant": tenant,
                "body.grid": {"$in": sorted(index.areas.within(area))},
                "body.duty": {"$in": duties},
                "body.worker": {"$ne": None},
            },
            {"body.worker": 1},
        )
        return sorted({row["body"]["worker"] async for row in found})

    async def _away(self, tenant: str, people: Sequence[str], shift: Shift) -> set[str]:
        noted: dict[str, Absences] = await self._desk.known("absence", tenant, people)
        return {name for name, absences in noted.items() if absences.away(shift.starts)}

    async def _engaged(self, command: AnswerCallUp) -> tuple[Engagement, ...]:
        """Where whoever answers, or might move up, is placed in other call-ups that run."""
        people = {command.worker}
        if not command.yes:
            state: State = await self._desk.state(CALL_UP.aggregate, command.tenant, command.call_up)
            people |= set(state.standing(command.shift, "reserve"))
        rows = self._store.documents(CALL_UP.aggregate).find(
            {"tenant": command.tenant, "id": {"$ne": command.call_up}, "body.ended": None}, {"body": 1}
        )
        return tuple([each async for row in rows for each in _engagements(row["body"], people)])


def _engagements(body: dict[str, Any], people: Collection[str]) -> Iterable[Engagement]:
    state = CALL_UP.state(body)
    for answer in state.answers:
        shift = state.shift(answer.shift)
        if answer.worker in people and answer.stands in _PLACED and shift is not None:
            yield Engagement(worker=answer.worker, starts=shift.starts, ends=shift.ends)
