"""A request moves: everyone in it hears it, once. Who that is stands in voices.py; what each hears, in the table here.

Routing tells each request of a matter by a fact of its own when it is accepted, resolved, declined or opened again; of
whatever happens to the lead alone (it is held, paused, reported up, handed on) notify tells the others.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from services.notify.reactions import reactions
from services.notify.telling import Work, matter, tell, told_of
from services.notify.voices import Voice, Voices
from shared.documents import Body
from shared.envelope import Fact
from shared.events.event import Event
from shared.events.request import (
    ClockPaused,
    RequestAccepted,
    RequestClosed,
    RequestDeclined,
    RequestHeld,
    RequestJoinedMatter,
    RequestReopened,
    RequestReportedUp,
    RequestResolved,
    RequestTransferred,
)
from shared.reaction import is_news
from shared.words import Kind

MANY = 3
"""People who call for it: then its grid's chat group hears that it is done."""
_OF_A_PLACE = (Kind.ISSUE.value, Kind.SUGGESTION.value, Kind.FINDING.value)
"""What a chat group may hear of; what concerns a person it may not."""


@dataclass(frozen=True)
class News:
    """``template``: what comes after sms.reporter. and sms.supporter.; ``supporters`` hear it, too; ``followers``: nobody
    else tells those whose requests follow this one.
    """

    template: str
    supporters: bool = False
    followers: bool = False


def news_of(event: Event, about: Body) -> News | None:
    """What everyone in it hears. No words that somebody wrote go into another's message: reasons stand on the page."""
    match event:
        case RequestAccepted():
            return News("accepted")
        case RequestResolved():
            return News("resolved", supporters=True)
        case RequestDeclined():
            return News("declined", supporters=True)
        case RequestReopened():
            return News("reopened", supporters=True)
        case RequestHeld():
            return News("held", supporters=True, followers=True)
        case RequestReportedUp():
            return News("reported_up", supporters=True, followers=True)
        case ClockPaused(reason="waiting_for_resident"):
            return News("waiting_for_you")
        case ClockPaused(reason="waiting_for_material"):
            return News("waiting_for_material", followers=True)
        case ClockPaused():
            return News("paused", followers=True)
        case RequestTransferred():
            return News("handed_on", followers=True) if about.get("handed_on") else None
        case RequestClosed(reason="by_staff"):
            return News("closed")
        case _:
            return None


async def tell_everyone_in_it(fact: Fact, event: Event, work: Work) -> None:
    """Nobody is told what he did himself."""
    about = await matter(fact, work)
    news = news_of(event, about)
    if news is None or not is_news(fact, work.oldest_news):
        return
    async for voice in _concerned(fact, news, about, work):
        if voice.role == "supporter" and not news.supporters:
            continue
        if fact.actor != f"resident:{voice.name}":
            template = f"sms.{voice.role}.{news.template}"
            await tell(fact, work, voice.to, template, told_of(voice.about), over="sms")


def _concerned(fact: Fact, news: News, about: Body, work: Work) -> AsyncIterator[Voice]:
    voices = Voices(work, fact.history.tenant)
    return (voices.of_all if news.followers else voices.of)(fact.history.id, about)


for _event in (
    RequestAccepted,
    RequestResolved,
    RequestDeclined,
    RequestReopened,
    RequestHeld,
    RequestReportedUp,
    ClockPaused,
    RequestTransferred,
    RequestClosed,
):
    reactions.on(_event)(tell_everyone_in_it)


@reactions.on(RequestJoinedMatter)
async def tell_whose_request_joined(fact: Fact, event: RequestJoinedMatter, work: Work) -> None:
    """From now on it goes the way of another one. That chains were straightened is nobody's news."""
    if fact.actor.startswith("service:"):
        return
    about = await matter(fact, work)
    async for voice in Voices(work, fact.history.tenant).of(
        fact.history.id, about | {"matter": event.matter}
    ):
        if voice.role == "reporter":
            await tell(fact, work, voice.to, "sms.reporter.joined", told_of(about), over="sms")


@reactions.on(RequestResolved)
async def tell_the_group(fact: Fact, _event: RequestResolved, work: Work) -> None:
    """What many neighbours called for, and what concerns the place alone: the grid's chat group hears that it is done."""
    about = await matter(fact, work)
    many = about.get("people", 1) >= MANY and not about.get("matter")
    open_to_all = about.get("kind") in _OF_A_PLACE and not about.get("hidden_from")
    if many and open_to_all and (grid := about.get("grid")):
        values = {"grid": grid, "category": about.get("category") or ""}
        await tell(fact, work, f"group:{grid}", "sms.group.resolved", values)


async def tell_whoever_had_it(fact: Fact, event: RequestTransferred | RequestReportedUp, work: Work) -> None:
    """It was taken off a worker's desk, and not by himself."""
    about = await matter(fact, work)
    before = event.from_worker
    moved = before is not None and before not in (event.worker, *about.get("hidden_from", ()))
    if moved and fact.actor != f"worker:{before}":
        await tell(fact, work, f"worker:{before}", "sms.worker.passed_on", told_of(about))


reactions.on(RequestTransferred)(tell_whoever_had_it)
reactions.on(RequestReportedUp)(tell_whoever_had_it)
