"""Working through notices: freeze the list, then request its deliveries page by page, pipelined.

A crash anywhere loses nothing and repeats nothing: a page's mark is written after the last of its deliveries was
acknowledged, a delivery's id is named by notice, recipient and channel, and the journal refuses a second one.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.notify.delivery.courtesy import Courtesy
from services.notify.notice.choosing import Choice, Choosing, Wish, topic_of
from services.notify.notice.domain import NOTICE, State
from services.notify.notice.lists import PAGE, Item, Lists
from shared.clock import now
from shared.commands.delivery import RequestDelivery
from shared.commands.notice import AdvanceNotice, FinishNotice, StartNotice
from shared.desk import Desk, Done
from shared.events.notice import LeftOut, NoticeKind, NoticePublished
from shared.ids import named_id
from shared.journal import UnavailableError
from shared.observability import log
from shared.refusal import NOT_NOW, Refused
from shared.store import Store, StoreError

_LEASE = timedelta(seconds=5)
_EVERY = timedelta(seconds=0.5)
_BREATH = 100
"""So many are requested before we look whether somebody else has something to say."""
_OPEN = ("published", "running")
_URGENT = {"red": 0, "orange": 1, "yellow": 2, "blue": 3}


@dataclass
class Broadcasts:
    """``replica``: who we are among those who could do the same. The journal keeps two of them right, the lease from
    doing everything twice.
    """

    store: Store
    desk: Desk
    lists: Lists
    choosing: Choosing
    replica: str
    courtesy: Courtesy
    requesting: bool = False

    async def run(self) -> None:
        """Work through whatever is to go out, until cancelled."""
        while True:
            try:
                worked = await self.work()
            except (UnavailableError, StoreError, TimeoutError) as absent:
                log.warning("broadcast_put_off", error=type(absent).__name__)
                worked = False
            except Exception:  # noqa: BLE001 - one that breaks keeps no other waiting
                log.exception("broadcast_broke")
                worked = False
            if not worked:
                await asyncio.sleep(_EVERY.total_seconds())

    async def work(self) -> bool:
        """Take one step with each notice whose time has come, the most urgent first. Returns whether there was one."""
        asked = {"body.stage": {"$in": _OPEN}, "body.said.starts": {"$lte": now()}}
        fields = {"tenant": 1, "id": 1, "body.said.level": 1, "body.said.starts": 1}
        due = [row async for row in self.store.documents(NOTICE.aggregate).find(asked, fields)]
        due.sort(key=lambda row: (_rank(row["body"]["said"]), row["body"]["said"]["starts"]))
        worked = False
        for row in due:
            if await self._ours(row["_id"]):
                worked = await self._step(row["tenant"], row["id"]) or worked
                break  # what is urgent and came meanwhile goes first
        return worked

    async def _ours(self, name: str) -> bool:
        """Take the lease, or renew ours. It is a hint: nothing is wrong when two have it."""
        free = {"$or": [{"holder": self.replica}, {"until": {"$lt": now()}}]}
        mark = {"$set": {"holder": self.replica, "until": now() + _LEASE}}
        leases = self.store.collection("notice_leases")
        if (await leases.update_one({"_id": name, **free}, mark)).matched_count:
            return True
        await leases.update_one({"_id": name}, {"$setOnInsert": {"holder": "", "until": now()}}, upsert=True)
        return False

    async def _step(self, tenant: str, notice: str) -> bool:
        """Freeze the list, or request one page of it, or say that it is done."""
        state: State = await self.desk.state(NOTICE.aggregate, tenant, notice)
        said = state.said
        if said is None or state.stage not in _OPEN:
            return False
        envelope: dict[str, Any] = {"tenant": tenant, "actor": "service:notify", "notice": notice}
        if state.stage == "published":
            frozen = await self._frozen(tenant, notice, state)
            command = StartNotice(id=named_id(notice, "start"), at=now(), **envelope, **frozen)
        elif state.upto < len(state.pages):
            items = await self.lists.get(tenant, state.pages[state.upto])
            await self._request(tenant, notice, said, items)
            upto = state.upto + 1
            command = AdvanceNotice(
                id=named_id(notice, "advance", str(upto)), at=now(), **envelope, upto=upto
            )
        else:
            command = FinishNotice(id=named_id(notice, "finish"), at=now(), **envelope)
        await self.desk.do(command)
        return True

    async def _frozen(self, tenant: str, notice: str, state: State) -> dict[str, Any]:
        """Return what ``StartNotice`` says: the pages stand in the stream before the journal names them."""
        assert state.said is not None
        said, choice = state.said, Choice()
        wish = Wish(said.audience, said.within, said.channels, said.kind, said.level)
        pages: list[str] = []
        page: list[Item] = []
        try:
            async for some in self.choosing.items(tenant, wish, now(), choice):
                page += some
                while len(page) >= PAGE:
                    pages.append(await self.lists.put(tenant, page[:PAGE]))
                    del page[:PAGE]
                await self._ours(f"{tenant}:{notice}")
        except Refused as refused:
            if refused.reason in NOT_NOW:
                raise UnavailableError(refused.reason) from refused
            log.warning("notice_to_nobody", reason=refused.reason)  # what it names is no more
        if page:
            pages.append(await self.lists.put(tenant, page))
        left_out = [LeftOut.model_validate({"reason": r, "number": n}) for r, n in choice.left_out.items()]
        return {
            "pages": tuple(pages),
            "recipients": choice.recipients,
            "deliveries": choice.deliveries,
            "left_out": tuple(left_out),
        }

    async def _request(self, tenant: str, notice: str, said: NoticePublished, items: list[Item]) -> None:
        """Request all of them at once and wait for every acknowledgement. Raises UnavailableError."""
        at = now()

        def wish(item: Item) -> RequestDelivery:
            delivery = named_id("delivery", notice, item.recipient, item.channel)
            return RequestDelivery(
                id=delivery,
                tenant=tenant,
                actor="service:notify",
                at=at,
                delivery=delivery,
                because=notice,
                recipient=item.recipient,
                channel=item.channel,
                template=template_of(said.kind),
                bulk=True,
                notice=notice,
                topic=topic_of(said.kind),
                level=said.level,
                language=item.language,
                not_before=item.not_before,
                held=item.held,
            )

        self.requesting = True
        try:
            requests: list[asyncio.Task[Done]] = []
            for place, item in enumerate(items):
                if place % _BREATH == 0:
                    await self.courtesy()
                requests.append(asyncio.create_task(self.desk.begin(wish(item), cause=notice)))
            await asyncio.gather(*requests)
        finally:
            self.requesting = False


def template_of(kind: NoticeKind) -> str:
    """What the providers' approved templates are chosen by; the words are the notice's own."""
    return "sms.alert.notice" if kind == "alert" else "sms.notice"


def _rank(said: dict[str, Any]) -> int:
    return _URGENT.get(said.get("level") or "", len(_URGENT))
