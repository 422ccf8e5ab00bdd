"""A program's place at the grid book: the corridor, and a vault that seals and opens."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from lastmile.corridor import corridor
from lastmile.stack import settings_for
from shared.bus import Bus
from shared.settings import Settings
from shared.store import Store
from shared.vault import Vault

_POOL = 1024


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
