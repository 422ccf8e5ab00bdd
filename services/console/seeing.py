"""What is not theirs to see does not exist for them: one rule for every route and every command of the staff's door.

A request is seen by ``Sight``; what stands beside it (a joint task, a mediation, a delivery) as the request is; and what
belongs to an area (a patrol, a visit, a post, a rota, a call-up) is theirs whose token covers its community.
"""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, Final

from services.console import joint_work_models as models
from services.console.call_up_model import CALL_UPS
from services.console.post_model import POSTS
from services.console.projection import LEDGER
from services.console.sight import Sight
from services.console.wanted import Wanted
from shared.areas import Areas
from shared.bulletins import BULLETINS
from shared.commands.call_up import StandDownCallUp, WidenCallUp
from shared.commands.chat_group import CloseChatGroup
from shared.commands.command import Command
from shared.commands.delivery import ConfirmRelay
from shared.documents import Body, Document, Model
from shared.envelope import History, UnreadableError
from shared.http import ProblemError
from shared.ids import read_code, request_id
from shared.projection import document_now
from shared.staff import Staff

if TYPE_CHECKING:
    from services.console.rooms import Rooms

_NAMES_A_REQUEST: Final = ("request", "matter", "wish")
_BESIDE: Final[dict[str, Model]] = {
    model.name: model for model in (models.JOINT_TASKS, models.PATROLS, models.VISITS, models.VISIT_ROUNDS)
} | {"post": POSTS}
_OF_AN_AREA: Final = ("post", "patrol", "visit_round", "rota", "call_up", "chat_group")
"""What these commands name a grid or an area for is theirs alone who cover it. A request may go to a grid of others."""


class Seeing:
    def __init__(self, rooms: "Rooms") -> None:
        self._rooms = rooms

    @property
    def _tenant(self) -> str:
        return self._rooms.service.settings.tenant

    async def request(self, named: str, staff: Staff) -> Document:
        """By its id or its code. Raises ProblemError: the same whether it is hidden or was never said."""
        return await self._rooms.ledger.document(named, Sight.of(staff))

    async def command(self, command: Command, staff: Staff) -> None:
        """Raises ProblemError where it is about something that this person may not see."""
        for field in _NAMES_A_REQUEST:
            if isinstance(named := getattr(command, field, None), str):
                _refuse_an_accused_mediator(command, await self.request(named, staff))
        for area in _areas_of(command):
            await self.grid(area, staff)
        if isinstance(command, WidenCallUp | StandDownCallUp):  # an answer is given wherever one is asked
            called = (await self._now(CALL_UPS, command)).get("area")
            if called is not None:
                await self.grid(called, staff)
        if command.aggregate == BULLETINS.name:
            written = (await self._now(BULLETINS, command, "notify")).get("area")
            if written is not None:
                await self.grid(written, staff)
        if isinstance(command, CloseChatGroup | ConfirmRelay) and staff.areas and staff.role != "worker":
            await self._of_a_group(command, staff)
        if (model := _BESIDE.get(command.aggregate)) is not None:
            await self.beside(await self._now(model, command), staff)

    async def _of_a_group(self, command: CloseChatGroup | ConfirmRelay, staff: Staff) -> None:
        """Whose group or relay card it is, notify knows. What is not there is the rules' to refuse."""
        closes = isinstance(command, CloseChatGroup)
        what, asked = (
            ("ChatGroups", {"group": command.group})
            if closes
            else ("RelayCards", {"delivery": command.delivery})
        )
        found = (await self._rooms.bus.ask(f"query.notify.{what}", asked))["items"]
        if found and found[0]["grid"] is not None:
            await self.grid(found[0]["grid"], staff)

    async def beside(self, body: Body, staff: Staff) -> None:
        """Raises ProblemError. What is not there yet is the rules' to refuse."""
        if isinstance(request := body.get("request"), str):
            await self.request(request, staff)
        if isinstance(grid := body.get("grid"), str) and not await self._covers(grid, staff):
            raise ProblemError(404, "not_found", "There is no such thing.")

    async def grid(self, grid: str, staff: Staff) -> None:
        """Raises ProblemError: that there are other communities is no secret."""
        if not await self._covers(grid, staff):
            raise ProblemError(403, "not_for_communities", "This grid is another community's.")

    async def grids(self, staff: Staff) -> list[str] | None:
        """Return the areas that this person's token covers, with all below; None: all."""
        if not staff.areas:
            return None
        areas = Areas(await self._rooms.grids.plan())
        return sorted({*staff.areas}.union(*(areas.within(area) for area in staff.areas)))

    async def bodies(self, requests: Iterable[str], staff: Staff) -> dict[str, Body]:
        """Return those of the requests that this person sees, by id: ``kind`` alone of each."""
        return await self._rooms.ledger.seen(tuple(requests), Sight.of(staff))

    async def hidden(self, requests: Collection[str], staff: Staff) -> set[str]:
        """Return those that are hidden from this person wherever they are; what is another community's is no secret."""
        if not requests:
            return set()
        anywhere = Sight.of(staff).anywhere()
        return {*requests} - (await self._rooms.ledger.seen(tuple(requests), anywhere)).keys()

    async def among(self, items: list[Any], staff: Staff, by: str = "id") -> list[Any]:
        """Return the items about requests that this person sees, in their order; ``by`` names the request in each."""
        seen = await self.bodies({item[by] for item in items if item.get(by)}, staff)
        return [item for item in items if item.get(by) in seen]

    def id_of(self, code: str) -> str:
        """Return the id of the request that a tracking code names."""
        read = read_code(code)
        return request_id(self._tenant, read) if read else code

    async def picture(self, name: str, staff: Staff) -> None:
        """A picture is seen by those who see a request that it was shown for. Raises ProblemError."""
        ledger, shown = self._rooms.service.store.documents(LEDGER.name), {"body.pictures": name}
        theirs = Wanted(sight=Sight.of(staff)).filter(self._tenant, shown)
        one = {"_id": 1}
        if await ledger.find_one(theirs, one) is None and await ledger.find_one(
            {"tenant": self._tenant, **shown}, one
        ):
            raise ProblemError(404, "not_found", "There is no such picture, or it was erased.")

    async def _covers(self, grid: str, staff: Staff) -> bool:
        covered = await self.grids(staff)
        return covered is None or grid in covered

    async def _now(self, model: Model, command: Command, owner: str = "routing") -> Body:
        history = History(self._tenant, owner, command.aggregate, command.history)
        store, journal = self._rooms.service.store, self._rooms.bus.journal
        try:
            document = await document_now(model, store, journal, self._tenant, [history])
        except UnreadableError:
            return {}
        return document["body"] if document else {}


def _areas_of(command: Command) -> set[str]:
    if command.aggregate not in _OF_AN_AREA:
        return set()
    named = {getattr(command, field, None) for field in ("grid", "area")}
    shifts = {shift.area for shift in getattr(command, "shifts", ())}
    return {area for area in named if isinstance(area, str)} | shifts


def _refuse_an_accused_mediator(command: Command, document: Document) -> None:
    """A mediation is a history of its own, which does not know whom the request accuses."""
    if getattr(command, "mediator", None) in (document["body"].get("hidden_from") or ()):
        raise ProblemError(409, "accused", "It accuses this very person.")
