"""Wires the console: the staff's door, its read models and the live line."""

from services.console.api import Rooms, make_app
from services.console.audit.domain import AUDIT
from services.console.audit.reactions import reactions
from services.console.ledger import Ledger
from services.console.live import Live
from services.console.projection import LEDGER, TOPICS
from shared.http import Limited, Measured
from shared.plans import PLAN, Plan, PlanStore, PresentPlan
from shared.service import Service
from shared.settings import Settings
from shared.staff import Staff


def build(settings: Settings) -> Service:
    service = Service("console", settings, deciders=[AUDIT], models=[LEDGER, TOPICS, PLAN], seals=True)
    present = PresentPlan(service.store, PlanStore(service.bus), settings.tenant)
    rooms = Rooms(service, present)

    async def demo_person(role: str) -> Staff | None:
        return somebody(role, await rooms.plan(), settings.tenant)

    app = make_app(rooms, settings, service.readiness, demo_person)
    service.api = app
    service.http = Limited(Measured(app, "console"), settings.largest_body)

    async def wire() -> None:
        rooms.ledger = Ledger(settings.tenant, service.store, service.bus.journal, service.vault)
        rooms.live = Live(settings.tenant, service.bus, rooms.ledger)
        service.bus.answer_commands(service.answer)
        service.follow("JOURNAL", "console", service.projections(), reactions=reactions, work=service.vault)
        await rooms.live.start()
        service.spawn(rooms.live.close_with(service.stopping))

    service.wire = wire
    return service


def somebody(role: str, plan: Plan, tenant: str) -> Staff | None:
    """As whom the demo lets somebody in: the worker and the community of the first grid stand for all."""
    features = plan["features"]
    first = features[0]["properties"] if features else {}
    match role:
        case "worker" if first.get("worker"):
            return Staff(sub=first["worker"], role="worker", tenant=tenant)
        case "secretary":
            areas = (first["community"],) if first.get("community") else ()
            return Staff(sub="s-secretary", role="secretary", tenant=tenant, areas=areas)
        case "director":
            return Staff(sub="s-director", role="director", tenant=tenant)
        case "operator":
            return Staff(sub="s-operator", role="operator", tenant=tenant)
        case "staff":
            return Staff(sub="s-staff", role="staff", tenant=tenant)
        case _:
            return None
