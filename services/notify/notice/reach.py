"""Whom an audience means at this moment, and at which address: staff first, then people of the grid book, then groups.

Addresses are opened here by the hundred, are compared, and go no further: a list holds ids.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.notify.addresses import Addresses, Over
from services.notify.chat_group.groups import PERSON
from services.notify.notice.audiences import AUDIENCE
from services.notify.notice.domain import NOTICE
from services.notify.notice.lists import Lists
from services.notify.notice.residents import RESIDENT
from services.notify.projection import CONTACT
from shared.areas import Areas, buildings_in
from shared.desk import Desk
from shared.documents import Document, document_id
from shared.envelope import History
from shared.events.event import Sealed
from shared.events.notice import Audience
from shared.plans import PresentPlan
from shared.refusal import Refused
from shared.store import Store
from shared.vault import Vault
from shared.words import Duty, RecordKind

_AT_ONCE = 1000
Json = dict[str, Any]


@dataclass(frozen=True)
class Candidate:
    """``addresses`` by channel: those that there are."""

    recipient: str
    addresses: Mapping[Over, str]


@dataclass
class Where:
    """Places of an audience, as the present plan has them. ``areas`` None: the whole street."""

    areas: set[str] | None
    buildings: set[str]
    around: set[str]
    """The grids in which the buildings stand: whose workers and groups are meant with them."""
    allowed: set[str] | None
    """What the writer's communities cover; None: everything."""
    roles: set[str] = field(default_factory=set[str])

    @property
    def of_staff(self) -> set[str] | None:
        """The areas whose posts and groups are meant; None: all."""
        if self.areas is None:
            return self.allowed
        meant = self.areas | self.around
        return meant if self.allowed is None else meant & self.allowed


@dataclass(frozen=True)
class Reach:
    store: Store
    desk: Desk
    vault: Vault
    addresses: Addresses
    present: PresentPlan
    lists: Lists

    async def check(self, who: Audience) -> None:
        """Raise Refused where it names a community or a grid that the plan does not have: nobody there would be told, and
        nobody would know.
        """
        held = await self.present.get()
        if held and (unknown := sorted({*who.communities, *who.grids} - Areas(held[1]).keys())):
            raise Refused("unknown_area", areas=unknown)

    async def of(self, tenant: str, who: Audience, within: Sequence[str]) -> AsyncIterator[list[Candidate]]:
        """Yield whom it means, some hundred at a time; somebody may come twice. Raises Refused, UnavailableError and
        what the store raises.
        """
        held = await self.present.get()
        plan = held[1] if held else {"features": []}
        for part in await self._parts(tenant, who):
            where = places(part, within, plan)
            duties = {"worker": [Duty.WORKER, Duty.DEPUTY, Duty.HEAD], "volunteer": [Duty.VOLUNTEER]}
            meant = [duty.value for role, some in duties.items() if role in where.roles for duty in some]
            if meant:
                yield await self._posted(tenant, where.of_staff, meant)
            if "resident" in where.roles:
                async for some in self._residents(tenant, where):
                    yield some
            if "group" in where.roles:
                yield await self._groups(tenant, where.of_staff)
        for earlier in (*([who.of_notice] if who.of_notice else []), *who.of_notices):
            async for some in self._of_notice(tenant, earlier, plan, within):
                yield some

    async def _parts(self, tenant: str, who: Audience) -> list[Audience]:
        """The audience's own places, and those of the saved one that it names."""
        if who.saved is None:
            return [who]
        saved = (await self.desk.state(AUDIENCE.aggregate, tenant, who.saved)).saved
        if saved is None:
            raise Refused("audience_not_there")
        return [who, saved.audience]

    async def _residents(self, tenant: str, where: Where) -> AsyncIterator[list[Candidate]]:
        people: Json = {"tenant": tenant, "body.kind": RecordKind.PERSON.value, "body.stands": True}
        if where.areas is not None:
            if not where.areas and not where.buildings:
                return
            homes = await self._homes(tenant, where.buildings)
            people["$or"] = [
                {"body.grid": {"$in": sorted(where.areas)}},
                {"body.building": {"$in": sorted(where.buildings)}},
                {"body.dwelling": {"$in": homes}},
            ]
        if where.allowed is not None:
            people["body.grid"] = {"$in": sorted(where.allowed)}
        last, fields = "", {"id": 1, "body.sealed": 1}
        while True:
            found = self.store.documents(RESIDENT.name).find(people | {"_id": {"$gt": last}}, fields)
            rows = [row async for row in found.sort("_id", 1).limit(_AT_ONCE)]
            if not rows:
                return
            last = rows[-1]["_id"]
            yield await self._people(tenant, rows)

    async def _people(self, tenant: str, rows: Sequence[Document]) -> list[Candidate]:
        phones = await self.addresses.phones(tenant, rows)
        return [
            Candidate(f"resident:{row['id']}", {"sms": phone} if (phone := phones.get(row["id"])) else {})
            for row in rows
        ]

    async def _homes(self, tenant: str, buildings: set[str]) -> list[str]:
        asked = {
            "tenant": tenant,
            "body.building": {"$in": sorted(buildings)},
            "body.kind": RecordKind.DWELLING.value,
        }
        return [row["id"] async for row in self.store.documents(RESIDENT.name).find(asked, {"id": 1})]

    async def _posted(
        self, tenant: str, areas: set[str] | None, duties: Sequence[str], workers: Sequence[str] | None = None
    ) -> list[Candidate]:
        """Whoever stands on these posts, each once however many posts it is."""
        asked: Json = {"tenant": tenant, "body.worker": {"$ne": None}, "body.duty": {"$in": list(duties)}}
        if areas is not None:
            asked["body.grid"] = {"$in": sorted(areas)}
        if workers is not None:
            asked["body.worker"] = {"$in": list(workers)}
        rows = {row["body"]["worker"]: row async for row in self.store.documents(CONTACT.name).find(asked)}
        sealed = [(row["id"], row["body"]["sealed"], worker) for worker, row in rows.items()]
        boxes = [(name, Sealed.model_validate(box), worker) for name, box, worker in sealed if box]
        opened = await self.vault.open_many(
            [(History(tenant, "routing", "post", name).subject, box) for name, box, _ in boxes]
        )
        known = {worker: fields or {} for (_, _, worker), fields in zip(boxes, opened, strict=True)}
        return [Candidate(f"worker:{worker}", _addresses(known.get(worker, {}))) for worker in sorted(rows)]

    async def _of_notice(
        self, tenant: str, notice: str, plan: Mapping[str, Any], within: Sequence[str]
    ) -> AsyncIterator[list[Candidate]]:
        """Whoever stands on the list of an earlier notice and is still there."""
        state = await self.desk.state(NOTICE.aggregate, tenant, notice)
        if state.stage is None:
            raise Refused("notice_not_there")
        allowed = places(Audience(everyone=True), within, plan).allowed
        for page in state.pages:
            told = [item.recipient for item in await self.lists.get(tenant, page)]
            names = {
                role: [to.partition(":")[2] for to in told if to.startswith(f"{role}:")]
                for role in ("worker", "resident")
            }
            yield await self._posted(tenant, allowed, [duty.value for duty in Duty], names["worker"])
            asked: Json = {"_id": {"$in": [document_id(tenant, each) for each in names["resident"]]}}
            asked["body.stands"] = True
            if allowed is not None:
                asked["body.grid"] = {"$in": sorted(allowed)}
            rows = self.store.documents(RESIDENT.name).find(asked, {"id": 1, "body.sealed": 1})
            yield await self._people(tenant, [row async for row in rows])
            there = {to for to in told if to.startswith("group:")}
            yield [group for group in await self._groups(tenant, allowed) if group.recipient in there]

    async def _groups(self, tenant: str, areas: set[str] | None) -> list[Candidate]:
        """The chat groups (网格微群) of these areas, or of all: a grid may have several. Those that a person relays to have
        no address that could be the same.
        """
        found = await self.addresses.groups.of(tenant, areas)
        told = [(group, group.recipient if group.address == PERSON else group.address) for group in found]
        return [Candidate(group.recipient, {"chat": address}) for group, address in told]


def places(who: Audience, within: Sequence[str], plan: Mapping[str, Any]) -> Where:
    areas = Areas(plan)

    def below(codes: Sequence[str]) -> set[str]:
        return {*codes}.union(*(areas.within(code) for code in codes))

    around = {
        feature["properties"]["code"]
        for feature in plan["features"]
        if {*buildings_in(feature)} & {*who.buildings}
    }
    return Where(
        areas=None if who.everyone else below((*who.communities, *who.grids)),
        buildings=set(who.buildings),
        around=around,
        allowed=below(within) if within else None,
        roles=set(who.roles),
    )


def _addresses(fields: Mapping[str, str]) -> dict[Over, str]:
    known: dict[Over, str] = {}
    if phone := fields.get("phone"):
        known["sms"] = phone
    if chat := fields.get("chat"):
        known["chat"] = chat
    return known
