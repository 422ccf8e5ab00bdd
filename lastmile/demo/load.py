"""Loading the demo street into a stack: its plan and its people at once, its past beside whatever else happens."""

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from lastmile.corridor import ask, corridor, send
from lastmile.crowd import each
from lastmile.demo import bulletins, records, street
from lastmile.demo.lives import Life, lives
from lastmile.demo.steps import Step
from lastmile.demo.wishes import wish_lives
from lastmile.demo.works import Deed, works
from lastmile.importing.grids import Report, bring_in
from lastmile.importing.shapes import Reading, read_collection
from lastmile.trouble import Trouble
from shared import commands
from shared.bus import Bus
from shared.commands.command import Command
from shared.envelope import History
from shared.ids import named_id
from shared.refusal import Refused
from shared.settings import Settings
from shared.store import Store
from shared.tasks import end
from shared.vault import Vault

_ACTOR = "import:demo"
_AT_ONCE = 32
_POOL = 512


@dataclass(frozen=True)
class Told:
    requests: int
    steps: int
    seconds: float


async def load_community(settings: Settings) -> Report:
    """Adopt the street's plan and post its workers; what stands already stays. Raises Refused, UnavailableError."""
    people = street.people()
    posted = [people["director"], *people["secretaries"], *people["workers"]]
    contacts = {w["id"]: {"name": w["name"], "phone": w["phone"], "chat": w["chat"]} for w in posted}
    store = Store(settings, "admin")
    vault = Vault(store, settings.master, "admin", pool=_POOL)
    try:
        await vault.fill()
        async with corridor(settings, within=20) as bus:
            return await bring_in(
                bus, settings, the_street(), name=people["street"]["name"], contacts=contacts, vault=vault
            )
    finally:
        store.close()


def the_street() -> Reading:
    """The street as an import reads it, with what its doors offer."""
    groups = {group["grid"]: group["chat"] for group in street.people()["groups"]}
    plan = street.plan()
    for feature in plan["features"]:
        feature["properties"]["chat_group"] = groups[feature["properties"]["code"]]
    return read_collection(
        {
            **plan,
            "categories": street.categories(),
            "communities": street.communities(),
            "areas": street.areas(),
        }
    )


async def tell_history(settings: Settings) -> Told:
    """Submit what residents said in thirty days and do what was done. Telling it again changes nothing.

    Raises Refused, UnavailableError, Trouble.
    """
    started = time.monotonic()
    store = Store(settings, "admin")
    vault = Vault(store, settings.master, "admin", pool=_POOL)
    async with corridor(settings) as bus:
        teller = _Teller(bus, settings, vault)
        refill = asyncio.create_task(vault.keep_full())
        try:
            told = await teller.tell()
        finally:
            await end([refill])
            store.close()
    return Told(len(told), sum(len(life.steps) for life in told), time.monotonic() - started)


class _Teller:
    def __init__(self, bus: Bus, settings: Settings, vault: Vault) -> None:
        self._bus = bus
        self._settings = settings
        self._vault = vault
        self._requests: dict[str, str] = {}
        self._began = 0

    async def tell(self) -> list[Life]:
        self._began = (await self._bus.client.jetstream().stream_info("JOURNAL")).state.last_seq
        area = History(self._settings.tenant, "routing", "area", self._settings.tenant)
        first = await self._bus.journal.after(area, 0)
        if first is None or first.event is None:
            raise Trouble("The demo street is not loaded yet.", "`lastmile demo` loads it.")
        past = lives(first.event.at, self._settings.zone)
        await records.enter(self._bus, self._settings, self._vault, past)
        told = [*wish_lives(first.event.at), *past]
        await each(told, self._live, at_once=_AT_ONCE)
        await self._go_on(works(first.event.at, self._settings.zone, self._settings.tenant, past))
        await bulletins.draft(self._bus, self._settings)
        return told

    async def _go_on(self, deeds: list[Deed]) -> None:
        """One after the other: a visit needs its round."""
        for number, deed in enumerate(deeds):
            await self._send(self._made(deed, number))

    async def _send(self, command: Command, not_yet: Collection[str] = ()) -> None:
        """What an earlier start began to tell may be over since, nobody having answered in time, and refuses the rest."""
        try:
            await send(self._bus, command, not_yet=not_yet)
        except Refused:
            history = History(self._settings.tenant, command.owner, command.aggregate, command.history)
            first = await self._bus.journal.after(history, 0)
            if first is None or first.revision > self._began:
                raise

    def _made(self, deed: Deed, number: int) -> Command:
        model = commands.CATALOGUE[deed.command]
        request = None if deed.life is None else self._requests[deed.life]
        target = deed.history or request or ""
        subject = History(self._settings.tenant, model.owner, model.aggregate, target).subject
        fields: dict[str, Any] = {
            model.target: target,
            **deed.fields,
            **{name: self._vault.seal(subject, {"text": text}) for name, text in deed.seal.items()},
        }
        if request is not None:
            fields["request"] = request
        return model(
            id=named_id("demo", target, deed.command, str(number)),
            tenant=self._settings.tenant,
            actor=_ACTOR,
            at=deed.at,
            **fields,
        )

    async def _live(self, life: Life) -> None:
        answer = await ask(self._bus, "inbound.import.request", life.body)
        self._requests[life.key] = answer["id"]
        for number, step in enumerate(life.steps):
            command = self._command(life, answer["id"], number, step)
            await self._send(command, step.not_yet)

    def _command(self, life: Life, request: str, number: int, step: Step) -> Command:
        model = commands.CATALOGUE[step.command]
        of_request = {"request": request} if "request" in model.model_fields else {}
        fields: dict[str, Any] = {**of_request, **step.fields}
        tenant, target = self._settings.tenant, fields[model.target]
        subject = History(tenant, model.owner, model.aggregate, target).subject
        for name, said in step.seal.items():
            fields[name] = self._vault.seal(subject, {"text": said} if isinstance(said, str) else said)
        return model(
            id=named_id("demo", request, str(number)),
            tenant=self._settings.tenant,
            actor=_ACTOR,
            at=life.at + step.after,
            **fields,
        )
