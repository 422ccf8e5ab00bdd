"""Last week's bulletins of the demo street: the first community's is published, the next one's waits as a draft."""

from typing import Any

from lastmile.catching_up import caught_up
from lastmile.corridor import ask, send
from lastmile.demo import street
from shared.bus import Bus
from shared.clock import now
from shared.commands.bulletin import DraftBulletin, PublishBulletin
from shared.ids import named_id
from shared.settings import Settings

_ACTOR = "import:demo"
_READS_WITHIN = 15.0  # seconds; what the console has not read by then is not counted


async def draft(bus: Bus, settings: Settings) -> None:
    """What stands already stays as it is. Raises Refused, UnavailableError."""
    await caught_up(bus, within=_READS_WITHIN)
    first, second, *_ = (community["code"] for community in street.communities())
    for area in (first, second):
        counted = await ask(bus, "query.console.BulletinCounted", {"area": area})
        name = counted["bulletin"]
        known = await ask(bus, "query.console.Bulletins", {"bulletin": name})
        if known["items"] or not counted["lines"]:
            continue
        await send(bus, DraftBulletin.model_validate(counted | _envelope(settings, name, "draft")))
        if area == first:
            said = {"bulletin": name} | _envelope(settings, name, "publish")
            await send(bus, PublishBulletin.model_validate(said))


def _envelope(settings: Settings, name: str, what: str) -> dict[str, Any]:
    return {"id": named_id("demo", name, what), "tenant": settings.tenant, "actor": _ACTOR, "at": now()}
