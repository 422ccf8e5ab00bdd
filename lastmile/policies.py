"""What the program does with policies: adopt one, and try one over the past in this very process."""

from datetime import datetime
from pathlib import Path
from typing import Any

from lastmile.asking import reaching
from lastmile.corridor import ask, corridor, send
from lastmile.stack import settings_for
from services.routing.grid_book import PlanIndex
from services.routing.policy.clocks import Clocks
from services.routing.policy.domain import read
from services.routing.policy.dry_run import DryRun
from services.routing.policy.past import past_requests, submissions
from services.routing.policy.policies import BY_DEFAULT
from services.routing.policy.policy import Policy
from shared.clock import now
from shared.commands.policy import AdoptPolicy
from shared.envelope import History
from shared.events.grid_book import GridPlanAdopted
from shared.events.policy import PolicyAdopted
from shared.ids import new_id
from shared.plans import Plan, PlanStore
from shared.refusal import Reply
from shared.settings import Settings
from shared.store import Store
from shared.vault import Vault

_ACTOR = "staff:lastmile"


async def adopted(data: Path | None, content: dict[str, Any], note: str) -> Reply:
    """Raises Refused."""
    async with reaching("routing", data) as (bus, settings):
        return await send(
            bus,
            AdoptPolicy(
                id=new_id(),
                tenant=settings.tenant,
                actor=_ACTOR,
                at=now(),
                policy=settings.tenant,
                content=content,
                note=note,
            ),
        )


async def tried(data: Path | None, content: dict[str, Any], since: datetime | None) -> dict[str, Any]:
    """Return every difference, with no limit: the past is read and judged here, not in routing."""
    settings = settings_for(data)
    store = Store(settings, "admin")
    try:
        async with corridor(settings) as bus:
            answer = await ask(bus, "query.routing.PolicyCheck", {"content": content})
            if not answer["ok"]:
                return answer
            proposed = read(content)
            present, plan = await _standing(bus, settings)
            run = DryRun(present, Clocks(proposed))
            words = any(rule.words or rule.not_words for rule in (*proposed.rules, *present.policy.rules))
            vault = Vault(store, settings.master, "admin") if words else None
            index = PlanIndex(*plan) if plan else None
            if since is not None and since.tzinfo is None:
                since = since.replace(tzinfo=settings.zone)
            async for facts in submissions(bus.client, settings.tenant):
                run.look(await past_requests(facts, index, vault, since=since))
            return run.as_json()
    finally:
        store.close()


async def _standing(bus: Any, settings: Settings) -> tuple[Clocks, tuple[str, Plan] | None]:
    """The policy and the plan that hold, as the journal tells them."""
    tenant, present, plan = settings.tenant, BY_DEFAULT.clocks, None
    async for fact in bus.journal.catch_up(History(tenant, "routing", "policy", tenant), 0):
        if isinstance(fact.event, PolicyAdopted):
            present = Clocks(Policy.model_validate(fact.event.content))
    async for fact in bus.journal.catch_up(History(tenant, "routing", "area", tenant), 0):
        if isinstance(fact.event, GridPlanAdopted):
            plan = fact.event.plan
    return present, None if plan is None else (plan, await PlanStore(bus).get(tenant, plan))
