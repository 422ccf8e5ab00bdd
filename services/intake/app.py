"""Wires intake: the door for residents and for other systems that speak for them."""

from services.intake.api import make_app
from services.intake.domain import SUBMISSION
from services.intake.door import Door
from services.intake.inbound import answer_inbound
from services.intake.places import Places
from services.intake.projection import PUBLIC
from services.intake.rooms import Rooms
from services.intake.submitting import Submitting
from services.intake.wish.projection import PUBLIC_WISHES
from shared.bodies import Limited
from shared.bulletins import BULLETINS
from shared.http import Measured
from shared.plans import PLAN, PlanStore, PresentPlan
from shared.service import Service
from shared.settings import Settings


def build(settings: Settings) -> Service:
    service = Service(
        "intake", settings, deciders=[SUBMISSION], models=[PUBLIC, PUBLIC_WISHES, BULLETINS, PLAN], seals=True
    )
    submitting = Submitting(settings, service.bus, service.vault)
    places = Places(PresentPlan(service.store, PlanStore(service.bus), settings.tenant))
    rooms = Rooms(service, submitting, places, Door(settings, submitting, places))
    app = make_app(rooms, settings, service.readiness)
    service.api = app
    service.http = rooms.door.shortcut(Limited(Measured(app, "intake"), settings.largest_body))

    async def wire() -> None:
        service.bus.answer_commands(service.answer)
        answer_inbound(service.bus, submitting, places)
        service.follow("JOURNAL", "intake", service.projections(), first=submitting.residents_first)
        service.spawn(places.keep_looking())

    service.wire = wire
    return service
