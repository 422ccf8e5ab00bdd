"""Who the rotas name: at a moment, for an area or the nearest one above it; and a month of rows with what is odd about it."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.routing.grid_book import GridBook
from services.routing.policy.policies import Policies
from services.routing.rota.conflicts import gaps, overlaps
from services.routing.rota.domain import LONGEST, ROTA, Row, State
from shared.desk import Desk
from shared.events.rota import Month
from shared.ids import rota_id
from shared.store import Store

_ZONES_APART = timedelta(days=1)


class AskRota(BaseModel):
    """A month on the tenant's clock, YYYY-MM."""

    model_config = ConfigDict(extra="forbid")

    month: Month


class Rotas:
    def __init__(self, tenant: str, desk: Desk, book: GridBook) -> None:
        self._tenant = tenant
        self._desk = desk
        self._book = book

    async def on_duty(self, area: str, at: datetime) -> tuple[str, str] | None:
        """Return the worker, and the area whose rota names him: the area's own, else the nearest above. Away: the row's deputy; both
        away: the next area above.
        """
        index = await self._book.index()
        way = [each.code for each in index.areas.upwards(area)] if index is not None else []
        months = {f"{day:%Y-%m}" for day in (at - LONGEST - _ZONES_APART, at, at + _ZONES_APART)}
        names = {rota_id(self._tenant, each, month): each for each in way for month in sorted(months)}
        rotas: dict[str, State] = await self._desk.known(ROTA.aggregate, self._tenant, names)
        for each in way:
            rows = [
                row for name, of in names.items() if of == each and name in rotas for row in rotas[name].rows
            ]
            for person in _named(rows, at):
                if not await self._book.away(person, at=at):
                    return person, each
        return None


def _named(rows: list[Row], at: datetime) -> list[str]:
    """Whoever began last comes first: a row for one evening says more than one for the week."""
    here = sorted((row for row in rows if row.holds(at)), key=lambda row: row.starts, reverse=True)
    return [person for row in here for person in (row.worker, row.deputy) if person is not None]


async def rota_of(asked: dict[str, Any], tenant: str, store: Store, policies: Policies) -> dict[str, Any]:
    """Answer ``query.routing.Rota``. Raises what the store raises, and ValidationError."""
    month = AskRota.model_validate(asked).month
    found = store.documents(ROTA.aggregate).find({"tenant": tenant, "body.month": month}, {"body": 1})
    rotas: dict[str, State] = {}
    async for row in found:
        state = ROTA.state(row["body"])
        if state.area is not None and state.rows:
            rotas[state.area] = state
    calendar = (await policies.present()).clocks.calendar
    rows = {area: list(state.rows) for area, state in sorted(rotas.items())}
    return {
        "month": month,
        "rows": [row.model_dump() | {"area": area} for area, each in rows.items() for row in each],
        "overlaps": [vars(each) for each in overlaps(rows)],
        "gaps": [vars(gap) for area, each in rows.items() for gap in gaps(area, each, calendar)],
    }
