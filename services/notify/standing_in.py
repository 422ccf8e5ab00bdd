"""Who hears in the place of a worker who is away: whoever is on duty where the request is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from services.notify.projection import CONTACT
from shared.areas import Areas
from shared.documents import document_id
from shared.duty import AWAY, away_at, on_duty
from shared.plans import PresentPlan
from shared.store import Store


@dataclass(frozen=True)
class StandingIn:
    store: Store
    present: PresentPlan
    tenant: str

    async def whoever_is_there(
        self, worker: str, area: str | None, at: datetime, but: Collection[str]
    ) -> str:
        """Return the worker, or whoever stands in, none of ``but``. Nobody does: the worker reads it afterwards."""
        if area is None or worker not in await self._away({worker}, at):
            return worker
        if (present := await self.present.get()) is None:
            return worker
        areas = Areas(present[1])
        way = [each.code for each in areas.upwards(area)]
        found = self.store.documents(CONTACT.name).find(
            {"tenant": self.tenant, "body.grid": {"$in": way}, "body.worker": {"$ne": None}}
        )
        posts = [row["body"] async for row in found]
        away = await self._away({post["worker"] for post in posts}, at)
        return on_duty(areas, posts, area, {worker, *away, *but}) or worker

    async def _away(self, workers: set[str], at: datetime) -> set[str]:
        ids = [document_id(self.tenant, worker) for worker in workers]
        rows = self.store.documents(AWAY.name).find({"_id": {"$in": ids}})
        return away_at([row["body"] async for row in rows if row["body"].get("worker")], at)
