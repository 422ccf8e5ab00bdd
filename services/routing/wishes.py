"""Micro-wishes (微心愿): the deciders, what routing fills into their commands, and which offers it suggests."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from services.routing.call_up.domain import CALL_UP
from services.routing.call_up.state import State as CallUp
from services.routing.grid_book import GridBook
from services.routing.offer.domain import OFFER, refuse_unless_left
from services.routing.offer.domain import State as Offer
from services.routing.offer.matching import Wanted, for_skill, suggest
from services.routing.request.state import OURS
from services.routing.request.state import State as Request
from services.routing.request.working import hand
from services.routing.wish import reactions as _wishing
from services.routing.wish.domain import WISH
from services.routing.wish.state import State as Wish
from shared.clock import now
from shared.commands.command import Command
from shared.commands.offer import OfferHelp
from shared.commands.wish import ClaimWish, FulfilWish, PublishWish, ThankForWish
from shared.decider import Decider
from shared.documents import Body
from shared.envelope import History
from shared.events.event import Sealed
from shared.events.request import FeedbackRecorded, RequestReopened
from shared.events.submission import RequestSubmitted
from shared.help import kinds_of_help
from shared.ids import read_code, request_id
from shared.refusal import Refused
from shared.service import Service
from shared.texts import Texts
from shared.words import ENDED, Code, Kind, Token

REACTING = (_wishing,)
"""Registers what follows from a fact."""
DECIDERS: tuple[Decider[Any], ...] = (WISH, OFFER)
_LOOKED_THROUGH = 500
"""Open offers that one question looks through, the newest first."""


class WhichWish(BaseModel):
    """A wish by its request's id or tracking code."""

    model_config = ConfigDict(extra="forbid")

    request: Token


class WhichShift(BaseModel):
    """One shift of a call-up."""

    model_config = ConfigDict(extra="forbid")

    call_up: Token
    shift: Code


class Wishes:
    def __init__(self, service: Service, book: GridBook) -> None:
        self._tenant = service.settings.tenant
        self._desk = service.desk
        self._book = book
        self._store = service.store
        self._journal = service.bus.journal
        self._vault = service.vault
        self._texts = Texts(service.store, service.vault)

    async def completed(self, command: Command) -> Command:
        """Fill in what routing knows and nobody else may say. Raises Refused."""
        match command:
            case OfferHelp():
                await self._refuse_unknown(command.areas)
                return command
            case PublishWish():
                request = await self._open_request(command.request)
                if request.status is None:  # where it lies is found in a moment
                    raise Refused("not_assigned")
                return command.model_copy(update={"area": await self._community(request)})
            case ClaimWish():
                await self._open_request(command.request)
                offer = await self._offer(command.offer)
                if command.request not in offer.drawn:
                    refuse_unless_left(offer, command.request, command.at)
                return command.model_copy(update={"giver": offer.giver})
            case FulfilWish():
                await self._refuse_other_hands(command)
                return command
            case ThankForWish():
                return command.model_copy(update={"words": await self._words_of_thanks(command.request)})
            case _:
                return command

    async def suggested(self, asked: Body) -> list[Body]:
        """``query.routing.OffersForWish``: which offers could fulfil it, the best first, with the reasons."""
        said = WhichWish.model_validate(asked).request
        code = read_code(said)
        name = request_id(self._tenant, code) if code else said
        request: Request = await self._desk.state("request", self._tenant, name)
        wish: Wish = await self._desk.state(WISH.aggregate, self._tenant, name)
        index = await self._book.index()
        areas = [area.code for area in index.areas.upwards(request.grid or "")] if index else []
        texts = (await self._texts.of(self._tenant, [name])).get(name, [])
        words = " ".join([wish.wording, *(text.text for text in texts)])
        return await self._fitting(Wanted(name, areas, now(), wish.category or None, words))

    async def suggested_for_a_shift(self, asked: Body) -> list[Body]:
        """``query.routing.OffersForShift``: who offered the skill that a shift of a call-up asks for, the best first."""
        said = WhichShift.model_validate(asked)
        call_up: CallUp = await self._desk.state(CALL_UP.aggregate, self._tenant, said.call_up)
        shift = call_up.shift(said.shift)
        if shift is None or not shift.skill:
            return []
        index = await self._book.index()
        above = [area.code for area in index.areas.upwards(shift.area)] if index else []
        below = sorted(index.areas.within(shift.area) - {*above}) if index else []
        return await self._fitting(
            for_skill(shift.skill, [*above, *below], max(shift.starts, now()), kinds_of_help())
        )

    async def _fitting(self, wanted: Wanted) -> list[Body]:
        offers = await self._open_offers()
        found = suggest(wanted, offers, kinds_of_help(), await self._words(offers))
        return [{"offer": one.offer, "points": one.points, "reasons": dict(one.reasons)} for one in found]

    async def _open_offers(self) -> dict[str, Offer]:
        found = self._store.documents(OFFER.aggregate).find(
            {"tenant": self._tenant, "body.open": True}, {"id": 1, "body": 1}
        )
        rows = found.sort("r", -1).limit(_LOOKED_THROUGH)
        return {row["id"]: OFFER.state(row["body"]) async for row in rows}

    async def _words(self, offers: dict[str, Offer]) -> dict[str, str]:
        """What each giver says it is. Name and phone stand in the same box and go no further than here."""
        boxes = [
            (name, History(self._tenant, "routing", "offer", name).subject, offer.sealed)
            for name, offer in offers.items()
            if offer.sealed is not None
        ]
        opened = await self._vault.open_many([(subject, sealed) for _, subject, sealed in boxes])
        return {
            name: fields.get("text", "") for (name, _, _), fields in zip(boxes, opened, strict=True) if fields
        }

    async def _refuse_unknown(self, areas: tuple[str, ...]) -> None:
        index = await self._book.index()
        unknown = [area for area in areas if index is None or area not in index.areas]
        if unknown:
            raise Refused("unknown_area", areas=unknown)

    async def _open_request(self, name: str) -> Request:
        said = await self._journal.after(History(self._tenant, "intake", "submission", name), 0)
        if said is None or not isinstance(said.event, RequestSubmitted):
            raise Refused("unknown_request")
        if said.event.kind is not Kind.WISH:
            raise Refused("not_a_wish")
        request: Request = await self._desk.state("request", self._tenant, name)
        if request.status in ENDED:
            raise Refused("already_closed")
        return request

    async def _community(self, request: Request) -> str | None:
        index = await self._book.index()
        if index is None or request.grid is None:
            return request.community
        return request.community or index.areas.community_of(request.grid)

    async def _offer(self, name: str) -> Offer:
        return await self._desk.state(OFFER.aggregate, self._tenant, name)

    async def _refuse_other_hands(self, command: FulfilWish) -> None:
        """The request is resolved with it, so whoever says so is whoever may resolve it."""
        request: Request = await self._desk.state("request", self._tenant, command.request)
        wish: Wish = await self._desk.state(WISH.aggregate, self._tenant, command.request)
        if wish.stands != "claimed":
            return
        if request.status not in OURS:
            raise Refused("not_assigned")
        hand(command.actor, request)

    async def _words_of_thanks(self, name: str) -> Sealed | None:
        """What the resident said of it, in the box in which it came. Raises Refused where nothing was said."""
        said: FeedbackRecorded | None = None
        async for fact in self._journal.catch_up(History(self._tenant, "routing", "request", name), 0):
            match fact.event:
                case FeedbackRecorded():
                    said = fact.event
                case RequestReopened():
                    said = None
                case _:
                    pass
        if said is None or not said.solved:
            raise Refused("not_thanked_yet")
        return said.comment
