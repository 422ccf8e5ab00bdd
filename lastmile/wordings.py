"""What the program sends notify of the office's own words."""

from pathlib import Path

from lastmile.asking import asked, reaching
from lastmile.corridor import send
from lastmile.stack import settings_for
from shared.clock import now
from shared.commands.guidance import AdoptGuidance
from shared.commands.message_template import ReviseTemplate
from shared.events.guidance import GuidanceEntry
from shared.ids import new_id
from shared.refusal import Reply

_ACTOR = "staff:lastmile"


async def revised(data: Path | None, template: str, zh: str | None, en: str | None, note: str) -> Reply:
    """A language that is not said stays as it is. Raises Refused, and Trouble where there is no such template."""
    held = await asked(data, "notify.MessageTemplate", {"template": template})
    settings = settings_for(data)
    command = ReviseTemplate(
        id=new_id(),
        tenant=settings.tenant,
        actor=_ACTOR,
        at=now(),
        template=template,
        zh=held["texts"]["zh"] if zh is None else zh,
        en=held["texts"]["en"] if en is None else en,
        note=note,
        on=held["version"],
    )
    async with reaching("notify", data) as (bus, _):
        return await send(bus, command)


async def adopted(data: Path | None, entries: tuple[GuidanceEntry, ...], note: str) -> Reply:
    """Raises Refused."""
    settings = settings_for(data)
    command = AdoptGuidance(
        id=new_id(),
        tenant=settings.tenant,
        actor=_ACTOR,
        at=now(),
        guidance=settings.tenant,
        entries=entries,
        note=note,
    )
    async with reaching("notify", data) as (bus, _):
        return await send(bus, command)
