"""Whose a request becomes: by the place, then by the rules of the policy that holds. No match: triage, visibly."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from services.routing.grid_book import Covered, GridBook, Uncovered
from services.routing.policy.assignment import Decision, Placed, assign
from services.routing.policy.policies import Held, Policies
from services.routing.policy.rules import Matter, Target, ToGrid, ToHead
from services.routing.request.accused import Accused, Accusing, level_of
from services.routing.request.state import State
from services.routing.rota.reading import Rotas
from shared.areas import door_said
from shared.clock import now
from shared.commands.request import AssignGrid, LeaveInTriage, NameAccused
from shared.desk import Desk
from shared.envelope import History
from shared.events.submission import RequestSubmitted
from shared.ids import post_id
from shared.journal import Journal
from shared.refusal import Refused
from shared.vault import Vault
from shared.words import Duty, Severity

_OLD_NEWS = timedelta(days=7)


@dataclass(frozen=True)
class Owner:
    """Which area has it, and who stands there."""

    area: str
    worker: str | None
    community: str | None
    level: Literal["grid", "community", "street"] = "grid"
    rota: str | None = None


class Assigning:
    """What a decision needs to know: the grid book, the policy, and, where a rule asks for words, what was said."""

    def __init__(
        self, desk: Desk, book: GridBook, policies: Policies, vault: Vault, journal: Journal
    ) -> None:
        self.policies = policies
        self._desk = desk
        self._book = book
        self._vault = vault
        self._journal = journal
        self.accusing = Accusing(desk, book, vault)
        self._rotas = Rotas(policies.tenant, desk, book)

    async def command(
        self, history: History, event: RequestSubmitted, named: dict[str, Any]
    ) -> AssignGrid | LeaveInTriage:
        """Return what to do with what was submitted. Raises what the store, the journal and the vault raise."""
        held = await self.policies.present()
        covering = await self._covering(history, event)
        decision = assign(held.clocks, await self.matter(history, event, held), _placed(covering))
        owner = await self._owner(history.tenant, decision, covering)
        if owner is None and decision.send is not None and isinstance(covering, Covered):
            # The grid that the rule names is drawn no more.
            owner = Owner(covering.grid, covering.worker, covering.community)
        accused = await self.accusing.of(history, event, covering)
        reason = covering.reason if isinstance(covering, Uncovered) else "in_no_grid"
        where: dict[str, Any] = {"grid": owner and owner.area, "community": owner and owner.community}
        if owner is not None and accused.anybody:
            owner, reason = await self._somebody_else(owner, decision, accused), "nobody_left"
        elif owner is not None and decision.severity is Severity.RED and not event.imported:
            owner = await self._by_the_rota(owner, held, covering, named["at"])
        if owner is None:
            return LeaveInTriage(
                **named,
                **accused.hidden,
                **where,
                reason=reason,
                plan=covering.plan,
                imported=event.imported,
            )
        if owner.worker is None:
            return LeaveInTriage(
                **named,
                reason="nobody_on_duty",
                grid=owner.area,
                community=owner.community,
                plan=covering.plan,
                imported=event.imported,
            )
        at: datetime = named["at"]
        # A clock that ran out before we were told of the matter says nothing about anybody.
        ended = event.outcome is not None  # what it took is counted
        running = not event.imported or ended or now() - event.at < _OLD_NEWS
        until = held.clocks.deadlines(event.category, decision.severity, at) if running else None
        by_place = isinstance(covering, Covered) and owner.area == covering.grid
        return AssignGrid(
            **named,
            **accused.hidden,
            level=owner.level,
            rota=owner.rota,
            grid=owner.area,
            worker=owner.worker,
            plan=covering.plan or "",
            rule=covering.rule if by_place and isinstance(covering, Covered) else "policy",
            community=owner.community,
            severity=decision.severity,
            accept_by=until and until.accept_by,
            contact_by=until and until.contact_by,
            due_at=until and until.due_at,
            remind_at=until and until.remind_at,
            imported=event.imported,
            policy=held.revision,
            matched=decision.used,
        )

    async def matter(self, history: History, event: RequestSubmitted, held: Held) -> Matter:
        """What the rules ask about. The words are opened only where a rule asks for some."""
        text = ""
        if event.sealed is not None and any(rule.words or rule.not_words for rule in held.policy.rules):
            text = (await self._vault.open(history.subject, event.sealed) or {}).get("text", "")
        return Matter(event.category, event.kind, event.channel, event.at, text)

    async def by_hand(self, command: AssignGrid) -> AssignGrid:
        """Fill in what a person who names a grid need not type. Raises Refused."""
        covered = await self._book.by_hand(command.grid)
        if covered is None:
            raise Refused("unknown_grid", grid=command.grid)
        if command.worker is not None:
            await self._book.must_be_posted(command.worker)
        held = await self.policies.present()
        said = await self._said(command.tenant, command.request)
        whose = await self.accusing.by_hand(command, said, covered)
        until = held.clocks.deadlines(said and said.category, command.severity, command.at)
        if not command.actor.startswith(("staff:", "worker:")):  # nobody sets his own deadline
            set_by_service = command.model_dump(
                include={"accept_by", "contact_by", "due_at"}, exclude_none=True
            )
            until = replace(until, **set_by_service)
        return command.model_copy(
            update={
                **whose,
                "community": covered.community,
                "plan": covered.plan,
                "accept_by": until.accept_by,
                "contact_by": until.contact_by,
                "due_at": until.due_at,
                "remind_at": until.remind_at,
                "imported": False,
                "rota": None,
                "policy": held.revision,
                "matched": (),
            }
        )

    async def naming(self, command: NameAccused) -> NameAccused:
        """Fill in who they all are, whose it is instead, and until when he has to accept it. Raises Refused."""
        state: State = await self._desk.state("request", command.tenant, command.request)
        held = await (self.policies.of(state.policy) if state.grid else self.policies.present())
        said = await self._said(command.tenant, command.request)
        known = await self.accusing.named(command, said)
        until = held.clocks.deadlines(said and said.category, state.severity, command.at)
        return known.model_copy(update={"accept_by": until.accept_by})

    async def _said(self, tenant: str, request: str) -> RequestSubmitted | None:
        found = await self._journal.after(History(tenant, "intake", "submission", request), 0)
        return found.event if found and isinstance(found.event, RequestSubmitted) else None

    async def door(self, history: History, event: RequestSubmitted) -> tuple[str | None, str | None]:
        """Which entrance and unit was said; both stand sealed."""
        opened = await self._vault.open(history.subject, event.sealed) if event.sealed else None
        return door_said(opened or {})

    async def _covering(self, history: History, event: RequestSubmitted) -> Covered | Uncovered:
        """By building first. One that grids share by its entrances or units needs them, and they are opened then."""
        covering = await self._book.covering(event.place)
        if event.place.building is None or (isinstance(covering, Covered) and covering.rule == "building"):
            return covering
        entrance, unit = await self.door(history, event)
        return await self._book.covering(event.place, entrance=entrance, unit=unit)

    async def _owner(self, tenant: str, decision: Decision, covering: Covered | Uncovered) -> Owner | None:
        if decision.send is not None:
            return await self._of_target(tenant, decision.send)
        if isinstance(covering, Uncovered):
            return None
        return Owner(covering.grid, covering.worker, covering.community)

    async def _by_the_rota(
        self, owner: Owner, held: Held, covering: Covered | Uncovered, at: datetime
    ) -> Owner:
        """What is red does not wait until morning: outside working hours, or while somebody stands in for the worker, it is
        whoever the rota names (值班).
        """
        stands_in = isinstance(covering, Covered) and covering.duty is not Duty.WORKER
        if held.clocks.calendar.working_at(at) and not stands_in:
            return owner
        found = await self._rotas.on_duty(owner.area, at)
        return owner if found is None else replace(owner, worker=found[0], rota=found[1])

    async def _somebody_else(self, owner: Owner, decision: Decision, accused: Accused) -> Owner | None:
        """A head whom the policy names may have it, unless it accuses him; else the next head above the accused."""
        if isinstance(decision.send, ToHead) and owner.worker and owner.worker not in accused.workers:
            return owner
        head = await self.accusing.head_for(accused)
        return head and replace(owner, worker=head.worker, level=level_of(head))

    async def _of_target(self, tenant: str, send: Target) -> Owner | None:
        if isinstance(send, ToGrid):
            covered = await self._book.by_hand(send.grid)
            return covered and Owner(covered.grid, covered.worker, covered.community)
        covered = await self._book.by_hand(send.area)
        if isinstance(send, ToHead):
            worker = await self._book.head_of(send.area)
        else:
            post = await self._desk.state("post", tenant, post_id(tenant, send.area, send.duty))
            there = post.worker is not None and not await self._book.away(post.worker)
            worker = post.worker if there else covered and covered.worker
        return Owner(send.area, worker, covered.community if covered else send.area)


def _placed(covering: Covered | Uncovered) -> Placed | None:
    if isinstance(covering, Uncovered):
        return None
    return covering.grid, cast("Literal['building', 'position']", covering.rule)
