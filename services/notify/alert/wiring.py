"""Connects warnings with their service: commands completed, files of other systems, questions, clocks."""

from datetime import timedelta
from typing import Any

from services.notify.alert import asked, broadcasting, reactions
from services.notify.alert.domain import ALERT
from services.notify.alert.levels import Levels
from services.notify.alert.relaying import Relaying
from services.notify.alert.wording import Telling
from services.notify.telling import Work as TellingWork
from shared.answering import BadRequestError
from shared.clock import now
from shared.commands.alert import UNREAD, RelayAlert
from shared.commands.command import Command
from shared.ids import new_id
from shared.journal import UnavailableError
from shared.messages import Messages
from shared.observability import log
from shared.plans import PresentPlan
from shared.reaction import Reactions
from shared.refusal import Refused, Reply
from shared.service import Service
from shared.store import StoreError

_SWEEP_EVERY = timedelta(minutes=1)
_SWEPT_AT_ONCE = 200


class Alerts:
    def __init__(self, service: Service, present: PresentPlan, levels: Levels, told: TellingWork) -> None:
        self._service = service
        self.relaying = Relaying(service.store, service.desk, present, levels)
        telling = Telling(Messages(), service.settings)
        self._work = broadcasting.Work(told, service.bus, levels, telling)

    def listen(self, every: Reactions[Any]) -> None:
        """Answer what is asked, and react with whatever else follows the journal."""
        every.include(reactions.reactions, self._work)
        bus = self._service.bus
        bus.answer_timers(self.check)
        bus.answer_queries("Alert", self.asked)
        bus.answer_inbound("inbound.cap.alert", self.take)
        self._service.every(_SWEEP_EVERY, self.sweep)

    async def answer(self, command: Command, cause: str) -> Reply:
        """Of every command that notify gets: those about warnings completed first. Raises Refused, UnavailableError."""
        return await self._service.answer(await self.relaying.filled_in(command), cause)

    async def asked(self, question: dict[str, Any]) -> dict[str, Any]:
        return await asked.alert(self.relaying, self._service.settings.tenant, question)

    async def take(self, said: dict[str, Any]) -> Any:
        """Another system's file: answered when the journal has it. Raises BadRequestError, Refused, UnavailableError."""
        if unknown := said.keys() - {"file"}:
            raise BadRequestError(f"{min(unknown)[:40]}: not known here")
        data = asked.sent_file(said)
        wish = RelayAlert(
            id=new_id(),
            tenant=self._service.settings.tenant,
            actor="service:cap",
            at=now(),
            alert=UNREAD,
            file=data,
        )
        command = await self.relaying.filled_in(wish)
        reply = await self._service.answer(command, "")
        return {"alert": command.history, "event": reply.event}

    async def check(self, question: dict[str, Any]) -> None:
        """Has everybody seen it? Raises Refused, UnavailableError and what the store raises."""
        wish = reactions.check(question["tenant"], question["id"])
        await self._service.desk.do(await self.relaying.filled_in(wish))

    async def sweep(self) -> None:
        """A lost timer is a late one."""
        moment = now()
        due = self._service.store.documents(ALERT.aggregate).find(
            {"body.check_at": {"$lte": moment}, "body.over_at": {"$gt": moment}}, {"tenant": 1, "id": 1}
        )
        async for row in due.sort("body.check_at", 1).limit(_SWEPT_AT_ONCE):
            try:
                await self.check({"tenant": row["tenant"], "id": row["id"]})
            except (Refused, UnavailableError, StoreError, TimeoutError) as put_off:
                log.warning("sweep_put_off", of="alert", error=type(put_off).__name__)
