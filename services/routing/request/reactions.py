"""What routing does when a fact appears: find the grid, set the clocks, follow the resident's word."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.routing.call_up.asking import CallUps
from services.routing.grid_book import GridBook
from services.routing.person.people import People
from services.routing.request.assigning import Assigning
from services.routing.request.completing import Completing
from services.routing.request.evolving import evolve
from services.routing.request.state import State
from shared.bus import Bus
from shared.clock import now
from shared.commands.request import (
    CloseRequest,
    FollowWithdrawal,
    RecordFeedback,
    ReopenRequest,
    ResolveRequest,
)
from shared.desk import Desk
from shared.envelope import Fact
from shared.events.event import Event
from shared.events.request import (
    AccusedNamed,
    ClockResumed,
    DeadlineMissed,
    DeadlineReminded,
    FeedbackRecorded,
    GridAssigned,
    RequestAccepted,
    RequestEscalated,
    RequestLeftMatter,
    RequestReopened,
    RequestReportedUp,
    RequestResolved,
    RequestTransferred,
    ResidentAnswered,
    ResidentContacted,
    SeverityChanged,
)
from shared.events.submission import PastOutcome, RequestSubmitted, RequestWithdrawn
from shared.ids import named_id
from shared.observability import CHAIN_SECONDS
from shared.reaction import Reactions
from shared.store import Store
from shared.vault import Vault

_SERVICE = "service:routing"
_OLD_NEWS = timedelta(days=7)


@dataclass(frozen=True)
class Work:
    desk: Desk
    store: Store
    book: GridBook
    bus: Bus
    people: People
    vault: Vault
    completing: Completing
    assigning: Assigning
    call_ups: CallUps


reactions: Reactions[Work] = Reactions()


@reactions.on(RequestSubmitted)
async def find_the_grid(fact: Fact, event: RequestSubmitted, work: Work) -> None:
    """Whoever covers the place takes the request, or whom the policy names; nobody: triage."""
    at = event.at if event.imported else now()
    named = _named(fact, "find_the_grid", at)
    named["person"] = await work.people.recognise(fact.history, event.sealed, event.at)
    command = await work.assigning.command(fact.history, event, named)
    await work.desk.do(command, cause=fact.id)
    if event.outcome is not None:
        await _follow_the_past(fact, event.outcome, work)
    if not event.imported:
        CHAIN_SECONDS.labels("assigned").observe(max(0.0, (now() - fact.recorded).total_seconds()))


async def _follow_the_past(fact: Fact, outcome: PastOutcome, work: Work) -> None:
    """What an imported row says of its end happened then, and nobody is asked again."""
    resolved = ResolveRequest(**_named(fact, "past_resolved", outcome.resolved_at), imported=True)
    await work.desk.do(resolved, cause=fact.id)
    if (answer := outcome.answer) is not None:
        named = _named(fact, "past_feedback", outcome.resolved_at)
        said = RecordFeedback(**named, solved=answer.solved, satisfaction=answer.satisfaction)
        await work.desk.do(said, cause=fact.id)


@reactions.on(RequestWithdrawn)
async def follow_the_withdrawal(fact: Fact, event: RequestWithdrawn, work: Work) -> None:
    """The resident took it back: it closes, whoever works on it."""
    await work.desk.do(FollowWithdrawal(**_named(fact, "follow", event.at)), cause=fact.id)


@reactions.on(GridAssigned)
async def set_the_clocks(fact: Fact, event: GridAssigned, work: Work) -> None:
    """A question for later. What it brings sets the next one."""
    await _ask_at(fact, evolve(State(), event).check_at, work)


async def set_the_next_clock(fact: Fact, _: Event, work: Work) -> None:
    """What happened moved a deadline, or took it away: the state knows what is waited for now."""
    state: State = await work.desk.state("request", fact.history.tenant, fact.history.id)
    await _ask_at(fact, state.check_at, work)


for _event in (
    AccusedNamed,
    RequestAccepted,
    ResidentContacted,
    RequestTransferred,
    RequestReportedUp,
    SeverityChanged,
    ClockResumed,
    ResidentAnswered,
    RequestLeftMatter,
    DeadlineReminded,
    DeadlineMissed,
    RequestEscalated,
    RequestResolved,
    RequestReopened,
):
    reactions.on(_event)(set_the_next_clock)


@reactions.on(FeedbackRecorded)
async def follow_the_resident(fact: Fact, event: FeedbackRecorded, work: Work) -> None:
    """Solved closes it; not solved opens it again, with a new clock."""
    named = _named(fact, "follow", event.at)
    if event.solved:
        await work.desk.do(CloseRequest(**named, reason="solved"), cause=fact.id)
    elif not (await work.desk.state("request", fact.history.tenant, fact.history.id)).done_before:
        again = ReopenRequest(**named, reason="not_solved")
        await work.desk.do(await work.completing.completed(again), cause=fact.id)


def _named(fact: Fact, what: str, at: datetime) -> dict[str, Any]:
    """A command's envelope. Its id follows from the fact, so reacting twice is once; what follows from an imported
    fact is imported, too.
    """
    history = fact.history
    return {
        "id": named_id(fact.id, what),
        "tenant": history.tenant,
        "actor": fact.actor if fact.actor.startswith("import:") else _SERVICE,
        "at": at,
        "request": history.id,
    }


async def _ask_at(fact: Fact, moment: datetime | None, work: Work) -> None:
    """A clock that has run out already is the sweep's."""
    if moment is None or moment < now():
        return
    tenant, request = fact.history.tenant, fact.history.id
    name = f"{tenant}.{request}.{int(moment.timestamp())}"
    await work.bus.set_timer(name, moment, {"tenant": tenant, "request": request})
