"""The sender's words never contain another person's data: whatever happens, whoever is told."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from string import Formatter
from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.notify import app  # noqa: F401 - every reaction of the service is registered
from services.notify.reactions import reactions
from services.notify.telling import Work
from services.notify.template.placeholders import DECLARED, VALUES
from shared.commands.delivery import RequestDelivery
from shared.envelope import History
from shared.events.event import CATALOGUE, Event
from tests.fixtures.anything import events_of
from tests.fixtures.facts import fact
from tests.fixtures.matter import accepted, box
from tests.fixtures.telling import Desk, telling

SECRET = "李奶奶-13800138000-三号楼二单元"
MOMENT = "2026-03-02T01:00:00+00:00"
REMEMBERED = {
    **{field: SECRET for field in ("name", "phone", "text", "address", "room", "note", "title", "comment")},
    "code": "0123456789ABC", "grid": "g1", "area": "g1", "category": "noise", "reachable": True, "request": "r1",
    "person": None, "worker": "w1", "mediator": "w2", "escalate_to": "d1", "reason": "flood", "sealed": box("k").model_dump(),
    "shifts": {code: {"grid": "g1", "starts": MOMENT, "ends": MOMENT} for code in ("w1", "w2", "r1")},
}  # fmt: skip
"""What notify could remember, and more than it does: every field that a careless reaction might put into a message."""
ERASING = "PersonErased"
"""Of that nobody is told."""
TOLD = frozenset(reactions.registered) - {ERASING}
TOLD_OF = sorted({f"{CATALOGUE[n].owner}.{CATALOGUE[n].aggregate}" for n in TOLD})


class Remembered:
    def documents(self, _name: str) -> "Remembered":
        return self

    async def find_one(self, _query: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        return {"id": "r1", "body": dict(REMEMBERED)}

    def find(self, *_: Any) -> "Remembered":
        return self

    def limit(self, _most: int) -> "Remembered":
        return self

    async def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        yield {"id": "r2", "body": dict(REMEMBERED)}

    async def whoever_is_there(self, worker: str, *_: Any) -> str:
        return worker


class Groups:
    async def of(self, _tenant: str, grids: set[str]) -> list[SimpleNamespace]:
        return [SimpleNamespace(recipient=f"group:{grid}") for grid in grids]


class Asked(Desk):
    """What else a reaction may wish is not sent to anybody."""

    async def do(self, command: Any, *, cause: str) -> None:
        if isinstance(command, RequestDelivery):
            await super().do(command, cause=cause)


def requested(event: Event, actor: str) -> list[Any]:
    kept: Any = Remembered()
    desk: Any = Asked()
    way: Any = telling(desk)
    way.addresses.groups = Groups()
    work = Work(desk, kept, timedelta(days=9999), kept, way)
    told = fact(History("demo", event.owner, event.aggregate, "r1"), 1, event, actor=actor)

    async def tell() -> None:
        for react in reactions.registered.get(told.type, []):
            await react(told, event, work)

    asyncio.run(tell())
    return list(desk.asked.values())


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    event=events_of(*TOLD_OF).filter(
        lambda event: type(event).__name__ in TOLD and getattr(event, "short", None) != ()
    ),
    actor=st.just("staff:s1"),
)
def test_whatever_happens_a_message_carries_what_its_template_declares_and_nothing_of_a_person(
    event: Event, actor: str
):
    for command in requested(event, actor):
        assert command.values.keys() <= VALUES, command.template
        assert SECRET not in repr(command.values)
        assert all(len(value) <= 64 for value in command.values.values())
        assert command.template in DECLARED, command.template


def test_the_property_sees_messages():
    """A property over nothing would hold for ever."""
    found = requested(accepted(), "staff:s1")
    assert ("sms.reporter.accepted", "0123456789ABC") in {(c.template, c.values["code"]) for c in found}


def test_no_template_has_a_place_for_it():
    for declared in DECLARED.values():
        for text in declared.texts.values():
            assert {name for _, name, _, _ in Formatter().parse(text) if name} <= set(declared.offers)
