"""What follows from a reply: opting out, opting in, a word that it was heard; and people who are to be forgotten."""

from services.notify.reply.projection import WRITTEN_BACK
from services.notify.telling import Work, tell
from shared.commands.preference import SetPreferences
from shared.envelope import Fact
from shared.events.audit import PersonErased
from shared.events.preference import ReplyHeard
from shared.ids import named_id


async def do_as_they_say(fact: Fact, event: ReplyHeard, work: Work) -> None:
    """One confirmation a day at most, whatever is said how often: a machine that answers ours must not start a talk."""
    if event.meaning == "other":
        return
    wish = SetPreferences(
        id=named_id("reply's wish", fact.id),
        tenant=fact.history.tenant,
        actor="service:notify",
        at=event.at,
        holder=event.holder,
        stopped=event.meaning == "stop",
        how="reply",
    )
    await work.desk.do(wish, cause=fact.id)
    template = "sms.contact.stopped" if event.meaning == "stop" else "sms.contact.started"
    today = work.telling.preferences.local(event.at).date().isoformat()
    once = named_id("confirmation", event.holder, today)
    await tell(fact, work, event.holder, template, {}, over="sms", once=once)


async def forget_whose_they_were(fact: Fact, event: PersonErased, work: Work) -> None:
    """With the last box that named a contact its row goes, and what came back from there is unreadable, too. The
    preferences stay, and are nobody's.
    """
    telling = work.telling
    for holder in await telling.holders.forget(event.keys):
        said = {"tenant": fact.history.tenant, "body.holder": holder}
        found = telling.store.documents(WRITTEN_BACK.name).find(said, {"body.sealed.key": 1})
        await telling.addresses.destroy([row["body"]["sealed"]["key"] async for row in found])
