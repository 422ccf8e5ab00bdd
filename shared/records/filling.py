"""From a superior's template to the filled one: on record first, then opened and filled, and what nobody knows is asked for.

The same steps for the program and for the desk; they differ in how they ask and send.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.clock import now
from shared.commands.audit import ExportData
from shared.commands.command import Command
from shared.commands.record import RequestCells
from shared.commands.template import ReceiveTemplate
from shared.ids import keyed_hash, named_id, new_id
from shared.records.making import Content
from shared.records.opening import open_records
from shared.records.template import Filled, Template
from shared.refusal import Refused
from shared.settings import Settings
from shared.sheets.cells import UnusableSheetError
from shared.vault import Vault

ANY_CARE = "any"
_PAGE = 500
_AT_ONCE = 32
_TIME_TO_TELL = timedelta(days=7)

Ask = Callable[[str, dict[str, Any]], Awaitable[Any]]
Send = Callable[[Command], Awaitable[Any]]


@dataclass(frozen=True)
class Scope:
    """About whom, for which office and why. ``grids`` None: about all."""

    office: str
    purpose: str
    grids: tuple[str, ...] | None = None
    care: str | None = None
    """A reason for care, as in 独居; ``any``: whatever the reason."""
    due_on: date | None = None
    """When the office wants it back: with another day, the same table is asked for once more."""
    tasks: bool = True
    """Whether workers are asked for what is missing."""
    most: int | None = None


class Filling:
    """Raises UnusableSheetError, Refused, UnavailableError: then nobody gets anything, and repeating is safe."""

    def __init__(self, ask: Ask, send: Send, vault: Vault, settings: Settings, actor: str) -> None:
        self._ask = ask
        self._send = send
        self._vault = vault
        self._settings = settings
        self._actor = actor

    async def fill(self, template: Template, scope: Scope) -> Filled:
        await self._put_on_record(template, scope)
        book = await self._contents(template, scope)
        filled = await asyncio.to_thread(template.fill, book)
        await self._ask_for(template, scope, filled)
        return filled

    async def _put_on_record(self, template: Template, scope: Scope) -> None:
        entry = new_id()
        await self._send(
            ExportData(
                **self._envelope(entry),
                entry=entry,
                what=f"records.{template.heading.kind.value}",
                grids=scope.grids or (),
                fields=template.fields,
                purpose=scope.purpose,
            )
        )

    async def _contents(self, template: Template, scope: Scope) -> dict[str, Content]:
        question: dict[str, Any] = {"kind": template.heading.kind.value, "limit": _PAGE}
        if scope.grids is not None:
            question["grids"] = list(scope.grids)
        if scope.care is not None:
            question["care"] = True
        found: dict[str, Content] = {}
        while True:
            answer = await self._ask("query.routing.Records", question)
            opened = await open_records(self._vault, self._settings.tenant, answer["items"])
            found |= {name: one for name, one in opened.items() if _needs(one, scope.care)}
            if scope.most is not None and len(found) > scope.most:
                raise UnusableSheetError("sheet_too_many", most=scope.most)
            if answer["next"] is None:
                return found
            question["after"] = answer["next"]

    async def _ask_for(self, template: Template, scope: Scope, filled: Filled) -> None:
        settings, heading = self._settings, template.heading
        today = now().astimezone(settings.zone).date()
        due_on = scope.due_on or today + _TIME_TO_TELL
        title = keyed_hash(settings.door, "template-title", settings.tenant, heading.title).hex()[:40]
        when = scope.due_on.isoformat() if scope.due_on else f"{today:%Y-%m}"
        about = (settings.tenant, scope.office, title, heading.kind.value, scope.care or "", when)
        named = named_id("template", *about)
        await self._send(
            ReceiveTemplate(
                **self._envelope(named_id("receive", named)),
                template=named,
                office=scope.office,
                title=title,
                kind=heading.kind,
                fields=template.fields,
                unknown=len(heading.unknown),
                grids=scope.grids or (),
                care=scope.care,
                records=filled.rows,
                due_on=due_on,
            )
        )
        if not scope.tasks:
            return
        missing = list(filled.missing.items())
        for first in range(0, len(missing), _AT_ONCE):
            requests = [
                RequestCells(
                    **self._envelope(named_id("cells", named, record, *fields)),
                    record=record,
                    template=named,
                    office=scope.office,
                    fields=fields,
                    due_on=due_on,
                )
                for record, fields in missing[first : first + _AT_ONCE]
            ]
            await asyncio.gather(*map(self._request, requests))

    async def _request(self, command: RequestCells) -> None:
        try:
            await self._send(command)
        except Refused as refused:
            if refused.reason != "record_not_there":  # it was removed meanwhile: nothing is missing of it
                raise

    def _envelope(self, name: str) -> dict[str, Any]:
        return {"id": name, "tenant": self._settings.tenant, "actor": self._actor, "at": now()}


def _needs(content: Content, care: str | None) -> bool:
    return care in (None, ANY_CARE) or str(care) in content.words.get("care", "")
