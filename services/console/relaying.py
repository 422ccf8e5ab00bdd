"""What staff read of chat groups (网格微群) and of relay cards, which a worker carries into a group that no API reaches."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel

from services.console.rooms import Rooms, json_answer
from shared.http import ProblemError, problems
from shared.staff import Staff

RELAYS_OF_WORKERS = ("ConfirmRelay",)
RELAYS_OF_STAFF = ("SetChatGroup", "CloseChatGroup")


class ChatGroup(BaseModel):
    """``group``: null where the grid plan names it. ``gateway``: what brings messages there; ``person``: a worker does."""

    group: str | None
    grid: str
    name: str
    address: str
    gateway: str


class ChatGroups(BaseModel):
    """``gateways``: those that an address may begin with."""

    items: list[ChatGroup]
    gateways: list[str]


class Card(BaseModel):
    """``by``: who relayed it."""

    delivery: str
    grid: str | None
    group: str | None
    text: str
    stands: Literal["handed_over", "confirmed", "lapsed", "cancelled"]
    handed_at: AwareDatetime
    until: AwareDatetime
    by: str | None
    relayed_at: AwareDatetime | None


class Counts(BaseModel):
    """Of the last 30 days."""

    waiting: int
    relayed: int
    lapsed: int


class Cards(BaseModel):
    items: list[Card]
    counts: Counts


class Relaying:
    """What notify knows of groups and cards, for whoever may see it."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def groups(self, staff: Staff) -> dict[str, Any]:
        return await self._ask("ChatGroups", {"within": await self._rooms.seeing.grids(staff)})

    async def cards(self, staff: Staff) -> dict[str, Any]:
        """A worker's are those of the grids that he stands on."""
        if staff.role == "worker":
            return await self._ask("RelayCards", {"worker": staff.sub})
        return await self._ask("RelayCards", {"within": await self._rooms.seeing.grids(staff)})

    async def _ask(self, what: str, asked: dict[str, Any]) -> dict[str, Any]:
        return await self._rooms.bus.ask(f"query.notify.{what}", asked)


def relay_routes(rooms: Rooms, signed_in: Any) -> APIRouter:
    """``signed_in`` says whose token it is."""
    routes = APIRouter(tags=["chat groups"])
    relaying = Relaying(rooms)

    @routes.get("/v1/chat-groups", response_model=ChatGroups, responses=problems(401, 403, 503))
    async def chat_groups(staff: Annotated[Staff, signed_in]) -> Response:
        """The chat groups (网格微群) of the grids, and what brings messages there."""
        if staff.role == "worker":
            raise ProblemError(403, "forbidden", "This is not for grid workers.")
        return json_answer(await relaying.groups(staff))

    @routes.get("/v1/relay-cards", response_model=Cards, responses=problems(401, 503))
    async def relay_cards(staff: Annotated[Staff, signed_in]) -> Response:
        """Messages that somebody carries into a chat group: those that wait first, and what became of the last ones."""
        return json_answer(await relaying.cards(staff))

    return routes
