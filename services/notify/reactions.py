"""Who is told when something moves: the worker responsible, a head, the grid's chat group. Whoever else is in it: moves.py."""

from typing import Literal

from services.notify.telling import Work, matter, tell, told_of
from shared.clock import now
from shared.documents import Body
from shared.envelope import Fact
from shared.events.event import Event
from shared.events.request import (
    AccusedNamed,
    DeadlineMissed,
    DeadlineReminded,
    FeedbackRecorded,
    GridAssigned,
    GuidanceSent,
    RequestClosed,
    RequestEscalated,
    RequestReopened,
    RequestReportedUp,
    RequestTransferred,
    ResidentAnswered,
    ResidentAsked,
    StallNoticed,
)
from shared.events.submission import RequestAmended, RequestSubmitted
from shared.events.topic import TopicProposed
from shared.observability import CHAIN_SECONDS
from shared.reaction import Reactions, is_news
from shared.words import Severity

reactions: Reactions[Work] = Reactions()


_WORKER_HEARS: dict[type[Event], str] = {
    GridAssigned: "sms.worker.assigned",
    AccusedNamed: "sms.worker.assigned",
    RequestTransferred: "sms.worker.assigned",
    RequestReopened: "sms.worker.reopened",
    FeedbackRecorded: "sms.worker.feedback",
    DeadlineMissed: "sms.worker.overdue",
    DeadlineReminded: "sms.worker.reminder",
    ResidentAnswered: "sms.worker.answered",
    RequestReportedUp: "sms.worker.reported_up",
    RequestAmended: "sms.worker.amended",
    StallNoticed: "sms.worker.stalled",
}
_REPORTER_HEARS: dict[type[Event], str] = {
    RequestSubmitted: "sms.reporter.received",
    ResidentAsked: "sms.reporter.asked",
}


_TAKERS = (GridAssigned, AccusedNamed, RequestTransferred, RequestReportedUp)
"""Whoever has it from now on is named by the fact itself."""


async def tell_the_worker(fact: Fact, event: Event, work: Work) -> None:
    """The worker responsible is told over chat."""
    about = await matter(fact, work)
    if _told_otherwise(event, about):
        return
    worker = event.worker if isinstance(event, _TAKERS) else about.get("worker")
    if worker is not None and is_news(fact, work.oldest_news):
        template = _WORKER_HEARS[type(event)]
        worker = await work.standing_in.whoever_is_there(
            worker, about.get("area"), fact.recorded, about.get("hidden_from", ())
        )
        danger = isinstance(event, GridAssigned) and event.severity is Severity.RED
        to = f"worker:{worker}"
        await _tell(fact, work, to=to, over="chat", template=template, about=about, duty=danger)
        if isinstance(event, GridAssigned) and (recorded := about.get("recorded")):
            CHAIN_SECONDS.labels("delivery_requested").observe(max(0.0, (now() - recorded).total_seconds()))


def _told_otherwise(event: Event, about: Body) -> bool:
    """Not solved opens it again, which the worker hears; and of a matter that opens again, by its lead alone."""
    match event:
        case FeedbackRecorded():
            return not event.solved
        case RequestReopened():
            return bool(about.get("matter"))
        case _:
            return False


for _event in _WORKER_HEARS:
    reactions.on(_event)(tell_the_worker)


async def tell_the_reporter(fact: Fact, event: Event, work: Work) -> None:
    """Whoever said it and left a number is told by SMS what concerns nobody else in the matter."""
    about = await matter(fact, work)
    if about.get("reachable") and is_news(fact, work.oldest_news):
        to, template = f"reporter:{fact.history.id}", _REPORTER_HEARS[type(event)]
        await _tell(fact, work, to=to, over="sms", template=template, about=about)


for _event in _REPORTER_HEARS:
    reactions.on(_event)(tell_the_reporter)


async def tell_the_head(fact: Fact, event: RequestEscalated | StallNoticed, work: Work) -> None:
    """What was missed, or what nobody touches, a head hears of."""
    about = await matter(fact, work)
    if event.head is not None and event.head != about.get("worker") and is_news(fact, work.oldest_news):
        to = f"worker:{event.head}"
        await _tell(fact, work, to=to, over="chat", template="sms.worker.escalated", about=about)


reactions.on(RequestEscalated)(tell_the_head)
reactions.on(StallNoticed)(tell_the_head)


@reactions.on(RequestClosed)
async def tell_that_nobody_answered(fact: Fact, event: RequestClosed, work: Work) -> None:
    """It ends without the resident's word; whoever left a number hears so, and may still answer."""
    about = await matter(fact, work)
    if event.reason == "no_answer" and about.get("reachable") and is_news(fact, work.oldest_news):
        to = f"reporter:{fact.history.id}"
        await _tell(fact, work, to=to, over="sms", template="sms.reporter.not_answered", about=about)


@reactions.on(RequestClosed)
async def tell_that_it_was_taken_back(fact: Fact, event: RequestClosed, work: Work) -> None:
    """The resident needs it no more: nobody goes there in vain."""
    about = await matter(fact, work)
    worker = about.get("worker")
    if event.reason == "withdrawn" and worker is not None:
        worker = await work.standing_in.whoever_is_there(
            worker, about.get("area"), fact.recorded, about.get("hidden_from", ())
        )
        to, template = f"worker:{worker}", "sms.worker.withdrawn"
        await _tell(fact, work, to=to, over="chat", template=template, about=about)


@reactions.on(GuidanceSent)
async def pass_the_guidance_on(fact: Fact, event: GuidanceSent, work: Work) -> None:
    """Whoever said it gets the office's worded reply, as it stood in the set that it was sent from."""
    about = await matter(fact, work)
    if about.get("reachable"):
        sent = {"guidance": event.guidance, "guidance_version": str(event.guidance_version)}
        to = f"reporter:{fact.history.id}"
        await tell(fact, work, to, "sms.reporter.guidance", told_of(about) | sent, over="sms")


@reactions.on(TopicProposed)
async def tell_the_group(fact: Fact, event: TopicProposed, work: Work) -> None:
    """What many called for is put to the neighbours in the grid's chat groups (网格微群)."""
    if is_news(fact, work.oldest_news):
        about = {"grid": event.grid, "category": event.category}
        for group in await work.telling.addresses.groups.of(fact.history.tenant, {event.grid}):
            await _tell(fact, work, to=group.recipient, over="chat", template="sms.group.topic", about=about)


def is_accused(to: str, about: Body) -> bool:
    role, _, name = to.partition(":")
    return role == "worker" and name in about.get("hidden_from", ())


async def _tell(
    fact: Fact,
    work: Work,
    *,
    to: str,
    over: Literal["sms", "chat"],
    template: str,
    about: Body,
    duty: bool = False,
) -> None:
    """Whoever it accuses hears nothing of it, whatever the occasion."""
    if not is_accused(to, about):
        await tell(fact, work, to, template, told_of(about), over=over, duty=duty)
