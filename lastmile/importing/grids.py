"""`lastmile grids import`: a plan is stored and adopted, and workers are posted. The same again changes nothing."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from lastmile.corridor import last_fact, send
from lastmile.crowd import each
from lastmile.importing.shapes import Reading, Rejected, as_plan
from shared.bus import Bus
from shared.clock import now
from shared.commands.grid_book import AdoptGridPlan, PostWorker
from shared.envelope import History
from shared.events.event import Sealed
from shared.events.grid_book import GridPlanAdopted, WorkerPosted
from shared.ids import named_id, post_id
from shared.plans import PlanStore
from shared.settings import Settings
from shared.vault import Vault
from shared.words import Duty

_ACTOR = "staff:import"
_AT_ONCE = 16

Contacts = Mapping[str, Mapping[str, str]]
"""Name, phone and chat address by worker's id; sealed before they are sent."""


@dataclass
class Report:
    grids: int = 0
    plan: str = ""
    adopted: bool = False
    """False: this plan held already."""
    posted: int = 0
    """Workers who were not on that post before."""
    on_duty: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def in_words(self, *, checked: bool = False) -> str:
        if not self.grids:
            return "no usable grid in it"
        if checked:
            return f"{self.grids} grids can be used"
        news = (
            f"{self.grids} grids adopted as plan"
            if self.adopted
            else f"{self.grids} grids, as they were: plan"
        )
        return f"{news} {self.plan[:12]}…; {self.on_duty} posts, {self.posted} of them filled just now"


async def bring_in(
    bus: Bus,
    settings: Settings,
    reading: Reading,
    *,
    name: str,
    contacts: Contacts | None = None,
    vault: Vault | None = None,
) -> Report:
    """Adopt what was read. Raises Refused, UnavailableError."""
    report = Report(grids=len(reading.grids), rejected=reading.rejected)
    plans = PlanStore(bus)
    area = History(settings.tenant, "routing", "area", settings.tenant)
    stands = await last_fact(bus, area)
    present = stands.event.plan if stands and isinstance(stands.event, GridPlanAdopted) else None
    more = reading.more
    if present and not more:  # new shapes say nothing against the categories that doors offer
        old = await plans.get(settings.tenant, present)
        more = {member: old[member] for member in ("categories", "communities", "areas") if member in old}
    report.plan = await plans.put(settings.tenant, as_plan(reading.grids, more))
    if report.plan != present:
        revision = str(stands.revision if stands else 0)
        command = AdoptGridPlan(
            id=named_id("adopt", settings.tenant, revision, report.plan),
            tenant=settings.tenant,
            actor=_ACTOR,
            at=now(),
            area=settings.tenant,
            plan=report.plan,
            grids=len(reading.grids),
            name=name,
        )
        await send(bus, command)
        report.adopted = True
    posts = Posts(bus, settings, contacts or {}, vault)
    wanted = [
        *(Post(grid.code, duty, worker) for grid in reading.grids for duty, worker in grid.workers.items()),
        *(Post(grid.code, Duty.VOLUNTEER, name) for grid in reading.grids for name in grid.volunteers),
        *(Post(code, Duty.HEAD, head) for code, head in reading.heads.items()),
    ]
    await each(wanted, posts.fill, at_once=_AT_ONCE)
    report.on_duty, report.posted = len(wanted), posts.filled
    return report


@dataclass(frozen=True)
class Post:
    grid: str
    duty: Duty
    worker: str


class Posts:
    def __init__(self, bus: Bus, settings: Settings, contacts: Contacts, vault: Vault | None) -> None:
        self._bus = bus
        self._tenant = settings.tenant
        self._contacts = contacts
        self._vault = vault
        self.filled = 0

    async def fill(self, wanted: Post) -> None:
        """A worker who stands there stays; another telephone of the same worker is news."""
        post = post_id(self._tenant, wanted.grid, wanted.duty, wanted.worker)
        history = History(self._tenant, "routing", "post", post)
        stands = await last_fact(self._bus, history)
        present = stands.event if stands else None
        if (
            isinstance(present, WorkerPosted)
            and present.worker == wanted.worker
            and await self._reached_as_before(history, present)
        ):
            return
        revision = str(stands.revision if stands else 0)
        command = PostWorker(
            id=named_id("post", post, revision, wanted.worker),
            tenant=self._tenant,
            actor=_ACTOR,
            at=now(),
            post=post,
            grid=wanted.grid,
            duty=wanted.duty,
            worker=wanted.worker,
            sealed=self._sealed(history, wanted.worker),
        )
        await send(self._bus, command)
        self.filled += 1

    async def _reached_as_before(self, history: History, stands: WorkerPosted) -> bool:
        contact = self._contacts.get(stands.worker)
        if contact is None or self._vault is None:
            return True
        return stands.sealed is not None and await self._vault.open(history.subject, stands.sealed) == contact

    def _sealed(self, history: History, worker: str) -> Sealed | None:
        contact = self._contacts.get(worker)
        if contact is None or self._vault is None:
            return None
        return self._vault.seal(history.subject, contact)
