"""What routing answers about records, and what it fills in before one is entered: the grid."""

from typing import Any

from services.routing.grid_book import Covered, GridBook
from services.routing.record.quality import report
from services.routing.record.reading import is_vulnerable, records
from services.routing.template.counting import asks
from shared.clock import now
from shared.commands.record import CorrectRecord, EnterRecord
from shared.events.event import Place
from shared.plans import PresentPlan
from shared.records.asking import Whom
from shared.refusal import Refused
from shared.service import Service


def answer_questions(service: Service, present: PresentPlan) -> None:
    store, settings = service.store, service.settings

    async def quality(asked: dict[str, Any]) -> Any:
        found = await present.get()
        today = now().astimezone(settings.zone).date()
        return await report(store, settings.tenant, found[1] if found else None, asked, today)

    async def vulnerable(asked: dict[str, Any]) -> Any:
        whom = Whom.model_validate(asked)
        return {"vulnerable": await is_vulnerable(store, settings.tenant, whom.record)}

    service.bus.answer_queries("Records", lambda asked: records(store, settings.tenant, asked))
    service.bus.answer_queries("RecordQuality", quality)
    service.bus.answer_queries("Vulnerable", vulnerable)
    service.bus.answer_queries(
        "Asks", lambda asked: asks(store, settings.tenant, settings.zone, asked, now())
    )


async def tied_to_a_grid(command: EnterRecord | CorrectRecord, book: GridBook) -> EnterRecord | CorrectRecord:
    """A grid that was named must be one; otherwise the building says which. Raises Refused."""
    if command.grid is not None:
        if await book.by_hand(command.grid) is None:
            raise Refused("unknown_grid", grid=command.grid)
        return command
    if command.building is None:
        return command
    covered = await book.covering(Place(building=command.building))
    grid = covered.grid if isinstance(covered, Covered) else None
    return command.model_copy(update={"grid": grid})
