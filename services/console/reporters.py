"""Who said it, and whom they named: opened for a purpose that is on record first; and forgotten."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import StringConstraints

from services.console import answers
from services.console.audit.entry import Why, entry_of
from services.console.book import is_in_hand
from services.console.reading import WhoAsks
from services.console.rooms import Rooms, json_answer
from shared.commands.audit import ErasePerson, OpenPersonalData
from shared.documents import Body, Document
from shared.http import ProblemError, problems
from shared.staff import Staff
from shared.words import Kind

Named = Annotated[str, StringConstraints(max_length=64)]
_ALL = (400, 401, 403, 404, 409, 413, 415, 422, 503)


def reporter_routes(rooms: Rooms, who: WhoAsks) -> APIRouter:
    routes = APIRouter(tags=["people's data"])

    async def opened(document: Document, fields: tuple[str, ...], why: Why, staff: Staff) -> Body:
        if staff.role == "worker" and not await is_in_hand(rooms, staff, document["body"]):
            raise ProblemError(403, "forbidden", "Only the worker responsible may look.")
        entry = OpenPersonalData(
            **entry_of(staff), request=document["id"], fields=fields, purpose=why.purpose
        )
        await rooms.do(entry)
        return await rooms.ledger.opened(document, fields)

    @routes.post("/v1/requests/{named}/reporter", response_model=answers.Reporter, responses=problems(*_ALL))
    async def reporter(named: Named, why: Why, staff: Annotated[Staff, Depends(who)]) -> Response:
        """Name and phone of whoever said it; of a tip, a director alone. That somebody looked is on record before
        anything is opened.
        """
        document = await rooms.seeing.request(named, staff)
        if document["body"]["kind"] == Kind.TIP and staff.role != "director":
            raise ProblemError(403, "forbidden", "Who gave a tip is the director's to know.")
        return json_answer(
            await opened(document, ("name", "phone", "address", "entrance", "unit"), why, staff)
        )

    @routes.post(
        "/v1/requests/{named}/accused", response_model=answers.NamedAccused, responses=problems(*_ALL)
    )
    async def accused(named: Named, why: Why, staff: Annotated[Staff, Depends(who)]) -> Response:
        """The name that was said of whom it is about; they themselves never see it. That somebody looked is on record
        before anything is opened.
        """
        document = await rooms.seeing.request(named, staff)
        found = await opened(document, ("about",), why, staff)
        return json_answer(found if "erased" in found else {"name": found["about"]})

    @routes.post("/v1/requests/{named}/erasure", response_model=answers.Done, responses=problems(*_ALL))
    async def erase(named: Named, staff: Annotated[Staff, Depends(who)]) -> Response:
        """Forget who said it and what was said. The event first, then the keys; histories still count."""
        if staff.role == "worker":
            raise ProblemError(403, "forbidden", "This is not for grid workers.")
        document = await rooms.seeing.request(named, staff)
        keys = rooms.ledger.keys(document)
        return await rooms.do(ErasePerson(**entry_of(staff), request=document["id"], keys=keys))

    return routes
