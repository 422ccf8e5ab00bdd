"""The sweep asks about whatever is overdue, and one history that cannot be decided now keeps no other waiting."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from services.routing.timing import sweep_the_rest
from services.routing.wish.domain import WISH
from shared.commands.command import Command
from shared.refusal import Refused


class Overdue:
    """Three wishes are overdue; the history of the first one is held."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.sorted_by: set[str] = set()
        self._rows: list[dict[str, Any]] = []

    def documents(self, aggregate: str) -> "Overdue":
        names = ("held", "r2", "r3") if aggregate == WISH.aggregate else ()
        self._rows = [{"tenant": "demo", "id": name} for name in names]
        return self

    def find(self, _query: dict[str, Any], _fields: dict[str, Any]) -> "Overdue":
        return self

    def sort(self, field: str, _order: int) -> "Overdue":
        self.sorted_by.add(field)
        return self

    async def limit(self, most: int) -> AsyncGenerator[dict[str, Any]]:
        for row in self._rows[:most]:
            yield row

    async def state(self, *_: str) -> Any:
        return WISH.initial

    async def do(self, command: Command) -> None:
        if command.history == "held":
            raise Refused("held", revision=7)
        self.asked.append(command.history)


def test_a_held_history_keeps_no_other_waiting():
    """It would stop the service, and after its restart stop it again."""
    kept: Any = Overdue()
    asyncio.run(sweep_the_rest(kept, kept, kept))
    assert set(kept.asked) == {"r2", "r3"}


def test_what_is_overdue_longest_comes_first():
    """Or more than one sweep can hold would hide some for ever."""
    kept: Any = Overdue()
    asyncio.run(sweep_the_rest(kept, kept, kept))
    assert kept.sorted_by == {"body.check_at"}
