"""What a command of the program asks a service, and what it sends one in the office's name. What goes wrong is Trouble, in
words.
"""

from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lastmile.corridor import ask, corridor, in_words, send
from lastmile.stack import settings_for
from lastmile.trouble import Trouble
from shared import commands
from shared.answering import first_error
from shared.bus import Bus
from shared.clock import now
from shared.commands.audit import ExportData
from shared.ids import new_id
from shared.journal import UnavailableError
from shared.refusal import Refused, Reply
from shared.settings import Settings

_ACTOR = "staff:cli"


@asynccontextmanager
async def reaching(service: str, data: Path | None) -> AsyncGenerator[tuple[Bus, Settings]]:
    """The corridor to this service. Raises Trouble where it does not answer; a refusal is the caller's to tell."""
    settings = settings_for(data)
    async with corridor(settings) as bus:
        try:
            yield bus, settings
        except UnavailableError:
            raise Trouble(
                f"{service.capitalize()} does not answer.",
                "Is the stack up? `lastmile doctor` says what is wrong.",
            ) from None


async def asked(
    data: Path | None, query: str, question: dict[str, Any], *, todo: str = "", within: float | None = None
) -> Any:
    """Return what ``query.<service>.<Name>`` answers: ``asked(data, "notify.Notices", {})``. Raises Trouble, with ``todo``
    where it is refused. ``within``: seconds that one answer may take, where that is longer than others.
    """
    service = query.partition(".")[0]
    async with reaching(service, data) as (bus, _):
        try:
            return await ask(bus, f"query.{query}", question, within=within)
        except Refused as refused:
            raise Trouble(f"{service.capitalize()} says: {in_words(refused)}.", todo) from None


async def sent(data: Path | None, name: str, said: dict[str, Any]) -> Reply:
    """Send this command. Raises Trouble, also where it is refused."""
    model = commands.CATALOGUE[name]
    async with reaching(model.owner, data) as (bus, settings):
        envelope = {"id": new_id(), "tenant": settings.tenant, "actor": _ACTOR, "at": now()}
        try:
            return await send(bus, model.model_validate(said | envelope))
        except ValidationError as invalid:
            raise Trouble("This cannot be sent.", f"It says: {first_error(invalid)}.") from None
        except Refused as refused:
            raise Trouble(f"{model.owner.capitalize()} refuses: {in_words(refused)}.") from None


async def put_on_record(
    bus: Bus, settings: Settings, what: str, *, grids: Collection[str], fields: Collection[str], purpose: str
) -> None:
    """What is handed out stands in the journal first. Raises Refused, UnavailableError: then nothing may be handed out."""
    entry = new_id()
    command = ExportData(
        id=entry,
        tenant=settings.tenant,
        actor=_ACTOR,
        at=now(),
        entry=entry,
        what=what,
        grids=tuple(grids),
        fields=tuple(fields),
        purpose=purpose,
    )
    await send(bus, command)
