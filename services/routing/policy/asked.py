"""What others may ask of the policy: which holds, whether another could, what it would have done, why a request is
where it is. Read-only.
"""

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.routing.grid_book import PlanIndex
from services.routing.policy.assignment import assign, told
from services.routing.policy.clocks import Clocks
from services.routing.policy.domain import read
from services.routing.policy.dry_run import DryRun
from services.routing.policy.known import unknown_places
from services.routing.policy.past import past_requests, submissions
from services.routing.policy.policies import Held, Policies
from services.routing.policy.policy import Policy
from services.routing.request.assigning import Assigning
from shared.bus import Bus
from shared.envelope import History
from shared.events.policy import PolicyAdopted
from shared.events.request import AssignmentFailed, GridAssigned
from shared.events.submission import RequestSubmitted
from shared.ids import read_code, request_id
from shared.plans import PlanMissingError, PlanStore, PresentPlan
from shared.refusal import Refused
from shared.vault import Vault
from shared.words import Token

_KEPT_BACK = {"matched", "policy", "hidden_from", "hidden_offices"}
"""The first two are told beside it; whom it is hidden from is nobody's to know."""


class Proposal(BaseModel):
    """A policy that is not adopted yet. ``most`` differences come one by one; all are counted."""

    model_config = ConfigDict(extra="forbid")

    content: dict[str, Any]
    since: AwareDatetime | None = None
    most: int = Field(default=100, ge=0, le=1000)


class Which(BaseModel):
    """A request by its id or its tracking code."""

    model_config = ConfigDict(extra="forbid")

    request: Token


class Asked:
    def __init__(
        self,
        policies: Policies,
        assigning: Assigning,
        present: PresentPlan,
        bus: Bus,
        vault: Vault,
    ) -> None:
        self._tenant = policies.tenant
        self._policies = policies
        self._assigning = assigning
        self._present = present
        self._plans = PlanStore(bus)
        self._bus = bus
        self._vault = vault

    async def policy(self, _asked: dict[str, Any]) -> dict[str, Any]:
        """The policy that holds, in full and as it was written, and every version there was, newest first."""
        held = await self._policies.present()
        history = History(self._tenant, "routing", "policy", self._tenant)
        versions = [
            {
                "version": fact.version,
                "revision": fact.revision,
                "at": fact.event.at.isoformat(),
                "actor": fact.actor,
                "note": fact.event.note,
                "name": fact.event.content.get("name", ""),
            }
            async for fact in self._bus.journal.catch_up(history, 0)
            if isinstance(fact.event, PolicyAdopted)
        ]
        return {
            **_where(held),
            "policy": held.policy.model_dump(mode="json"),
            "content": held.policy.model_dump(mode="json", exclude_defaults=True),
            "versions": versions[::-1],
        }

    async def check(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Whether a policy could be adopted: every mistake, by field."""
        proposal = Proposal.model_validate(asked)
        try:
            await self._usable(proposal.content)
        except Refused as refused:
            return {"ok": False, "reason": refused.reason, "mistakes": refused.detail.get("mistakes", [])}
        return {"ok": True, "reason": "", "mistakes": []}

    async def dry_run(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What it would have done otherwise. Raises Refused."""
        proposal = Proposal.model_validate(asked)
        policy = await self._usable(proposal.content)
        held = await self._policies.present()
        present = await self._present.get()
        run = DryRun(held.clocks, Clocks(policy), proposal.most)
        vault = self._vault if any(_needs_words(each) for each in (policy, held.policy)) else None
        index = PlanIndex(*present) if present else None
        async for facts in submissions(self._bus.client, self._tenant):
            run.look(await past_requests(facts, index, vault, since=proposal.since))
        return run.as_json()

    async def explain(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Why a request is where it is: the steps in order, which of them took it, and why the others did not.

        Raises Refused.
        """
        which = Which.model_validate(asked).request
        code = read_code(which)
        history_id = request_id(self._tenant, code) if code else which
        said = History(self._tenant, "intake", "submission", history_id)
        submission = await self._bus.journal.after(said, 0)
        if submission is None or not isinstance(submission.event, RequestSubmitted):
            raise Refused("not_found")
        event = submission.event
        assigned: GridAssigned | AssignmentFailed | None = None
        by = ""
        async for fact in self._bus.journal.catch_up(
            History(self._tenant, "routing", "request", history_id), 0
        ):
            if isinstance(fact.event, GridAssigned | AssignmentFailed):
                assigned, by = fact.event, fact.actor
        held = await self._held(assigned)
        index = await self._index(assigned)
        matter = await self._assigning.matter(said, event, held)
        placed = index.grid_of(event.place) if index else None
        if index and event.place.building is not None and (placed is None or placed[1] != "building"):
            entrance, unit = await self._assigning.door(said, event)
            placed = index.grid_of(event.place, entrance=entrance, unit=unit)
        decision = assign(held.clocks, matter, placed)
        used = assigned.matched if isinstance(assigned, GridAssigned) else decision.used
        steps = [
            {
                "step": step,
                "matched": placed is not None and placed[1] == step,
                "used": getattr(assigned, "rule", None) == step,
                "grid": placed[0] if placed and placed[1] == step else None,
                "missed": [] if placed and placed[1] == step else _missed(step, event, placed is not None),
            }
            for step in ("building", "position")
        ]
        rules = [row | {"used": row["rule"] in used} for row in told(decision)]
        return {
            "request": history_id,
            "code": event.code,
            "policy": _where(held),
            "plan": index.name if index else None,
            "assigned": None
            if assigned is None
            else assigned.model_dump(mode="json", exclude=_KEPT_BACK) | {"by": by},
            "steps": steps,
            "rules": rules,
        }

    async def _usable(self, content: dict[str, Any]) -> Policy:
        policy = read(content)
        present = await self._present.get()
        if wrong := unknown_places(policy, present[1] if present else None):
            raise Refused("policy_impossible", mistakes=wrong)
        return policy

    async def _held(self, assigned: GridAssigned | AssignmentFailed | None) -> Held:
        if isinstance(assigned, GridAssigned):
            return await self._policies.of(assigned.policy)
        return await self._policies.present()

    async def _index(self, assigned: GridAssigned | AssignmentFailed | None) -> PlanIndex | None:
        """The plan that answered then; where nobody has it any more, the present one."""
        if assigned is not None and assigned.plan:
            try:
                return PlanIndex(assigned.plan, await self._plans.get(self._tenant, assigned.plan))
            except PlanMissingError:
                pass
        present = await self._present.get()
        return PlanIndex(*present) if present else None


def _needs_words(policy: Policy) -> bool:
    return any(rule.words or rule.not_words for rule in policy.rules)


def _where(held: Held) -> dict[str, Any]:
    return {
        "version": held.version,
        "revision": held.revision,
        "name": held.policy.name,
        "instead_of": held.instead_of,
    }


def _missed(step: str, event: RequestSubmitted, placed: bool) -> list[str]:
    """Why the place did not say it: nothing was said of it, or nobody covers what was said."""
    if step == "building":
        return ["building_not_said" if event.place.building is None else "building_unknown"]
    if event.place.lon is None:
        return ["position_not_said"]
    return ["by_building"] if placed else ["in_no_grid"]
