"""What notices need of notify, put together once."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from services.notify.delivery.bulk import Bulk
from services.notify.delivery.courtesy import Courtesy
from services.notify.delivery.dispatch import Dispatch
from services.notify.delivery.sending import Sending
from services.notify.notice.asked import Asked
from services.notify.notice.broadcasts import Broadcasts
from services.notify.notice.choosing import Choosing
from services.notify.notice.lists import Lists
from services.notify.notice.reach import Reach
from services.notify.notice.saying import Sayings
from services.notify.telling import Telling
from shared.commands.command import Command
from shared.commands.notice import PublishNotice, SaveAudience
from shared.consumer import Consumer
from shared.plans import PresentPlan
from shared.refusal import Reply
from shared.service import Service

Answer = Callable[[Command, str], Awaitable[Reply]]
_FETCH_EVERY = timedelta(seconds=1)


class Notices:
    def __init__(self, service: Service, telling: Telling, sayings: Sayings, present: PresentPlan) -> None:
        store, desk, lists = service.store, service.desk, Lists(service.bus)
        reach = Reach(store, desk, service.vault, telling.addresses, present, lists)
        self.choosing = Choosing(reach, telling.holders, telling.preferences)
        self.asked = Asked(store, desk, self.choosing, sayings, service.settings.tenant)
        self.after_people, self.after_requests = Courtesy(), Courtesy()
        self.broadcasts = Broadcasts(store, desk, lists, self.choosing, service.replica, self.after_people)
        self._service = service

    def checked(self, answer: Answer) -> Answer:
        """Of every command that notify gets: whoever publishes or saves an audience names places that there are. What was
        published stays so, whatever has become of the plan. Raises Refused.
        """

        async def check(command: Command, cause: str) -> Reply:
            match command:
                case PublishNotice():
                    state = await self._service.desk.state("notice", command.tenant, command.notice)
                    if state.said is None:
                        await self.choosing.reach.check(command.audience)
                case SaveAudience():
                    await self.choosing.reach.check(command.who)
                case _:
                    pass
            return await answer(command, cause)

        return check

    def line(self, sending: Sending) -> Bulk:
        """The line that takes up what is requested in bulk."""
        hands = sending.lanes.room_of_broadcasts
        self.bulk = Bulk(sending, self.choosing, self.after_requests, hands=hands)
        return self.bulk

    def start(self, journal: Consumer, deliveries: Consumer, dispatch: Dispatch) -> None:
        """Answer, and work through whatever is to go out. People are told first, then requests are made, then sent."""

        def telling_people() -> bool:
            return journal.busy or dispatch.single_in_hand > 0

        self.after_people.engaged = telling_people
        self.after_requests.engaged = lambda: telling_people() or self.broadcasts.requesting
        self.bulk.busy = lambda: deliveries.behind
        bus = self._service.bus
        bus.answer_queries("Audience", self.asked.audience)
        bus.answer_queries("Notices", self.asked.notices)
        bus.answer_queries("Audiences", self.asked.audiences)
        self._service.spawn(self.bulk.run())
        self._service.spawn(self.broadcasts.run())
        self._service.every(_FETCH_EVERY, self.bulk.fetch)
