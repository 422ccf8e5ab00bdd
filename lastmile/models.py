"""Read models of all services: rebuilt from the journal beside the live ones, or compared with it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from deploy.topology import DURABLES, SERVICES
from lastmile.corridor import corridor
from lastmile.stack import settings_for
from lastmile.trouble import Trouble
from shared.bus import Bus
from shared.documents import Model
from shared.generations import BuiltElsewhereError
from shared.rebuild import Difference, Report, rebuild, verify
from shared.service import Service
from shared.settings import Settings
from shared.views import view_publisher


@dataclass(frozen=True)
class Kept:
    """A model and the service that keeps it."""

    service: Service
    model: Model

    def parts(self, bus: Bus) -> dict[str, Any]:
        """What shared/rebuild.py asks for."""
        journal = bus.journal if self.model.journal == "journal" else bus.deliveries
        filters = [
            subject
            for durable in DURABLES
            if (durable.service, durable.stream) == (self.service.name, journal.stream)
            for subject in durable.filters
        ]
        return {
            "store": self.service.store,
            "journal": journal,
            "client": bus.client,
            "filters": filters,
            "settings": self.service.settings,
        }


def kept(settings: Settings, names: list[str]) -> list[Kept]:
    """Find models by ``SERVICE MODEL``, ``SERVICE`` or ``MODEL``; nothing means all. Raises Trouble."""
    services: list[Service] = [import_module(f"services.{name}.app").build(settings) for name in SERVICES]
    found = [Kept(service, model) for service in services for model in service.models]
    chosen = [one for one in found if {*names} <= {one.service.name, one.model.name}]
    if not chosen:
        named = "; ".join(f"{s.name}: {', '.join(model.name for model in s.models)}" for s in services)
        raise Trouble(f"There is no model {' '.join(names)!r}.", f"There are {named}.")
    return chosen


async def rebuilt(data: Path | None, names: list[str]) -> AsyncIterator[tuple[str, Report]]:
    """Rebuild one after the other, and tell of each. Raises Trouble when somebody else rebuilds the same."""
    settings = settings_for(data)
    async with corridor(settings) as bus:
        for one in kept(settings, names):
            publish = view_publisher(bus) if one.model.view else None
            try:
                report = await rebuild(one.model, **one.parts(bus), publish=publish)
            except BuiltElsewhereError:
                raise _busy(one) from None
            yield one.service.name, report


async def verified(data: Path | None, names: list[str]) -> AsyncIterator[tuple[Kept, list[Difference]]]:
    """Fold the journal anew and compare, model by model."""
    settings = settings_for(data)
    async with corridor(settings) as bus:
        for one in kept(settings, names):
            try:
                yield one, await verify(one.model, **one.parts(bus))
            except BuiltElsewhereError:
                raise _busy(one) from None


def _busy(one: Kept) -> Trouble:
    return Trouble(
        f"{one.model.name} of {one.service.name} is being rebuilt or compared by somebody else.",
        "Wait until that is done, then try again.",
    )
