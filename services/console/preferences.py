"""What the signed-in person wishes to hear, and what residents wrote back: at the staff's door."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import StringConstraints

from services.console.audit.entry import Why, entry_of
from services.console.reading import WhoAsks
from services.console.rooms import Rooms, json_answer
from shared.commands.audit import OpenPersonalData
from shared.envelope import History
from shared.events.event import Sealed
from shared.http import ProblemError, problems
from shared.staff import Staff

_READERS = ("staff", "secretary")
_FIELDS = ("phone", "text")


def preference_routes(rooms: Rooms, who: WhoAsks) -> APIRouter:
    routes = APIRouter(tags=["messages"])

    @routes.get("/v1/preferences", responses=problems(401, 503))
    async def mine(staff: Annotated[Staff, Depends(who)]) -> Response:
        """What one hears of oneself. It is changed by SetPreferences."""
        found = await rooms.bus.ask("query.notify.Preferences", {"holder": f"worker:{staff.sub}"})
        return json_answer(found)

    @routes.get("/v1/replies", responses=problems(401, 403, 422, 503))
    async def replies(
        staff: Annotated[Staff, Depends(who)], limit: Annotated[int, Query(ge=1, le=200)] = 50
    ) -> Response:
        """What was written back and nobody has seen to yet, newest first; without number and words."""
        rows = await _waiting(staff, limit)
        return json_answer({"items": [{k: v for k, v in row.items() if k != "sealed"} for row in rows]})

    @routes.post("/v1/replies/{reply}/words", responses=problems(400, 401, 403, 404, 409, 413, 415, 422, 503))
    async def words(
        reply: Annotated[str, StringConstraints(max_length=64)],
        why: Why,
        staff: Annotated[Staff, Depends(who)],
    ) -> Response:
        """Number and words of one reply. That somebody looked is on record before anything is opened."""
        found = next((row for row in await _waiting(staff, 200) if row["reply"] == reply), None)
        if found is None:
            raise ProblemError(404, "no_such_reply")
        await rooms.do(
            OpenPersonalData(**entry_of(staff), request=reply, fields=_FIELDS, purpose=why.purpose)
        )
        subject = History(staff.tenant, "notify", "reply", reply).subject
        opened = await rooms.service.vault.open(subject, Sealed.model_validate(found["sealed"]))
        if opened is None:
            return json_answer({"erased": True})
        return json_answer({name: opened.get(name) for name in _FIELDS})

    async def _waiting(staff: Staff, limit: int) -> list[dict[str, Any]]:
        if staff.role not in _READERS or staff.areas:
            raise ProblemError(403, "forbidden", "Replies are for the street office's staff.")
        return await rooms.bus.ask("query.notify.Replies", {"limit": limit})

    return routes
