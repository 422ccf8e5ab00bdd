"""Records at the staff's door: whose eyes and hands they are for, and how one is made and sealed."""

from typing import Any

from fastapi.responses import Response
from pydantic_core import to_json

from services.console.record_answers import Corrected, Said
from services.console.rooms import Rooms
from shared.areas import buildings_in, grids_in
from shared.clock import now
from shared.commands.record import CorrectRecord, EnterRecord
from shared.documents import Body
from shared.envelope import History
from shared.events.event import Sealed
from shared.http import ProblemError, unavailable
from shared.ids import new_id
from shared.records.fields import FIELDS
from shared.records.making import PUBLIC, Content, UnusableRecordError, changed, content, identify
from shared.refusal import Refused
from shared.settings import Settings
from shared.staff import Staff
from shared.vault import VaultEmptyError
from shared.words import RecordKind


class RecordDesk:
    def __init__(self, rooms: Rooms, settings: Settings) -> None:
        self._rooms = rooms
        self._settings = settings

    async def ask(self, name: str, question: Body) -> Any:
        try:
            return await self._rooms.bus.ask(f"query.routing.{name}", question)
        except Refused as refused:
            raise ProblemError(422, "invalid", "Some fields cannot be used.") from refused

    async def grids(self, staff: Staff, grid: str | None) -> list[str] | None:
        """Return the grids that this person may look at, of the one asked for; None: all."""
        mine = await self._mine(staff)
        if mine is None:
            return None if grid is None else [grid]
        return sorted(mine if grid is None else mine & {grid})

    async def area(self, staff: Staff, area: str | None) -> tuple[str, ...] | None:
        """Return the grids of a community or a grid that this person may look at; None: all. Raises ProblemError."""
        mine = await self._mine(staff)
        if area is None:
            return None if mine is None else tuple(sorted(mine))
        codes = grids_in(await self._rooms.grids.plan(), [area])
        theirs = codes if mine is None else codes & mine
        if not theirs:
            raise ProblemError(
                422,
                "invalid",
                "Some fields cannot be used.",
                errors=[{"field": "area", "why": "no such area"}],
            )
        return tuple(sorted(theirs))

    async def _mine(self, staff: Staff) -> set[str] | None:
        if staff.role == "worker":
            return set((await self._rooms.grids.workers()).get(staff.sub, {}).get("grids", []))
        if not staff.areas:
            return None
        return grids_in(await self._rooms.grids.plan(), staff.areas)

    async def item(self, named: str, staff: Staff) -> Body:
        """Raises ProblemError; a record of another grid is not there for who may not see it."""
        found = (await self.ask("Records", {"ids": [named]}))["items"]
        mine = await self._mine(staff)
        if not found or (mine is not None and found[0]["grid"] not in mine):
            raise ProblemError(404, "not_found", "There is no such record.")
        return found[0]

    async def opened(self, item: Body) -> Content | None:
        words: dict[str, str] | None = {}
        if item["sealed"]:
            box = Sealed.model_validate_json(to_json(item["sealed"]))
            words = await self._rooms.service.vault.open(self._subject(item["id"]), box)
        if words is None:
            return None
        public = {name: item[name] for name in (*PUBLIC, "care")}
        return Content(RecordKind(item["kind"]), public, words, tuple(item["doubts"]))

    async def enter(self, said: Said, staff: Staff) -> Response:
        made = self._made(said.kind, said.values, None)
        await self._may_write(made, staff)
        try:
            record = identify(self._settings.door, staff.tenant, said.kind, said.values)
        except UnusableRecordError as odd:
            raise invalid_record(odd) from odd
        fields = self._fields(record, made, staff)
        return await self._rooms.send(
            EnterRecord.model_validate(fields | {"id": new_id(), "kind": said.kind})
        )

    async def correct(self, named: str, said: Corrected, staff: Staff) -> Response:
        item = await self.item(named, staff)
        before = await self.opened(item)
        if before is None:
            raise ProblemError(409, "erased", "Its words were erased.")
        made = self._made(before.kind, said.values, before)
        await self._may_write(made, staff)
        fields = self._fields(item["id"], made, staff)
        more = {"id": new_id(), "over": item["digest"], "changed": changed(before, made)}
        return await self._rooms.send(CorrectRecord.model_validate(fields | more))

    async def _may_write(self, made: Content, staff: Staff) -> None:
        """A worker enters what stands in the own grids: by grid, or by a building of theirs."""
        mine = await self._mine(staff)
        if mine is None:
            return
        grid, building = made.public["grid"], made.public["building"]
        if grid is None:
            features = (await self._rooms.grids.plan())["features"]
            held = [f["properties"]["code"] for f in features if building in buildings_in(f)]
            grid = held[0] if held else None
        if grid not in mine:
            raise ProblemError(403, "forbidden", "Only records of your own grids.")

    def _made(self, kind: RecordKind, values: dict[str, str], before: Content | None) -> Content:
        known = {field.slug for field in FIELDS[kind]}
        if odd := [name for name in values if name not in known]:
            errors = [{"field": name[:64], "why": "no such field"} for name in odd]
            raise ProblemError(422, "invalid", "Some fields cannot be used.", errors=errors)
        today = now().astimezone(self._settings.zone).date()
        secret, tenant = self._settings.door, self._settings.tenant
        try:
            return content(kind, values, today=today, secret=secret, tenant=tenant, before=before)
        except UnusableRecordError as why:
            raise invalid_record(why) from why

    def _fields(self, record: str, made: Content, staff: Staff) -> Body:
        try:
            vault = self._rooms.service.vault
            sealed = vault.seal(self._subject(record), made.words) if made.words else None
        except VaultEmptyError as empty:
            raise unavailable() from empty
        return {
            "tenant": staff.tenant,
            "actor": staff.actor,
            "at": now(),
            "record": record,
            "filled": made.filled,
            "doubts": made.doubts,
            "digest": made.digest(self._settings.door),
            "sealed": sealed,
            **made.public,
        }

    def _subject(self, record: str) -> str:
        return History(self._settings.tenant, "routing", "record", record).subject


def invalid_record(why: UnusableRecordError) -> ProblemError:
    errors = [{"field": why.field, "why": why.slug}]
    return ProblemError(422, "invalid", "Some fields cannot be used.", errors=errors)
