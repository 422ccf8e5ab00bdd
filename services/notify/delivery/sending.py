"""Sending what was requested, as it stands in the journal. Never twice."""

from dataclasses import dataclass

from services.notify.delivery.due import Ready
from services.notify.delivery.in_hand import InHand
from services.notify.delivery.means import Means
from services.notify.delivery.projection import OUTBOX
from services.notify.gateways.gateway import Rejected, Unknown
from shared.clock import now
from shared.documents import Body, document_id

CANCELLED = "notice_cancelled"


@dataclass(frozen=True)
class Sending(Means):
    async def see_to(self, tenant: str, delivery: str) -> None:
        """Do whatever is due with one delivery. Raises what the journal and the store raise; repeating is safe."""
        wanted = await self._wanted(tenant, delivery)
        state = await self.desk.state("delivery", tenant, delivery)
        one = InHand(self, tenant, delivery, wanted, state, self.desk.do)
        overdue = state.check_at is not None and state.check_at <= now()
        notice = wanted.get("notice")
        match state.status:
            case "requested" | "deferred" if notice and await self.composing.sayings.cancelled(
                tenant, {notice}
            ):
                await one.record(Rejected(CANCELLED), None)
            case "requested" if overdue or state.not_before is None:
                await one.send()
            case "deferred" if overdue:
                await one.send()
            case "attempted" if overdue:  # somebody died in between
                lane = self.lanes.named(wanted["gateway"])
                await one.record(Unknown("interrupted"), lane)
            case "unknown" if overdue:
                await one.ask()
            case "handed_over" if overdue:
                await one.ask_who_relays()
            case _:
                return

    async def _wanted(self, tenant: str, delivery: str) -> Body:
        """Return its document of the outbox; while a broadcast stands before it in the stream, what it will be."""
        row = await self.store.documents(OUTBOX.name).find_one({"_id": document_id(tenant, delivery)})
        if row is not None:
            return row["body"]
        body: Body = {}
        for fact in await self.desk.told("delivery", tenant, delivery):
            body = OUTBOX.fold(body, fact)
        return body

    async def send(self, ready: Ready) -> None:
        """Send one whose message is ready, or put down why not. Raises as ``see_to`` does."""
        due = ready.due
        hand = self.desk.in_hand(due.history, due.state, due.version, due.revision)
        one = InHand(self, due.history.tenant, due.history.id, due.wanted, due.state, hand.do)
        if ready.unwanted:
            await one.record(Rejected(ready.unwanted), None)
        elif ready.not_before is not None:
            await one.put_off(ready.not_before)
        else:
            await one.send_this(ready.message)
