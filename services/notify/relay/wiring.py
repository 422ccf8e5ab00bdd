"""What notify answers about chat groups and relay cards, and who is told of a card."""

from collections.abc import Awaitable, Callable

from services.notify.chat_group.asked import ChatGroups
from services.notify.delivery import reactions as taking_up
from services.notify.delivery.sending import Sending
from services.notify.notice.saying import Sayings
from services.notify.relay import telling
from services.notify.relay.cards import Cards
from services.notify.telling import Work
from shared.commands.command import Command
from shared.plans import PresentPlan
from shared.reaction import Reactions
from shared.refusal import Reply
from shared.service import Service

Answer = Callable[[Command, str], Awaitable[Reply]]


def answer_relays(
    service: Service, present: PresentPlan, sending: Sending, sayings: Sayings, completed: Answer
) -> None:
    """Answer questions, and commands with what our own postings say filled in; ``completed`` does the rest of each."""
    tenant = service.settings.tenant
    cards = Cards(service.store, present, sending, sayings, tenant)
    groups = ChatGroups(sending.addresses.groups, sending.lanes, tenant)

    async def answer(command: Command, cause: str) -> Reply:
        return await completed(await cards.filled_in(command), cause)

    service.bus.answer_commands(answer)
    service.bus.answer_queries("RelayCards", cards.asked)
    service.bus.answer_queries("ChatGroups", groups.asked)


def of_deliveries(take_up: taking_up.Work, work: Work) -> Reactions[taking_up.Work]:
    """What follows from the facts of deliveries: they are taken up, and whoever has a card hears of it."""
    both: Reactions[taking_up.Work] = Reactions()
    both.include(taking_up.reactions, take_up)
    both.include(telling.reactions, telling.Work(work.store, work.telling, work.standing_in))
    return both
