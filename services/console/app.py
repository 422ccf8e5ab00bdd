"""Wires the console: the staff's door, its read models and the live line."""

from datetime import timedelta

from services.console.alert_model import ALERTS
from services.console.api import Rooms, make_app
from services.console.audit.domain import AUDIT
from services.console.audit.reactions import reactions
from services.console.bulletin.drafting import Drafting
from services.console.bulletin.routes import answer_bulletins, answer_counted
from services.console.call_up_model import CALL_UPS
from services.console.figures.reading import Figures
from services.console.figures.routes import answer_figures
from services.console.figures.weights import WEIGHTS
from services.console.grids import Grids
from services.console.joint_work_models import JOINT_WORK
from services.console.ledger import Ledger
from services.console.live import Live
from services.console.post_model import POSTS
from services.console.projection import LEDGER
from services.console.reading import answer_ledger
from services.console.saved_view.domain import SAVED_VIEW
from services.console.topic_model import TOPICS
from services.console.wish_models import OFFERS, WISHES
from shared.bodies import Limited
from shared.bulletins import BULLETINS
from shared.duty import AWAY
from shared.http import Measured
from shared.messages import Messages
from shared.plans import PLAN, PlanStore, PresentPlan
from shared.service import Service
from shared.settings import Settings
from shared.texts import Texts

_DRAFT_EVERY = timedelta(minutes=10)


def build(settings: Settings) -> Service:
    service = Service(
        "console",
        settings,
        deciders=[AUDIT, SAVED_VIEW],
        models=[
            LEDGER,
            TOPICS,
            POSTS,
            AWAY,
            PLAN,
            WEIGHTS,
            *JOINT_WORK,
            CALL_UPS,
            ALERTS,
            WISHES,
            OFFERS,
            BULLETINS,
        ],
        seals=True,
    )
    present = PresentPlan(service.store, PlanStore(service.bus), settings.tenant)
    rooms = Rooms(service, Grids(settings.tenant, service.store, service.vault, present))
    drafting = Drafting(rooms, Messages())
    app = make_app(rooms, settings, service.readiness, drafting)
    service.api = app
    service.http = Limited(Measured(app, "console"), settings.largest_body)

    async def wire() -> None:
        rooms.ledger = Ledger(settings.tenant, service.store, service.bus.journal, service.vault)
        texts = rooms.texts = Texts(service.store, service.vault)
        rooms.figures = Figures(settings.tenant, service.store, settings.zone)
        rooms.live = Live(settings.tenant, service.bus, rooms.ledger)
        service.bus.answer_commands(service.answer)
        service.bus.answer_queries("Ledger", lambda asked: answer_ledger(rooms, settings, asked))
        service.bus.answer_queries("Figures", lambda asked: answer_figures(rooms, settings, asked))
        service.bus.answer_queries("BulletinCounted", lambda asked: answer_counted(drafting, asked))
        service.bus.answer_queries("Bulletins", lambda asked: answer_bulletins(rooms, asked))
        await texts.prepare()
        service.follow(
            "JOURNAL",
            "console",
            service.projections(),
            reactions=reactions,
            work=service.vault,
            first=texts.follow,
        )
        service.every(_DRAFT_EVERY, drafting.draft_the_week)
        await rooms.live.start()
        service.spawn(rooms.live.close_with(service.stopping))

    service.wire = wire
    return service
