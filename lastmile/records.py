"""A program's place at the grid book: the corridor, and a vault that seals and opens."""

from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

from lastmile.corridor import corridor, plan_that_holds
from lastmile.stack import settings_for
from lastmile.trouble import Trouble
from shared.areas import Areas
from shared.bus import Bus
from shared.settings import Settings
from shared.store import Store
from shared.vault import Vault

_POOL = 1024


async def must_be_drawn(bus: Bus, settings: Settings, grids: Collection[str]) -> None:
    """Ask it where nothing was found: a mistyped grid looks like one without people. Raises Trouble."""
    if unknown := sorted(set(grids) - {*Areas(await plan_that_holds(bus, settings.tenant))}):
        raise Trouble(f"The plan has no grid {', '.join(unknown)}.")


@asynccontextmanager
async def at_the_book(data: Path | None) -> AsyncGenerator[tuple[Bus, Settings, Vault]]:
    """Raises Trouble."""
    settings = settings_for(data)
    store = Store(settings, "admin")
    try:
        async with corridor(settings) as bus:
            yield bus, settings, Vault(store, settings.master, "admin", pool=_POOL)
    finally:
        store.close()
