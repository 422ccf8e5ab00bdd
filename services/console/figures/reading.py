"""Figures from the ledger: as they are, or as they were at a past moment; and the requests behind each number."""

from collections.abc import AsyncIterator
from datetime import datetime, tzinfo

from services.console.figures.counting import By, Count, Figure, Weights, counts, key_of
from services.console.figures.tally import tally_until
from services.console.figures.weights import WEIGHTS, weights_at
from services.console.projection import LEDGER
from services.console.wanted import Wanted
from shared.clock import now
from shared.documents import Body, document_id
from shared.store import Store

_AT_ONCE = 2000
_MOST = 10_000
"""Requests that are listed behind one number."""


class Figures:
    def __init__(self, tenant: str, store: Store, zone: tzinfo) -> None:
        self._tenant = tenant
        self._store = store
        self._zone = zone

    async def count(self, by: By, wanted: Wanted, as_of: datetime | None = None) -> Body:
        """One line a grid, worker, category, month or community. ``as_of``: by when things happened."""
        moment = as_of or now()
        count = Count(by, moment, self._zone, await self._weights(moment))
        async for some in self._tallies(wanted, as_of):
            count.add([tally for _, tally in some])
        return count.answer()

    async def behind(
        self, by: By, key: str | None, figure: Figure, wanted: Wanted, as_of: datetime | None = None
    ) -> list[str]:
        """The ids of the requests that one number counts. ``key`` None: of all lines."""
        moment = as_of or now()
        found: list[str] = []
        async for some in self._tallies(wanted, as_of):
            found += [
                request
                for request, tally in some
                if counts(figure, tally, moment) and key in (None, key_of(tally, by, self._zone))
            ]
            if len(found) >= _MOST:
                break
        return found[:_MOST]

    async def _weights(self, moment: datetime) -> Weights:
        where = {"_id": document_id(self._tenant, self._tenant)}
        document = await self._store.documents(WEIGHTS.name).find_one(where)
        return weights_at(document["body"] if document else {}, moment)

    async def _tallies(self, wanted: Wanted, as_of: datetime | None) -> AsyncIterator[list[tuple[str, Body]]]:
        """The past is folded from each request's own steps, which the ledger keeps as the journal has them."""
        shape = ["body.tally"] if as_of is None else ["body.said_steps", "body.done_steps"]
        rows = self._store.documents(LEDGER.name).find(wanted.filter(self._tenant), ["id", *shape])
        rows = rows.batch_size(_AT_ONCE)
        while some := await rows.to_list(_AT_ONCE):
            yield [(row["id"], _tally(row["body"], as_of)) for row in some]


def _tally(body: Body, as_of: datetime | None) -> Body:
    if as_of is None:
        return body.get("tally", {})
    return tally_until([*body.get("said_steps", []), *body.get("done_steps", [])], as_of)
