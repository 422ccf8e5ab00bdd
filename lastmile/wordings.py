"""What the program does with the office's own words: ask notify, and send it a command."""

from pathlib import Path
from typing import Any

from lastmile.corridor import ask, corridor, in_words, send
from lastmile.stack import settings_for
from lastmile.trouble import Trouble
from shared.clock import now
from shared.commands.guidance import AdoptGuidance
from shared.commands.message_template import ReviseTemplate
from shared.events.guidance import GuidanceEntry
from shared.ids import new_id
from shared.refusal import Refused, Reply

_ACTOR = "staff:lastmile"


async def asked(data: Path | None, name: str, question: dict[str, Any]) -> Any:
    """Raises Trouble where notify declines."""
    async with corridor(settings_for(data)) as bus:
        try:
            return await ask(bus, f"query.notify.{name}", question)
        except Refused as refused:
            raise Trouble(f"Notify says: {in_words(refused)}.") from None


async def revised(data: Path | None, template: str, zh: str | None, en: str | None, note: str) -> Reply:
    """A language that is not said stays as it is. Raises Refused, and Trouble where there is no such template."""
    held = await asked(data, "MessageTemplate", {"template": template})
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
    async with corridor(settings) as bus:
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
    async with corridor(settings) as bus:
        return await send(bus, command)
