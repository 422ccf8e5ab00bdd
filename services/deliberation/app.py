"""Wires deliberation: it proposes topics. Sessions, ballots and resolutions will have their rooms here."""

from services.deliberation.domain import TOPIC
from services.deliberation.projection import CALL
from services.deliberation.reactions import Work, reactions
from shared.service import Service
from shared.settings import Settings


def build(settings: Settings) -> Service:
    service = Service("deliberation", settings, deciders=[TOPIC], models=[CALL])

    async def wire() -> None:
        work = Work(service.desk, service.store, settings)
        service.bus.answer_commands(service.answer)
        service.follow("JOURNAL", "deliberation", service.projections(), reactions=reactions, work=work)

    service.wire = wire
    return service
