"""Overload is a defect: what waited for the same person becomes one message, which says the latest and how many there were.

Of what is due together the newest speaks for all. It alone takes the others in, before it is sent: so nothing is taken in
by a message that has gone out already, and a crash in between leaves nobody untold.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.notify.delivery.domain import DELIVERY
from shared.clock import now
from shared.commands.delivery import FoldDelivery
from shared.desk import Desk
from shared.documents import Body
from shared.ids import named_id
from shared.observability import DELIVERIES_KEPT_BACK
from shared.store import Store

_MOST = 500


@dataclass(frozen=True)
class Waiting:
    """One delivery that waited and is due."""

    id: str
    held: str
    code: str | None
    since: datetime

    def joins(self, other: "Waiting", *, staff: bool) -> bool:
        """The same matter is one message. Several matters are one list for staff, and for whoever chose a digest."""
        if self.code is not None and self.code == other.code:
            return True
        return staff or self.held == other.held == "digest"


def spoken_for(mine: Waiting, due: list[Waiting], *, staff: bool) -> list[Waiting] | None:
    """Return whom this one speaks for; None: a newer one speaks for it."""
    group = [each for each in due if each.id == mine.id or mine.joins(each, staff=staff)]
    newest = max(group, key=lambda each: (each.since, each.id), default=mine)
    return [each for each in group if each.id != mine.id] if newest.id == mine.id else None


@dataclass(frozen=True)
class Folding:
    store: Store
    desk: Desk

    async def take_in(self, tenant: str, delivery: str, state: Any) -> bool:
        """Take in what this one speaks for. False: a newer one speaks for it, and takes it in."""
        staff = state.whom is not None and state.whom.startswith("worker:")
        if state.held is None or not (staff or state.code or state.held == "digest"):
            return True  # nothing joins it
        mine = _waiting(delivery, state.model_dump())
        asked = {
            "tenant": tenant,
            "body.whom": state.whom,
            "body.check_at": {"$lte": now()},
            "body.channel": state.channel,
            "body.held": {"$ne": None},
            "body.status": {"$in": ["requested", "deferred"]},
        }
        found = self.store.documents(DELIVERY.aggregate).find(asked).limit(_MOST)
        due = [_waiting(row["id"], row["body"]) async for row in found]
        others = spoken_for(mine, due, staff=staff)
        if others is None:
            return False
        for other in others:
            command = FoldDelivery(
                id=named_id("fold", other.id, delivery),
                tenant=tenant,
                actor="service:notify",
                at=now(),
                delivery=other.id,
                into=delivery,
            )
            if (await self.desk.do(command, cause=delivery)).type is not None:
                DELIVERIES_KEPT_BACK.labels("folded").inc()
        return True

    async def taken_in(self, tenant: str, *deliveries: str) -> list[str]:
        """Return what these say, too, whatever was folded into what was folded into them."""
        found: list[str] = []
        edge = list(deliveries)
        while edge:
            rows = self.store.documents(DELIVERY.aggregate).find(
                {"tenant": tenant, "body.into": {"$in": edge}}, {"id": 1}
            )
            edge = [row["id"] async for row in rows]
            found += edge
        return found


def _waiting(delivery: str, body: Body) -> Waiting:
    return Waiting(delivery, body["held"] or "", body["code"], body["requested_at"])
