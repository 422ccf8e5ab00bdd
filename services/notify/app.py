"""Wires notify: who is told, over which gateway, and what became of it."""

from datetime import timedelta

import httpx

from services.notify.addresses import Addresses
from services.notify.alert.domain import ALERT
from services.notify.alert.levels import read_levels
from services.notify.alert.projection import WARNING
from services.notify.alert.wiring import Alerts
from services.notify.bulletin import reactions as bulletins
from services.notify.bulletin.domain import BULLETIN
from services.notify.call_ups import CALL_UPS
from services.notify.callbacks import Callbacks
from services.notify.chat_group.domain import CHAT_GROUP
from services.notify.delivery import reactions as taking_up
from services.notify.delivery.composing import Composing
from services.notify.delivery.dispatch import AtOnce, Dispatch
from services.notify.delivery.domain import DELIVERY
from services.notify.delivery.folding import Folding
from services.notify.delivery.outbox import Outbox
from services.notify.delivery.projection import OUTBOX
from services.notify.delivery.sending import Sending
from services.notify.delivery.ways_out import WaysOut
from services.notify.delivery.whose import Whose
from services.notify.gateways.ears import Ears, lives
from services.notify.gateways.gateway import Parts
from services.notify.gateways.registry import open_lanes, read_gateways
from services.notify.gateways.sandbox import Sandbox
from services.notify.guidance.asked import Asked as Worded
from services.notify.guidance.domain import GUIDANCE
from services.notify.guidance.held import Guidances
from services.notify.joint_work import JOINT_WORK
from services.notify.moves import reactions
from services.notify.notice.audiences import AUDIENCE
from services.notify.notice.domain import NOTICE
from services.notify.notice.residents import RESIDENT
from services.notify.notice.saying import Sayings
from services.notify.notice.wiring import Notices
from services.notify.preference.asked import Asked
from services.notify.preference.asking import Preferences
from services.notify.preference.domain import PREFERENCE
from services.notify.preference.holders import Holders
from services.notify.preference.rules import Quiet
from services.notify.projection import CONTACT, MATTER, SUPPORTERS
from services.notify.receipts import Receipts
from services.notify.relay.wiring import answer_relays, of_deliveries
from services.notify.replies import Replies
from services.notify.reply.domain import REPLY
from services.notify.reply.projection import WRITTEN_BACK
from services.notify.reply.reactions import do_as_they_say, forget_whose_they_were
from services.notify.standing_in import StandingIn
from services.notify.telling import Telling, Work
from services.notify.template.asked import Asked as Wordings
from services.notify.template.domain import MESSAGE_TEMPLATE
from services.notify.templates import Templates
from services.notify.wishes import GIVERS
from shared.duty import AWAY
from shared.events.audit import PersonErased
from shared.events.preference import ReplyHeard
from shared.messages import Messages
from shared.plans import PLAN, PlanStore, PresentPlan
from shared.reaction import Reactions
from shared.service import Service
from shared.settings import Settings

_SWEEP_EVERY = timedelta(seconds=1)
_COUNT_EVERY = timedelta(seconds=15)
_LET_GO_EVERY = timedelta(minutes=1)


reactions.on(ReplyHeard)(do_as_they_say)
reactions.on(PersonErased)(forget_whose_they_were)


def build(settings: Settings) -> Service:
    """Raises UnusableGatewaysError, UnusableLevelsError."""
    gateways = read_gateways(settings)
    levels = read_levels(settings)
    service = Service(
        "notify",
        settings,
        deciders=[
            DELIVERY,
            CHAT_GROUP,
            MESSAGE_TEMPLATE,
            GUIDANCE,
            NOTICE,
            AUDIENCE,
            PREFERENCE,
            REPLY,
            BULLETIN,
            ALERT,
        ],
        models=[
            *(MATTER, SUPPORTERS, CONTACT, OUTBOX, PLAN, AWAY, RESIDENT),
            *JOINT_WORK,
            *(CALL_UPS, GIVERS, WRITTEN_BACK, WARNING),
        ],
        seals=True,
    )

    async def wire() -> None:
        present = PresentPlan(service.store, PlanStore(service.bus), settings.tenant)
        parts = Parts(httpx.AsyncClient(follow_redirects=False), service.store.collection("sandbox"))
        lanes = open_lanes(gateways, parts)
        addresses = Addresses(service.store, service.vault, present)
        holders = Holders(service.store, settings.master, settings.tenant)
        await holders.make_indexes()
        preferences = Preferences(service.desk, settings.zone, Quiet.read(settings.quiet_hours))
        messages = Messages()
        at_once = AtOnce(service.deciders, service.store, service.journals)
        telling = Telling(
            at_once,
            service.store,
            addresses,
            holders,
            preferences,
            timedelta(seconds=settings.fold_window),
        )
        work = Work(
            service.desk,
            service.store,
            timedelta(days=settings.oldest_news_days),
            StandingIn(service.store, present, settings.tenant),
            telling,
        )
        guidances = Guidances(settings.tenant, service.store, service.bus.journal)
        templates = Templates(settings, messages, present, service.store, guidances)
        sayings = Sayings(service.store, service.desk, settings, messages)
        folding = Folding(service.store, service.desk)
        composing = Composing(service.store, folding, templates, sayings, holders, messages, settings)
        sending = Sending(
            service.store,
            service.desk,
            lanes,
            addresses,
            telling,
            folding,
            composing,
            WaysOut(addresses, holders),
        )
        dispatch = at_once.dispatch = Dispatch(service.store, sending.see_to, lanes.room)
        notices = Notices(service, telling, sayings, present)
        bulk = notices.line(sending)
        receipts = await Receipts.open(service.desk, service.store, settings.tenant)
        take_up = taking_up.Work(
            service.desk, service.store, dispatch, bulk, gateways.falls_back, telling, receipts
        )
        alerts = Alerts(service, present, levels, work)
        asked = Asked(telling, settings.tenant)
        service.bus.answer_queries("Preferences", asked.preferences)
        service.bus.answer_queries("Replies", asked.replies)
        Outbox(service.store, service.bus, Sandbox(parts.sandbox), settings.tenant).answer()
        replies = Replies(service.desk, service.vault, holders, settings.tenant)
        Callbacks(service.bus, gateways.gateway, receipts, replies).answer()
        answer_relays(service, present, sending, sayings, notices.checked(alerts.answer))
        Wordings(settings, templates, messages, gateways.gateway, service.bus).answer()
        Worded(settings.tenant, guidances, service.store, service.vault, service.bus).answer()
        every: Reactions[Work] = Reactions()
        every.include(reactions, work)
        every.include(bulletins.reactions, bulletins.Work(service.desk, settings, messages))
        alerts.listen(every)
        journal = service.follow("JOURNAL", "notify", service.projections(), reactions=every, work=work)
        deliveries = service.follow(
            "DELIVERIES",
            "notify_deliveries",
            service.projections("delivery"),
            reactions=of_deliveries(take_up, work),
            work=take_up,
            first=lambda _facts: notices.after_requests(),
        )
        notices.start(journal, deliveries, dispatch)

        for life in lives(lanes.gateways, Ears(receipts, replies, Whose(sending, settings.tenant))):
            service.spawn(life)
        service.spawn(dispatch.run())
        service.every(_SWEEP_EVERY, dispatch.sweep)
        service.every(_COUNT_EVERY, dispatch.count)
        service.every(_LET_GO_EVERY, receipts.let_go)

    service.wire = wire
    return service
