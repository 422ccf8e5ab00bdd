"""What follows a bulletin: the grids that it is for are told that it is out, with the address of its page."""

from dataclasses import dataclass
from datetime import timedelta

from shared.clock import now
from shared.commands.notice import PublishNotice
from shared.desk import Desk
from shared.envelope import Fact
from shared.events.bulletin import BulletinPublished
from shared.events.notice import Audience, Words
from shared.ids import named_id
from shared.messages import Messages
from shared.reaction import Reactions, is_news
from shared.settings import Settings


@dataclass(frozen=True)
class Work:
    desk: Desk
    settings: Settings
    messages: Messages


reactions: Reactions[Work] = Reactions()


@reactions.on(BulletinPublished)
async def tell_the_grids(fact: Fact, event: BulletinPublished, work: Work) -> None:
    """One notice an edition: its id is named by the fact, so a repeat finds it published."""
    oldest_news = timedelta(days=work.settings.oldest_news_days)
    if not event.roles or not is_news(fact, oldest_news):
        return
    state = await work.desk.state("bulletin", fact.history.tenant, fact.history.id)
    if state.text is None:
        return
    notice = named_id("notice", fact.id)
    command = PublishNotice(
        id=named_id(notice, "publish"),
        tenant=fact.history.tenant,
        actor=fact.actor,
        at=now(),
        notice=notice,
        kind="bulletin",
        title=state.text.title,
        text=_words(fact.history.id, event, state.text.title, work),
        audience=Audience(grids=state.grids, roles=event.roles),
        because=fact.id,
    )
    await work.desk.do(command, cause=fact.id)


def _words(bulletin: str, event: BulletinPublished, title: Words, work: Work) -> Words:
    url = f"{work.settings.public_url.rstrip('/')}/b/{bulletin}"
    slug = "bulletin.told" if event.edition == 1 else "bulletin.told.corrected"
    said = {"url": url, "edition": event.edition, "why": event.why}
    return Words(
        zh=work.messages.text("zh", slug, title=title.zh, **said),
        en=work.messages.text("en", slug, title=title.en or title.zh, **said),
    )
