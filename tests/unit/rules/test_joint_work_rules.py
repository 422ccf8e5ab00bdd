"""Mediation, patrols, findings, jobs and visits."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.routing.joint_work import thirty_days_after
from shared.commands.job import AdvanceJob, FinishJob, MoveRequests
from shared.commands.mediation import (
    ApplyForConfirmation,
    CheckMediation,
    FollowUp,
    HoldMediationSession,
    NameMediator,
    OpenMediation,
    RecordAgreement,
    RecordFailure,
)
from shared.commands.patrol import CheckFinding, CheckPatrol, MakePatrol, MakeRecheck, NoteFinding, PlanPatrol
from shared.commands.visit import CheckVisit, LeaveVisitUnanswered, LetVisitFallDue, MakeVisit, SetVisitRound
from shared.events.job import JobAdvanced, JobFinished, JobStarted, Move, NotMoved
from shared.events.mediation import (
    AgreementFailed,
    AgreementReached,
    ConfirmationLapsed,
    ConfirmationReminded,
    FollowedUp,
    FollowUpFellDue,
    JudicialConfirmationApplied,
    MediationOpened,
    MediationSessionHeld,
    MediatorNamed,
)
from shared.events.patrol import (
    Checked,
    CheckItem,
    FindingNoted,
    PatrolMade,
    PatrolMissed,
    PatrolPlanned,
    RecheckFellDue,
    RecheckMade,
)
from shared.events.visit import (
    VisitFellDue,
    VisitMade,
    VisitMissed,
    VisitPlanned,
    VisitRoundSet,
    VisitUnanswered,
)
from tests.fixtures.matter import MORNING, box, minutes
from tests.fixtures.story import given

AT = minutes(60)
DAY = 24 * 60


def wish(model: Any, *, at: float = 60, actor: str = "staff:s1", **said: Any) -> Any:
    return model.model_validate({"id": "c1", "tenant": "demo", "actor": actor, "at": minutes(at)} | said)


# mediation ─────────────────────────────────────────────────────────────────────────────────────────────────────────

opened = MediationOpened(parties=box("k1"), party_ids=("w2",), at=minutes(0))
named = MediatorNamed(mediator="w1", at=AT)
agreed = AgreementReached(
    terms=box("k3"),
    effective_at=AT,
    confirm_by=minutes(60 + 30 * DAY),
    follow_up_at=minutes(60 + 60 * DAY),
    at=AT,
)


def test_a_dispute_is_mediated_by_somebody_neutral():
    given().when(wish(OpenMediation, request="r1", parties=box("k1"), party_ids=("w2",), at=0)).then(opened)
    given(opened).when(wish(NameMediator, request="r1", mediator="w2")).refused("mediator_is_a_party")
    session = wish(HoldMediationSession, request="r1", note=box("k2"))
    given(opened).when(session).refused("no_mediator")
    story = given(opened).when(wish(NameMediator, request="r1", mediator="w1")).then(named)
    held = MediationSessionHeld(number=1, note=box("k2"), at=AT)
    story.when(session).then(held)
    another = wish(HoldMediationSession, request="r1", note=box("k2"), actor="worker:w3")
    story.when(another).refused("not_the_mediator")


def test_an_agreement_starts_the_thirty_days():
    story = given(opened, named).when(wish(RecordAgreement, request="r1", terms=box("k3"))).then(agreed)
    story.when(wish(RecordAgreement, request="r1", terms=box("k4"))).refused("already_agreed")
    story.when(wish(RecordFailure, request="r1")).refused("mediation_over")


def test_both_apply_jointly_and_in_time():
    story = given(opened, named, agreed)
    story.when(wish(ApplyForConfirmation, request="r1", jointly=False)).refused("only_jointly")
    late = wish(ApplyForConfirmation, request="r1", jointly=True, at=61 + 30 * DAY)
    story.when(late).refused("confirmation_too_late")
    applied = JudicialConfirmationApplied(at=AT)
    story = story.when(wish(ApplyForConfirmation, request="r1", jointly=True)).then(applied)
    story.when(wish(CheckMediation, request="r1", about="deadline", at=99 * DAY)).then()


def test_somebody_is_reminded_a_week_before():
    day_23 = 60 + 23 * DAY
    story = given(opened, named, agreed)
    story.when(wish(CheckMediation, request="r1", about="reminder", at=day_23 - 1)).then()
    reminded = ConfirmationReminded(confirm_by=agreed.confirm_by, at=minutes(day_23))
    story = story.when(wish(CheckMediation, request="r1", about="reminder", at=day_23)).then(reminded)
    over = minutes(61 + 30 * DAY)
    lapsed = ConfirmationLapsed(confirm_by=agreed.confirm_by, at=over)
    story.when(wish(CheckMediation, request="r1", about="deadline", at=61 + 30 * DAY)).then(lapsed)


def test_an_agreement_that_is_not_kept_is_looked_at_again():
    day_60 = 60 + 60 * DAY
    due = FollowUpFellDue(follow_up_at=agreed.follow_up_at, at=minutes(day_60))
    story = given(opened, named, agreed)
    story = story.when(wish(CheckMediation, request="r1", about="follow_up", at=day_60)).then(due)
    broken = FollowedUp(kept=False, follow_up_at=minutes(day_60 + 14 * DAY), at=minutes(day_60))
    story.when(wish(FollowUp, request="r1", kept=False, at=day_60)).then(broken)


def test_what_failed_may_be_tried_again():
    failed = AgreementFailed(at=AT)
    story = given(opened, named).when(wish(RecordFailure, request="r1")).then(failed)
    again = MediationOpened(parties=box("k9"), at=AT)
    story.when(wish(OpenMediation, request="r1", parties=box("k9"))).then(again)


def test_the_thirtieth_day_counts_to_its_midnight_on_the_tenants_clock():
    """Effective on 2 March at 08:30 in Shanghai: the first day does not count, the last is 1 April."""
    zone = ZoneInfo("Asia/Shanghai")
    assert thirty_days_after(MORNING, zone) == datetime(2026, 4, 2, tzinfo=zone)
    late_in_utc = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)  # 01:00 on 2 March in Shanghai
    assert thirty_days_after(late_in_utc, zone) == datetime(2026, 4, 2, tzinfo=zone)


# patrols ───────────────────────────────────────────────────────────────────────────────────────────────────────────

ITEMS = (CheckItem(code="fire", zh="消防通道"), CheckItem(code="lamp", zh="楼道灯"))
planned = PatrolPlanned(grid="g1", worker="w1", due_at=minutes(120), items=ITEMS, series="p1", at=minutes(0))
ALL = (Checked(item="fire", good=True), Checked(item="lamp", good=False))


def test_a_patrol_answers_every_line():
    plan = wish(PlanPatrol, patrol="p1", grid="g1", worker="w1", due_at=minutes(120), items=ITEMS, at=0)
    given().when(plan.model_copy(update={"at": minutes(120)})).refused("time_is_past")
    story = given().when(plan).then(planned)
    make = wish(MakePatrol, patrol="p1", checked=ALL, actor="worker:w1")
    some = wish(MakePatrol, patrol="p1", checked=ALL[:1], actor="worker:w1")
    story.when(some).refused("not_all_checked", items=["lamp"])
    story.when(wish(MakePatrol, patrol="p1", checked=ALL, actor="worker:w2")).refused("not_your_patrol")
    instead = wish(MakePatrol, patrol="p1", checked=ALL, actor="worker:w2", stands_in_for="w1")
    story.when(instead).then(PatrolMade(worker="w1", checked=ALL, at=AT))
    story.when(make).then(PatrolMade(worker="w1", checked=ALL, at=AT))


def test_a_patrol_that_nobody_made_is_said_once_and_may_be_made_late():
    missed = PatrolMissed(
        due_at=minutes(120), grid=planned.grid, worker=planned.worker, head="h1", at=minutes(120)
    )
    story = given(planned).when(wish(CheckPatrol, patrol="p1", head="h1", at=120)).then(missed)
    made = PatrolMade(worker="w1", checked=ALL, at=minutes(300))
    story.when(wish(MakePatrol, patrol="p1", checked=ALL, actor="worker:w1", at=300)).then(made)


def test_a_finding_is_looked_at_until_it_is_fixed():
    week = 60 + 7 * DAY
    note = wish(NoteFinding, finding="f1", note=box("k1"), patrol="p1", request="r1", actor="worker:w1")
    found = FindingNoted(
        request="r1", worker="w1", note=box("k1"), patrol="p1", recheck_by=minutes(week), at=AT
    )
    story = given().when(note).then(found)
    due = RecheckFellDue(recheck_by=minutes(week), at=minutes(week))
    story = story.when(wish(CheckFinding, finding="f1", at=week)).then(due)
    broken = RecheckMade(fixed=False, recheck_by=minutes(week + 7 * DAY), at=minutes(week))
    story = story.when(wish(MakeRecheck, finding="f1", fixed=False, at=week)).then(broken)
    fixed = RecheckMade(fixed=True, at=minutes(week + 60))
    story = story.when(wish(MakeRecheck, finding="f1", fixed=True, at=week + 60)).then(fixed)
    story.when(wish(CheckFinding, finding="f1", at=99999)).then()


# jobs ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

MOVES = tuple(Move(request=f"r{number}", grid="g1", worker="w2") for number in range(3))


def test_a_job_goes_through_its_list_once():
    start = wish(MoveRequests, job="j1", from_worker="w1", to_worker="w2", moves=MOVES, at=0)
    started = JobStarted(
        starter="staff:s1", from_worker="w1", moves=MOVES, reason="worker_leaves", at=minutes(0)
    )
    story = given().when(start).then(started)
    story.when(wish(FinishJob, job="j1")).refused("job_runs", left=3)
    refused = (NotMoved(request="r1", reason="already_resolved"),)
    story = story.when(wish(AdvanceJob, job="j1", upto=3, refused=refused)).then(
        JobAdvanced(upto=3, refused=refused, at=AT)
    )
    story = story.when(wish(AdvanceJob, job="j1", upto=2)).then()
    story.when(wish(FinishJob, job="j1")).then(JobFinished(moved=2, refused=1, at=AT))


def test_chosen_ones_move_to_another_grid_and_stay_with_the_same_worker():
    """A worker with two grids: what lies in the wrong one is moved, and nobody is changed."""
    start = wish(MoveRequests, job="j1", from_worker="w2", to_worker="w2", to_grid="g1", moves=MOVES, at=0)
    given().when(start).then(
        JobStarted(starter="staff:s1", from_worker="w2", moves=MOVES, reason="worker_leaves", at=minutes(0))
    )


def test_nobody_moves_to_himself():
    same = wish(MoveRequests, job="j1", from_worker="w1", to_worker="w1")
    given().when(same).refused("same_worker")
    given().when(wish(MoveRequests, job="j1", from_worker="w1", actor="worker:w1")).refused("not_for_workers")


# visits ────────────────────────────────────────────────────────────────────────────────────────────────────────────

visit = VisitPlanned(
    round="o1", grid="g1", worker="w1", on=minutes(0), due_at=minutes(DAY), welfare=True, at=minutes(0)
)


def test_a_visit_is_one_tap_of_whoever_went():
    story = given(visit)
    story.when(wish(MakeVisit, visit="v1", actor="worker:w2")).refused("not_your_visit")
    made = VisitMade(round="o1", worker="w1", at=AT)
    instead = wish(MakeVisit, visit="v1", actor="worker:w2", stands_in_for="w1")  # while w1 is away
    story.when(instead).then(made)
    other = wish(MakeVisit, visit="v1", actor="worker:w2", stands_in_for="w3")
    story.when(other).refused("not_your_visit")
    story = story.when(wish(MakeVisit, visit="v1", actor="worker:w1")).then(made)
    story.when(wish(LeaveVisitUnanswered, visit="v1", actor="worker:w1")).refused("visit_made")


def test_an_unanswered_visit_says_that_it_was_for_welfare():
    alone = VisitUnanswered(round="o1", grid="g1", worker="w1", welfare=True, at=AT)
    story = given(visit).when(wish(LeaveVisitUnanswered, visit="v1", actor="worker:w1")).then(alone)
    later = VisitMade(round="o1", worker="w1", at=minutes(90))
    story.when(wish(MakeVisit, visit="v1", actor="worker:w1", at=90)).then(later)


def test_a_day_on_which_nobody_went_is_a_missed_visit():
    missed = VisitMissed(round="o1", worker="w1", at=minutes(DAY))
    given(visit).when(wish(CheckVisit, visit="v1", at=DAY - 1)).then()
    given(visit).when(wish(CheckVisit, visit="v1", at=DAY)).then(missed)


def test_the_next_visit_is_one_rhythm_later_or_tomorrow_when_nobody_answered():
    set_up = VisitRoundSet(
        grid="g1", worker="w1", every_days=30, due_at=minutes(30 * DAY), who=box("k1"), at=minutes(0)
    )
    said = {"round": "o1", "grid": "g1", "worker": "w1", "every_days": 30, "who": box("k1")}
    story = given().when(wish(SetVisitRound, at=0, **said)).then(set_up)
    story.when(wish(LetVisitFallDue, round="o1")).then(VisitFellDue(due_at=AT + timedelta(days=30), at=AT))
    soon = VisitFellDue(due_at=AT + timedelta(days=1), at=AT)
    story.when(wish(LetVisitFallDue, round="o1", tried=True)).then(soon)
