"""Grid plans: GeoJSON that outgrows a message, kept in chunks in a stream and named by the hash of its content.

The plan is part of the truth (an old decision stays explainable), so it stands beside the journal and not in
MongoDB.
"""

import gzip
import hashlib
import zlib
from typing import Any

from pydantic_core import from_json, to_json

from shared.bus import Bus
from shared.chunks import ChunkMissingError, Chunks
from shared.documents import Model, document_id
from shared.events.grid_book import GridPlanAdopted
from shared.store import Store

Plan = dict[str, Any]
"""A GeoJSON FeatureCollection; each feature has ``code``, ``name`` and maybe ``community``, ``buildings``."""

PLAN = Model(
    name="plan",
    key=lambda history: history.id if (history.owner, history.aggregate) == ("routing", "area") else None,
    fold=lambda body, fact: {"plan": fact.event.plan} if isinstance(fact.event, GridPlanAdopted) else body,
)
"""Which plan holds: one document a tenant, whose area history has the tenant's name."""


class PlanMissingError(Exception):
    """The journal names a plan that the plan stream does not hold, or not as it was."""


def canonical(plan: Plan) -> bytes:
    """JSON with sorted keys, no spaces and UTF-8: equal plans have equal bytes."""
    return to_json(_sorted(plan))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value


class PresentPlan:
    """The plan that holds now, for a service that keeps the model PLAN."""

    def __init__(self, store: Store, plans: "PlanStore", tenant: str) -> None:
        self._store = store
        self._plans = plans
        self._tenant = tenant

    async def name(self) -> str | None:
        """Return the hash of the plan that holds, or None before the first one."""
        document = await self._store.documents(PLAN.name).find_one(
            {"_id": document_id(self._tenant, self._tenant)}
        )
        return None if document is None else document["body"].get("plan")

    async def get(self) -> tuple[str, Plan] | None:
        """Raises what the store and the plan stream raise."""
        name = await self.name()
        return None if name is None else (name, await self._plans.get(self._tenant, name))


class PlanStore:
    def __init__(self, bus: Bus) -> None:
        self._chunks = Chunks(bus, "PLANS", "plan")
        self._known: dict[str, Plan] = {}

    async def put(self, tenant: str, plan: Plan) -> str:
        """Store a plan and return its SHA-256, hexadecimal. Storing it again changes nothing."""
        raw = canonical(plan)
        name = hashlib.sha256(raw).hexdigest()
        await self._chunks.put(tenant, name, gzip.compress(raw, mtime=0))
        return name

    async def get(self, tenant: str, name: str) -> Plan:
        """Return a plan by its hash. Raises PlanMissingError, UnavailableError."""
        if name not in self._known:
            try:
                raw = gzip.decompress(await self._chunks.get(tenant, name))
            except (ChunkMissingError, OSError, EOFError, zlib.error) as damaged:
                raise PlanMissingError(name) from damaged
            if hashlib.sha256(raw).hexdigest() != name:
                raise PlanMissingError(name)
            self._known[name] = from_json(raw)
        return self._known[name]
