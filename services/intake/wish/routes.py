"""Micro-wishes (微心愿) at the residents' door: read what neighbours wish for, offer help, take one on, take it back."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from pydantic_core import to_json

from services.intake.answers import Said
from services.intake.rooms import Rooms
from services.intake.wish.projection import PUBLIC_WISHES
from services.intake.wish.wording import Choices, Claiming, Offered, Offering, PublicWishes
from shared.clock import now
from shared.commands.offer import OfferHelp, WithdrawOffer
from shared.commands.wish import ClaimWish
from shared.documents import Body, document_id
from shared.envelope import History
from shared.events.event import Sealed
from shared.help import Giver, kinds_of_help
from shared.http import ProblemError, problems, unavailable
from shared.ids import keyed_hash, named_id, new_id
from shared.store import StoreError

Named = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Key = Annotated[str | None, Header(min_length=16, max_length=256, pattern=r"^[\x21-\x7e]+$")]
_MOST_OPEN, _MOST_DONE = 200, 30
_BEARER = HTTPBearer(auto_error=False, description="the token that came with the offer")


class Wall:
    """What the routes work with."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self.settings = rooms.service.settings

    async def wishes(self) -> list[Body]:
        """What waits for somebody, the longest first, and what came true lately."""
        found = self._rooms.service.store.documents(PUBLIC_WISHES.name)
        mine = {"tenant": self.settings.tenant, "body.public": True}
        wanted = mine | {"body.stands": {"$in": ["open", "waiting", "claimed"]}}
        open_ones = [row async for row in found.find(wanted).sort("body.since", 1).limit(_MOST_OPEN)]
        done = found.find(mine | {"body.stands": "fulfilled"}).sort("body.since", -1)
        rows = [*open_ones, *[row async for row in done.limit(_MOST_DONE)]]
        thanks = await self._thanks(rows)
        return [
            {name: row["body"].get(name) for name in ("wording", "category", "area", "stands", "since")}
            | {"id": row["id"], "thanks": thanks.get(row["id"])}
            for row in rows
        ]

    async def wish(self, name: str) -> Body:
        """Raises ProblemError."""
        row = await self._rooms.service.store.documents(PUBLIC_WISHES.name).find_one(
            {"_id": document_id(self.settings.tenant, name), "body.public": True}
        )
        if row is None:
            raise ProblemError(404, "not_found", "There is no such wish.")
        return row["body"]

    async def offer(self, said: Offering | Claiming, key: str | None, **more: Any) -> Offered:
        """Have it in the journal. The same key is the same offer. Raises ProblemError."""
        if key is None:
            offer = new_id()
        else:
            mark = keyed_hash(self.settings.door, "offer", self.settings.tenant, key).hex()
            offer = named_id("offer", self.settings.tenant, mark)
        fields = {"name": said.name, "phone": said.phone, "text": said.text or ""}
        canonical = said.model_dump_json(exclude_none=True) + str(more.get("wish", ""))
        command = OfferHelp(
            **self._by(offer),
            giver=said.giver,
            reachable=True,
            sealed=self._rooms.seal(self._history(offer), {k: v for k, v in fields.items() if v}),
            fingerprint=keyed_hash(self.settings.door, "body", canonical)[:16].hex(),
            **more,
        )
        try:
            await self._rooms.send(command)
        except ProblemError as problem:
            if problem.reason == "another_body":
                words = "The same Idempotency-Key was used with another body."
                raise ProblemError(422, "another_body", words) from problem
            raise
        return Offered(offer=offer, token=self._rooms.submitting.token(offer))

    async def claim(self, wish: str, said: Claiming, key: str | None) -> Offered:
        """Of two at once one is first. The other is told, and stays the next in line. Raises ProblemError."""
        category = (await self.wish(wish))["category"]
        offered = await self.offer(said, key, category=category, times=1, wish=wish)
        by = self._by(offered.offer)
        try:
            await self._rooms.send(ClaimWish(**by, request=wish, vouched=False))
        except ProblemError as problem:
            if problem.reason == "wish_claimed":
                problem.more["about"] = offered.model_dump()
            raise
        return offered

    async def withdraw(self, offer: str, token: str) -> Response:
        if not self._rooms.submitting.holds_token(offer, token):
            raise ProblemError(403, "forbidden", "This token is not of this offer.")
        return await self._rooms.send(WithdrawOffer(**self._by(offer)))

    def _by(self, offer: str) -> dict[str, Any]:
        """Whoever offers is named by the offer alone."""
        tenant = self.settings.tenant
        return {"id": new_id(), "tenant": tenant, "actor": f"resident:{offer}", "at": now(), "offer": offer}

    def _history(self, offer: str) -> History:
        return History(self.settings.tenant, "routing", "offer", offer)

    async def _thanks(self, rows: list[Body]) -> dict[str, str]:
        """The resident's own box; once it is erased, nothing is shown."""
        boxes = {row["id"]: row["body"]["thanks"] for row in rows if row["body"].get("thanks")}
        opened = await self._rooms.service.vault.open_many(
            [
                (
                    History(self.settings.tenant, "routing", "request", name).subject,
                    Sealed.model_validate(box),
                )
                for name, box in boxes.items()
            ]
        )
        return {name: fields["text"] for name, fields in zip(boxes, opened, strict=True) if fields}


def wish_routes(rooms: Rooms) -> APIRouter:
    routes = APIRouter(tags=["micro-wishes"])
    wall = Wall(rooms)

    @routes.get("/v1/wishes", response_model=PublicWishes, responses=problems(503))
    async def wishes() -> Response:
        """Micro-wishes that staff let the public see: nothing personal, no door."""
        try:
            return _answer({"items": await wall.wishes()})
        except StoreError as absent:
            raise unavailable("Nobody can look it up just now.") from absent

    @routes.get("/v1/help", response_model=Choices)
    async def choices() -> JSONResponse:
        """The kinds of help that can be offered, who may give, and where."""
        kinds = [
            {"code": one.code, "what": one.what, "zh": one.zh, "en": one.en}
            for one in kinds_of_help().values()
        ]
        givers = [giver.value for giver in Giver]
        return JSONResponse({"kinds": kinds, "givers": givers, "communities": rooms.places.communities})

    @routes.post(
        "/v1/offers",
        status_code=201,
        response_model=Offered,
        responses=problems(400, 409, 413, 415, 422, 503),
    )
    async def offer(said: Offering, idempotency_key: Key = None) -> Response:
        """Offer time, a skill or a thing. Name, phone and words are sealed; staff call when a wish fits."""
        more = said.model_dump(include={"category", "areas", "times", "until"})
        return _answer(await wall.offer(said, idempotency_key, **more), 201)

    @routes.post(
        "/v1/wishes/{wish}/claims",
        status_code=201,
        response_model=Offered,
        responses=problems(400, 404, 409, 413, 415, 422, 503),
    )
    async def claim(said: Claiming, wish: Named, idempotency_key: Key = None) -> Response:
        """Take a wish on. Staff say yes before anybody goes there; whoever comes second is told, and is the next."""
        try:
            return _answer(await wall.claim(wish, said, idempotency_key), 201)
        except StoreError as absent:
            raise unavailable("Nobody can look it up just now.") from absent

    @routes.post(
        "/v1/offers/{offer}/withdrawal",
        response_model=Said,
        responses=problems(400, 401, 403, 409, 422, 503),
    )
    async def withdraw(
        offer: Named, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
    ) -> Response:
        """Take an offer back, and with it what it claims. Needs the token."""
        if shown is None:
            words = "Show the token that came with the offer: Authorization: Bearer …"
            raise ProblemError(401, "unauthorised", words)
        return await wall.withdraw(offer, shown.credentials.strip())

    return routes


def _answer(body: Body | BaseModel, status: int = 200) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(to_json(body), status, headers, "application/json")
