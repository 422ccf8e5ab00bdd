"""Wires routing: the request's life, the grid book and the clocks."""

from datetime import datetime, timedelta
from typing import Any

from services.routing.absence.domain import ABSENCE
from services.routing.area.domain import AREA
from services.routing.call_up.asking import CallUps
from services.routing.grid_book import GridBook
from services.routing.hearing import VOICES, hear, listen
from services.routing.hot.projection import HEARD
from services.routing.hot.wiring import listen as compare
from services.routing.job.freezing import preview
from services.routing.joint_work import DECIDERS as JOINT_WORK
from services.routing.joint_work import filled_in
from services.routing.person.reactions import look_over_the_book
from services.routing.policy.asked import Asked
from services.routing.policy.domain import POLICY, read
from services.routing.policy.known import unknown_places
from services.routing.policy.policies import Policies
from services.routing.post.domain import POST
from services.routing.post.reactions import give_what_waited
from services.routing.record.domain import RECORD
from services.routing.record.projection import BOOK
from services.routing.record.wiring import answer_questions, tied_to_a_grid
from services.routing.request.assigning import Assigning
from services.routing.request.completing import Completing
from services.routing.request.domain import REQUEST
from services.routing.request.reactions import Work, reactions
from services.routing.request.remaining import Remaining
from services.routing.rota.reading import rota_of
from services.routing.template.domain import TEMPLATE
from services.routing.template.projection import ASKED
from services.routing.timing import SWEPT_AT_ONCE, ask_each, check, sweep_the_rest
from services.routing.visit_round.reactions import plan_the_week
from services.routing.wishes import DECIDERS as WISHES
from services.routing.wishes import Wishes
from shared.clock import now
from shared.commands.command import Command
from shared.commands.policy import AdoptPolicy
from shared.commands.record import CorrectRecord, EnterRecord
from shared.commands.request import AssignGrid, NameAccused
from shared.desk import Desk
from shared.events.grid_book import WorkerPosted
from shared.observability import WITHOUT_OWNER
from shared.plans import PLAN, PlanStore, PresentPlan
from shared.refusal import Refused, Reply
from shared.service import Service
from shared.settings import Settings
from shared.words import ENDED

_SWEEP_EVERY = timedelta(minutes=1)
_PLAN_EVERY = timedelta(seconds=10)
_BOOK_EVERY = timedelta(hours=1)

reactions.on(WorkerPosted)(give_what_waited)


def build(settings: Settings) -> Service:
    service = Service(
        "routing",
        settings,
        deciders=[REQUEST, AREA, POST, ABSENCE, POLICY, RECORD, TEMPLATE, *VOICES, *JOINT_WORK, *WISHES],
        models=[PLAN, BOOK, ASKED, HEARD],
        seals=True,
    )

    async def wire() -> None:
        present = PresentPlan(service.store, PlanStore(service.bus), settings.tenant)
        book = GridBook(settings.tenant, present, service.desk)
        voices = await hear(service)
        policies = Policies(settings.tenant, service.store, service.bus.journal)
        assigning = Assigning(service.desk, book, policies, service.vault, service.bus.journal)
        asked = Asked(policies, assigning, present, service.bus, service.vault)
        completing = Completing(service.desk, book, policies, service.bus.journal)
        wishes = Wishes(service, book)
        call_ups = CallUps(service.desk, service.store, book)
        work = Work(
            service.desk,
            service.store,
            book,
            service.bus,
            voices.people,
            service.vault,
            completing,
            assigning,
            call_ups,
        )
        listen(reactions, voices)

        async def _completed(command: Command) -> Command:
            return await completed(command, book, completing, assigning, present)

        async def answer(command: Command, cause: str) -> Reply:
            known = await voices.completed(command)
            known = await filled_in(known, service.desk, service.store, settings.zone, book)
            known = await wishes.completed(known)
            async with call_ups.in_turn(known):
                known = await call_ups.filled_in(known)
                return await service.answer(await _completed(known), cause)

        service.bus.answer_commands(answer)
        answer_questions(service, present)
        service.bus.answer_queries("Policy", asked.policy)
        service.bus.answer_queries("PolicyCheck", asked.check)
        service.bus.answer_queries("PolicyDryRun", asked.dry_run)
        service.bus.answer_queries("Explain", asked.explain)
        service.bus.answer_queries(
            "Rota", lambda asked: rota_of(asked, settings.tenant, service.store, policies)
        )
        service.bus.answer_queries("OffersForWish", wishes.suggested)
        service.bus.answer_queries("OffersForShift", wishes.suggested_for_a_shift)
        remaining = Remaining(service.desk, policies, service.bus.journal)
        service.bus.answer_queries("Clocks", remaining.answer)
        service.bus.answer_timers(lambda question: ask(question, service.desk, book, completing))
        service.bus.answer_queries(
            "Moves", lambda asked: preview(asked, settings.tenant, service.desk, service.store, book)
        )
        texts = await compare(service)
        service.follow(
            "JOURNAL",
            "routing",
            service.projections(),
            reactions=reactions,
            work=work,
            first=texts.follow,
        )
        service.every(_SWEEP_EVERY, sweep, service, completing)
        service.every(_SWEEP_EVERY, sweep_the_rest, service.store, service.desk, book)
        service.every(_PLAN_EVERY, plan_visits, service, book, policies)
        service.every(_BOOK_EVERY, look_over_the_book, voices)
        service.every(timedelta(seconds=10), count_without_owner, service)

    service.wire = wire
    return service


async def completed(
    command: Command, book: GridBook, completing: Completing, assigning: Assigning, present: PresentPlan
) -> Command:
    """Fill in what the grid book and the clocks know and a person need not type. Raises Refused."""
    match command:
        case AssignGrid(rule="by_hand"):
            return await assigning.by_hand(command)
        case NameAccused():
            return await assigning.naming(command)
        case AdoptPolicy():
            plan = await present.get()
            if wrong := unknown_places(read(command.content), plan and plan[1]):
                raise Refused("policy_impossible", mistakes=wrong)
            return command
        case EnterRecord() | CorrectRecord():
            return await tied_to_a_grid(command, book)
        case _:
            return await completing.completed(command)


async def ask(question: dict[str, Any], desk: Desk, book: GridBook, completing: Completing) -> None:
    """A timer fired: of a request, or of what stands beside it."""
    if "aggregate" in question:
        await check(question, desk, book)
    else:
        await completing.check(question)


async def plan_visits(service: Service, book: GridBook, policies: Policies) -> None:
    settings = service.settings
    calendar = (await policies.present()).clocks.calendar
    await plan_the_week(service.store, service.desk, book, calendar, settings.tenant)


async def sweep(service: Service, completing: Completing) -> None:
    """Ask about whatever is overdue, so that a lost timer is a late one; and about what nobody touches."""
    requests, at = service.store.documents(REQUEST.aggregate), now()
    overdue = requests.find({"body.check_at": {"$lte": at}}, {"tenant": 1, "id": 1}).sort("body.check_at", 1)
    await ask_each(
        overdue.limit(SWEPT_AT_ONCE),
        lambda row: completing.check({"tenant": row["tenant"], "request": row["id"]}),
    )
    given = await requests.distinct("body.policy", {"body.quiet_from": {"$ne": None}})
    for which, quiet_since in await completing.quiet(given):
        quiet = which | {"body.quiet_from": {"$lte": quiet_since}}

        async def about(row: dict[str, Any], quiet_since: datetime = quiet_since) -> None:
            question = {"tenant": row["tenant"], "request": row["id"], "quiet_since": quiet_since}
            await completing.check(question)

        await ask_each(requests.find(quiet, {"tenant": 1, "id": 1}).limit(SWEPT_AT_ONCE), about)


async def count_without_owner(service: Service) -> None:
    """A request without an owner is a defect, so it is a number that operators watch."""
    done = [*ENDED, "resolved", "triage", "returned"]
    WITHOUT_OWNER.set(
        await service.store.documents(REQUEST.aggregate).count_documents(
            {"body.worker": None, "body.status": {"$nin": done}}
        )
    )
