"""Clocks of a request, told in stories: contact, pause, question, matter, reminder, miss, escalation, stall, no answer."""

from typing import Any

import pytest

from shared.commands.request import (
    AnswerQuestion,
    AskResident,
    CheckDeadline,
    ContactResident,
    JoinMatter,
    LeaveMatter,
    PauseClock,
    RegradeRequest,
    ReportUp,
    ResumeClock,
)
from shared.events.request import (
    ClockPaused,
    ClockResumed,
    DeadlineMissed,
    DeadlineReminded,
    RequestClosed,
    RequestEscalated,
    RequestHeld,
    RequestJoinedMatter,
    RequestLeftMatter,
    RequestReportedUp,
    RequestResolved,
    ResidentAnswered,
    ResidentAsked,
    ResidentContacted,
    SeverityChanged,
    StallNoticed,
)
from shared.words import Severity
from tests.fixtures.matter import (
    accept,
    accepted,
    answer,
    answered,
    assigned,
    box,
    check,
    closed,
    command,
    in_triage,
    minutes,
    noted,
    resolved,
)
from tests.fixtures.story import given

MISSED = DeadlineMissed(deadline="resolve", due_at=minutes(1440), escalate_at=minutes(1560), at=minutes(1440))
HEAD = {"level": "community", "area": "c1", "head": "h1", "escalate_at": minutes(1700)}
PAUSED = ClockPaused(
    reason="waiting_for_material", accept_left=None, contact_left=None, resolve_left=3600, at=minutes(60)
)


def ask(at: float, **known: Any) -> Any:
    """The sweep's question, with what Completing fills in."""
    return command(CheckDeadline, "service:routing", at=at, **known)


def pause(**said: Any) -> Any:
    deadlines = (None, None, minutes(1440))
    return command(
        PauseClock,
        "worker:w1",
        **{"reason": "waiting_for_material", "resolve_left": 3600, "counted_on": deadlines} | said,
    )


def resume(**said: Any) -> Any:
    return command(
        ResumeClock,
        "worker:w1",
        **{
            "at": 600,
            "due_at": minutes(660),
            "remind_at": minutes(630),
            "counted_on": (None, None, 3600),
        }
        | said,
    )


# contact ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_was_spoken_with_was_contacted_and_that_clock_is_done():
    story = given(assigned(contact_by=minutes(240)), accepted())
    spoken = story.when(command(ContactResident, "worker:w1", note=box("k1"))).then(
        ResidentContacted(worker="w1", note=box("k1"), at=minutes(60))
    )
    spoken.when(check(241)).then()


def test_a_resident_whom_nobody_spoke_with_is_a_miss_once():
    story = given(assigned(contact_by=minutes(240)), accepted())
    story.when(check(240)).then(DeadlineMissed(deadline="contact", due_at=minutes(240), at=minutes(240)))


def test_nobody_speaks_with_a_resident_in_another_worker_s_name():
    given(assigned(contact_by=minutes(240)), accepted()).when(command(ContactResident, "worker:w2")).refused(
        "not_your_request"
    )


# pause ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_while_something_is_waited_for_no_deadline_passes():
    stands = given(assigned(), accepted()).when(pause()).then(PAUSED)
    stands.when(check(99999)).then()
    runs = stands.when(resume()).then(
        ClockResumed(due_at=minutes(660), remind_at=minutes(630), at=minutes(600))
    )
    runs.when(check(629)).then()
    runs.when(check(630)).then(DeadlineReminded(due_at=minutes(660), at=minutes(630)))
    runs.when(check(660)).then(DeadlineMissed(deadline="resolve", due_at=minutes(660), at=minutes(660)))


def test_what_was_counted_on_another_state_is_refused():
    """Somebody regraded it while the calendar was asked."""
    given(assigned(), accepted()).when(pause(counted_on=(None, None, minutes(99)))).refused("moved_meanwhile")
    given(assigned(), accepted(), PAUSED).when(resume(counted_on=(None, None, 7))).refused("moved_meanwhile")


def test_nobody_pauses_another_worker_s_clock():
    given(assigned(), accepted()).when(command(PauseClock, "worker:w2", reason="other")).refused(
        "not_your_request"
    )


def test_the_clocks_stand_until_the_resident_answers():
    asked = ResidentAsked(worker="w1", question=box("k1"), resolve_left=3600, at=minutes(60))
    question = command(
        AskResident,
        "worker:w1",
        question=box("k1"),
        resolve_left=3600,
        counted_on=(None, None, minutes(1440)),
    )
    stands = given(assigned(), accepted()).when(question).then(asked)
    said = {"answer": box("k2"), "due_at": minutes(660), "counted_on": (None, None, 3600)}
    stands.when(command(AnswerQuestion, "staff:s1", **said)).refused("not_the_resident")
    stands.when(command(AnswerQuestion, "resident:r1", **said)).then(
        ResidentAnswered(answer=box("k2"), due_at=minutes(660), at=minutes(60))
    )


# one matter ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_follows_another_has_no_clock_of_its_own_until_it_is_parted():
    join = command(
        JoinMatter, "staff:s1", matter="r2", resolve_left=3600, counted_on=(None, None, minutes(1440))
    )
    follows = (
        given(assigned(), accepted())
        .when(join)
        .then(RequestJoinedMatter(matter="r2", resolve_left=3600, at=minutes(60)))
    )
    follows.when(ask(99999, quiet_since=minutes(99998))).then()
    leave = command(
        LeaveMatter, "staff:s1", due_at=minutes(120), remind_at=minutes(90), counted_on=(None, None, 3600)
    )
    parted = follows.when(leave).then(
        RequestLeftMatter(matter="r2", due_at=minutes(120), remind_at=minutes(90), at=minutes(60))
    )
    parted.when(check(90)).then(DeadlineReminded(due_at=minutes(120), at=minutes(90)))


def test_that_two_are_the_same_a_person_says_who_is_no_worker():
    given(assigned(), accepted()).when(command(JoinMatter, "worker:w1", matter="r2")).refused(
        "not_for_workers"
    )


def test_a_resolved_follower_is_closed_when_its_own_resident_says_nothing():
    """Each reporter answers for himself, and nobody waits for ever."""
    joined = RequestJoinedMatter(matter="r2", at=minutes(15))
    done = RequestResolved(worker="w1", answer_by=minutes(500), at=minutes(30))
    given(assigned(), accepted(), joined, done).when(check(500)).then(
        RequestClosed(reason="no_answer", at=minutes(500))
    )


# reminder, miss, escalation ────────────────────────────────────────────────────────────────────────────────────────


def test_the_worker_is_reminded_once_when_the_policy_says():
    reminded = (
        given(assigned(remind_at=minutes(1380)), accepted())
        .when(check(1380))
        .then(DeadlineReminded(due_at=minutes(1440), at=minutes(1380)))
    )
    reminded.when(check(1400)).then()


def test_nobody_is_reminded_of_what_was_imported():
    given(assigned(remind_at=minutes(1380), imported=True), accepted()).when(check(1400)).then()


def test_a_head_hears_of_a_miss_from_which_nothing_came_and_the_street_after_as_long():
    late = given(assigned(), accepted()).when(ask(1440, escalate_at=minutes(1560))).then(MISSED)
    late.when(ask(1559, **HEAD)).then()
    told = late.when(ask(1560, **HEAD)).then(
        RequestEscalated(
            deadline="resolve",
            level="community",
            area="c1",
            head="h1",
            escalate_at=minutes(1700),
            at=minutes(1560),
        )
    )
    street = {"level": "street", "area": "s1", "head": "h9", "escalate_at": minutes(9999)}
    told.when(ask(1700, **street)).then(
        RequestEscalated(deadline="resolve", level="street", area="s1", head="h9", at=minutes(1700))
    ).when(ask(99999, **street)).then()


def test_what_was_resolved_after_a_miss_is_not_escalated():
    given(assigned(), accepted(), MISSED, resolved(at=1450)).when(ask(1600, **HEAD)).then()


def test_of_what_was_imported_no_head_hears():
    miss = DeadlineMissed(deadline="resolve", due_at=minutes(1440), imported=True, at=minutes(1440))
    late = given(assigned(imported=True), accepted())
    late.when(ask(1440, escalate_at=minutes(1560))).then(miss).when(ask(1600, **HEAD)).then()


def test_a_new_grade_is_a_new_clock():
    """The deadline that was missed is none any more, and no head hears of it."""
    regrade = command(
        RegradeRequest,
        "staff:s1",
        at=1450,
        severity="blue",
        reason="no danger",
        due_at=minutes(5000),
        remind_at=minutes(4940),
    )
    graded = SeverityChanged(
        severity=Severity.BLUE,
        before=Severity.YELLOW,
        reason="no danger",
        due_at=minutes(5000),
        remind_at=minutes(4940),
        at=minutes(1450),
    )
    anew = given(assigned(), accepted(), MISSED).when(regrade).then(graded)
    anew.when(ask(1600, **HEAD)).then()
    anew.when(check(4940)).then(DeadlineReminded(due_at=minutes(5000), at=minutes(4940)))
    given(assigned(), accepted()).when(
        command(RegradeRequest, "worker:w1", severity="blue", reason="late")
    ).refused("not_for_workers")


def test_it_goes_up_one_level_at_a_time_and_its_head_has_a_time_to_accept():
    up = command(
        ReportUp,
        "worker:w1",
        reason="too big",
        level="community",
        area="c1",
        worker="h1",
        accept_by=minutes(90),
    )
    reported = RequestReportedUp(
        level="community",
        area="c1",
        worker="h1",
        from_worker="w1",
        reason="too big",
        accept_by=minutes(90),
        at=minutes(60),
    )
    above = given(assigned(), accepted()).when(up).then(reported)
    above.when(accept("worker:w1")).refused("not_your_request")
    above.when(check(90)).then(DeadlineMissed(deadline="accept", due_at=minutes(90), at=minutes(90)))


# nobody touches it ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "worker"),
    [
        ((in_triage(),), None),
        (
            (
                assigned(at=0, accept_by=None, due_at=None),
                accepted(),
                RequestHeld(reason="parts", at=minutes(20)),
            ),
            "w1",
        ),
    ],
)
def test_what_nobody_touches_is_told_again_and_after_as_long_again(
    before: tuple[Any, ...], worker: str | None
):
    """Silence is counted from the last thing that somebody did; and from the last telling, for the next one."""
    since = minutes(20) if worker else minutes(0)
    story = given(*before)
    story.when(ask(5000, quiet_since=minutes(-1))).then()
    told = story.when(ask(5000, quiet_since=minutes(20), head="h1")).then(
        StallNoticed(since=since, worker=worker, head="h1", at=minutes(5000))
    )
    told.when(ask(5001, quiet_since=minutes(21))).then()
    told.when(ask(9999, quiet_since=minutes(5000))).then(
        StallNoticed(since=since, times=2, worker=worker, at=minutes(9999))
    )


def test_a_note_is_a_sign_of_life():
    story = given(assigned(accept_by=None, due_at=None), accepted(), noted(at=4000))
    story.when(ask(5000, quiet_since=minutes(3999))).then()


# no answer ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_does_not_answer_in_the_policy_s_days_has_not_said_that_it_is_solved():
    done = RequestResolved(worker="w1", answer_by=minutes(500), at=minutes(30))
    story = given(assigned(), accepted(), done)
    story.when(check(499)).then()
    shut = story.when(check(500)).then(RequestClosed(reason="no_answer", at=minutes(500)))
    shut.when(answer(solved=True, at=600)).then(answered(solved=True, at=600))


def test_who_has_answered_is_asked_no_more():
    done = RequestResolved(worker="w1", answer_by=minutes(500), at=minutes(30))
    given(assigned(), accepted(), done, answered(solved=True), closed()).when(check(600)).then()
