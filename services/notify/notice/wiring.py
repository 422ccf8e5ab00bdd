"""What notices need of notify, put together once."""

from services.notify.delivery.courtesy import Courtesy
from services.notify.notice.asked import Asked
from services.notify.notice.broadcasts import Broadcasts
from services.notify.notice.choosing import Choosing
from services.notify.notice.lists import Lists
from services.notify.notice.reach import Reach
from services.notify.notice.saying import Sayings
from services.notify.telling import Telling
from shared.plans import PresentPlan
from shared.service import Service


class Notices:
    def __init__(
        self, service: Service, telling: Telling, sayings: Sayings, present: PresentPlan, courtesy: Courtesy
    ) -> None:
        store, desk, lists = service.store, service.desk, Lists(service.bus)
        reach = Reach(store, desk, service.vault, telling.addresses, present, lists)
        self.choosing = choosing = Choosing(reach, telling.holders, telling.preferences)
        self._bus = service.bus
        self.broadcasts = Broadcasts(store, desk, lists, choosing, service.replica, courtesy)
        self.asked = Asked(store, desk, choosing, sayings, service.settings.tenant)

    def answer(self) -> None:
        self._bus.answer_queries("Audience", self.asked.audience)
        self._bus.answer_queries("Notices", self.asked.notices)
        self._bus.answer_queries("Audiences", self.asked.audiences)
