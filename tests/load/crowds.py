"""A street full of people for broadcasts: records of the grid book with sealed phones, as the desk would have entered them."""

import asyncio
from datetime import date

from shared.bus import Bus
from shared.clock import now
from shared.envelope import Fact, History
from shared.events.record import RecordEntered
from shared.ids import new_id
from shared.observability import new_traceparent
from shared.settings import Settings
from shared.store import Store
from shared.vault import Vault
from shared.words import RecordKind

_AT_ONCE = 1000


async def enter_people(
    bus: Bus, settings: Settings, number: int, grids: list[str], *, twice: int = 0
) -> list[str]:
    """Append so many people and return their records, in order; the last ``twice`` of them have the phones of the first."""
    store = Store(settings, "admin")
    vault = Vault(store, settings.master, "admin", pool=4096)
    names: list[str] = []
    try:
        for start in range(0, number, _AT_ONCE):
            await vault.fill()
            some = range(start, min(start + _AT_ONCE, number))
            facts = [
                _entered(
                    vault,
                    settings.tenant,
                    place if place < number - twice else place - (number - twice),
                    grids,
                )
                for place in some
            ]
            await asyncio.gather(*(bus.journal.append(fact, expected=0) for fact in facts))
            names += [fact.history.id for fact in facts]
    finally:
        store.close()
    return names


def phone_of(place: int) -> str:
    return f"+8613{800000000 + place:09}"


def _entered(vault: Vault, tenant: str, place: int, grids: list[str]) -> Fact:
    history = History(tenant, "routing", "record", new_id())
    event = RecordEntered(
        kind=RecordKind.PERSON,
        grid=grids[place % len(grids)],
        confirmed_on=date(2026, 3, 1),
        filled=("name", "phone"),
        digest=new_id(),
        sealed=vault.seal(history.subject, {"name": f"居民{place}", "phone": phone_of(place)}),
        at=now(),
    )
    return Fact(
        history=history,
        type="RecordEntered",
        id=new_id(),
        version=1,
        revision=0,
        event=event,
        cause="",
        actor="staff:bench",
        recorded=now(),
        traceparent=new_traceparent(),
    )
