"""A request's life, told in stories: who is responsible, until when, and what may come next."""

import pytest

from shared.commands.request import LeaveInTriage, ReportUp
from shared.events.request import (
    AssignmentFailed,
    DeadlineMissed,
    RequestDeclined,
    RequestHeld,
    RequestResolved,
    RequestReturned,
    RequestTransferred,
)
from tests.fixtures.matter import (
    accept,
    accepted,
    answer,
    answered,
    assign,
    assigned,
    box,
    check,
    close,
    closed,
    command,
    decline,
    follow_withdrawal,
    give_back,
    hold,
    in_triage,
    minutes,
    note,
    noted,
    reopen,
    reopened,
    resolve,
    resolved,
    transfer,
)
from tests.fixtures.story import given

# finding an owner ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_grid_book_gives_a_new_request_to_its_grid():
    """One grid, one named worker, two deadlines."""
    wish = assign(rule="building", actor="service:routing", at=0)
    given().when(wish).then(assigned(rule="building", accept_by=None, due_at=None))


def test_a_place_in_no_grid_waits_in_triage():
    """It is never given to a neighbour: a person decides."""
    wish = command(LeaveInTriage, "service:routing", at=0, reason="in_no_grid", plan="p1")
    given().when(wish).then(in_triage())


def test_a_grid_with_nobody_on_duty_waits_in_triage_and_says_which_grid():
    """No worker, no deputy, no head: an assignment to nobody would be seen by nobody."""
    said = {"reason": "nobody_on_duty", "grid": "g1", "community": "c1", "plan": "p1"}
    wish = command(LeaveInTriage, "service:routing", at=0, **said)
    waits = AssignmentFailed(reason="nobody_on_duty", grid="g1", community="c1", plan="p1", at=minutes(0))
    waiting = given().when(wish).then(waits)
    waiting.when(assign("g1", "w1", at=60)).then(
        assigned("w1", at=60, rule="by_hand", accept_by=None, due_at=None)
    )


def test_whoever_is_posted_where_nobody_stood_gets_what_waited_there():
    """By itself, and once; what waits because it lies in no grid is a person's to decide."""
    waits = AssignmentFailed(reason="nobody_on_duty", grid="g1", community="c1", plan="p1", at=minutes(0))
    wish = assign("g1", "w1", rule="building", actor="service:routing", at=60)
    given(waits).when(wish).then(assigned("w1", at=60, rule="building", accept_by=None, due_at=None))
    given(in_triage()).when(wish).then()
    given(waits, assigned("w2")).when(wish).then()


@pytest.mark.parametrize(("rule", "actor"), [("position", "service:routing"), ("by_hand", "staff:s1")])
def test_nobody_is_no_owner(rule: str, actor: str):
    """A request without an owner is a number that must read 0."""
    wish = assign(worker=None, rule=rule, actor=actor)
    given().when(wish).refused("nobody_on_duty", grid="g1")
    given(in_triage()).when(assign(worker=None)).refused("nobody_on_duty", grid="g1")


def test_where_no_head_is_posted_it_stays_with_its_worker():
    """Reporting it up would leave it without anybody."""
    up = command(ReportUp, "worker:w1", reason="too big", level="community", area="c1")
    given(assigned(), accepted()).when(up).refused("nobody_on_duty", area="c1")


def test_the_grid_book_speaks_once():
    """A fact that comes twice does not move a request which somebody already works on, or has taken in hand."""
    late = assign(grid="g9", worker="w9", rule="position", actor="service:routing")
    given(assigned()).when(late).then()
    given(in_triage()).when(late).then()
    given(assigned(), accepted(), resolved(), closed()).when(late).then()


def test_nobody_speaks_for_the_grid_book():
    """What a building or a position says is on record as the plan's word, so no person can say it."""
    given().when(assign(rule="position", actor="staff:s1")).refused("only_by_hand")


def test_staff_take_a_request_out_of_triage_by_hand():
    given(in_triage()).when(assign("g2", "w2", at=60)).then(
        assigned("w2", "g2", at=60, rule="by_hand", accept_by=None, due_at=None)
    )


def test_staff_do_not_take_a_request_from_a_worker_by_assigning_it_anew():
    """Whoever has it would not hear of it: that is what a transfer is for."""
    given(assigned(), accepted()).when(assign("g2", "w2")).refused("already_assigned", grid="g1")


def test_what_is_done_is_not_assigned_again():
    given(assigned(), accepted(), resolved()).when(assign("g2", "w2")).refused("already_resolved")
    ended = given(assigned(), accepted(), resolved(), closed())
    ended.when(assign("g2", "w2")).refused("already_closed", status="closed")


# working on it ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_repeat_of_accept_changes_nothing():
    """A worker who taps twice is not told off, and nobody is told twice."""
    given(assigned()).when(accept()).then(accepted(at=60)).when(accept()).then()


def test_a_worker_works_on_own_requests_only():
    for wish in (accept("worker:w2"), hold("worker:w2"), give_back("worker:w2")):
        given(assigned()).when(wish).refused("not_your_request")
    for wish in (note("worker:w2"), resolve("worker:w2"), give_back("worker:w2")):
        given(assigned(), accepted()).when(wish).refused("not_your_request")


def test_another_worker_s_repeat_is_no_repeat():
    """That w1 accepted it does not mean that w2 did."""
    given(assigned(), accepted()).when(accept("worker:w2")).refused("not_your_request")


def test_a_worker_cannot_accept_in_another_s_name():
    """Not even where the grid has nobody: responsibility is taken, not handed out."""
    given(assigned(None)).when(accept("worker:w1", worker="w2")).refused("not_your_request")
    given(assigned("w1")).when(accept("worker:w1", worker="w2")).refused("not_your_request")


def test_where_a_grid_has_no_worker_the_first_who_accepts_is_responsible():
    given(assigned(None)).when(accept("worker:w3")).then(accepted("w3", at=60)).when(
        accept("worker:w4")
    ).refused("not_your_request")


def test_what_nobody_has_accepted_can_be_accepted_and_nothing_else():
    """Whoever wants to hang it up or give it back takes it first."""
    for wish in (hold(), give_back(), transfer("w2", actor="worker:w1")):
        given(assigned(None)).when(wish).refused("not_your_request")


def test_staff_accept_for_the_worker_responsible_or_name_one():
    given(assigned("w1")).when(accept("staff:s1")).then(accepted("w1", at=60))
    given(assigned(None)).when(accept("staff:s1", worker="w2")).then(accepted("w2", at=60))
    given(assigned("w1")).when(accept("staff:s1", worker="w2")).refused("not_your_request")


def test_only_what_was_accepted_can_be_worked_on():
    given(assigned()).when(note()).refused("not_accepted")
    given(assigned()).when(resolve()).refused("not_accepted")
    given(in_triage()).when(accept()).refused("not_assigned")
    given().when(accept()).refused("not_assigned")


def test_each_note_is_kept_and_none_twice():
    """Two notes are two facts; the same note sent twice is one."""
    given(assigned(), accepted()).when(note(key="k1")).then(noted(at=60, key="k1")).when(note(key="k2")).then(
        noted(at=60, key="k2")
    )


def test_what_hangs_is_taken_up_again_by_accepting_it():
    held = (
        given(assigned(), accepted()).when(hold()).then(RequestHeld(reason="waits for parts", at=minutes(60)))
    )
    held.when(accept()).then(accepted(at=60))


def test_what_is_given_back_waits_in_triage_for_a_person():
    """Nobody is responsible any more, so it is visible to those who find somebody."""
    back = (
        given(assigned())
        .when(give_back())
        .then(RequestReturned(worker="w1", reason="not of this grid", at=minutes(60)))
    )
    back.when(accept()).refused("not_assigned")
    back.when(assign("g2", "w2", at=70)).then(
        assigned("w2", "g2", at=70, rule="by_hand", accept_by=None, due_at=None)
    )


def test_a_transferred_request_is_its_new_worker_s():
    moved = (
        given(assigned(), accepted())
        .when(transfer("w2", "g2"))
        .then(
            RequestTransferred(grid="g2", worker="w2", from_worker="w1", reason="transferred", at=minutes(60))
        )
    )
    moved.when(accept("worker:w1")).refused("not_your_request")
    moved.when(accept("worker:w2")).then(accepted("w2", at=60))


# the resident's word ───────────────────────────────────────────────────────────────────────────────────────────────


def test_whether_it_is_solved_the_resident_says():
    """Nobody rates his own work."""
    done = given(assigned(), accepted(), resolved())
    for actor in ("worker:w1", "staff:s1", "resident:r2"):
        done.when(answer(solved=True, actor=actor)).refused("not_the_resident")
    done.when(answer(solved=True)).then(answered(solved=True, at=60))


def test_what_was_done_before_we_were_told_needs_no_hand_and_no_worker_says_so():
    done = resolve("import:rows", imported=True, at=30)
    given(assigned(imported=True)).when(done).then(resolved(imported=True)).when(done).then()
    given(assigned("w2")).when(resolve("worker:w1", imported=True)).refused("not_your_request")


def test_the_resident_answers_once_each_time_it_was_resolved():
    said = given(assigned(), accepted(), resolved()).when(answer(solved=False)).then(answered(False, at=60))
    said.when(answer(solved=True)).refused("already_answered")
    again = given(*said.events, reopened(), accepted(), resolved(at=100))
    again.when(answer(solved=True, satisfaction=5, at=110)).then(answered(True, 5, at=110))


def test_there_is_nothing_to_answer_before_it_is_resolved():
    given(assigned(), accepted()).when(answer(solved=True)).refused("not_resolved")


def test_not_solved_opens_it_again_for_the_same_worker_with_a_new_clock():
    story = given(assigned(), accepted(), resolved(), answered(solved=False))
    anew = story.when(reopen(due_at=minutes(2000))).then(reopened(60, due_at=minutes(2000)))
    anew.when(check(2001)).then(DeadlineMissed(deadline="resolve", due_at=minutes(2000), at=minutes(2001)))
    anew.when(accept()).then(accepted(at=60))


def test_solved_closes_it_and_a_second_thought_opens_it_again():
    """A lamp that fails the next day is the same lamp."""
    shut = given(assigned(), accepted(), resolved(), answered(solved=True)).when(close()).then(closed(at=60))
    shut.when(reopen()).then(reopened(60))


def test_what_is_not_resolved_is_neither_closed_nor_reopened():
    given(assigned(), accepted()).when(close()).refused("not_resolved")
    given(assigned(), accepted()).when(reopen()).refused("not_resolved")


@pytest.mark.parametrize(
    "before",
    [(), (in_triage(),), (assigned(),), (assigned(), accepted()), (assigned(), accepted(), resolved())],
)
def test_a_resident_may_take_it_back_at_any_time(before):
    given(*before).when(follow_withdrawal()).then(closed("withdrawn", at=60)).when(answer(True)).refused(
        "not_resolved"
    )


def test_what_is_over_stays_over_when_it_is_taken_back():
    given(assigned(), accepted(), resolved(), closed()).when(follow_withdrawal()).then()


def test_declining_is_for_staff_and_says_where_to_go():
    given(assigned()).when(decline("worker:w1")).refused("not_for_workers")
    given(assigned()).when(decline()).then(
        RequestDeclined(reason="not ours", instead="12345", at=minutes(60))
    ).when(accept()).refused("already_closed", status="declined")


# clocks ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_deadline_is_missed_once():
    """A timer is only a question, and may be asked any number of times."""
    late = (
        given(assigned())
        .when(check(121))
        .then(DeadlineMissed(deadline="accept", due_at=minutes(120), at=minutes(121)))
    )
    late.when(check(1440)).then(DeadlineMissed(deadline="resolve", due_at=minutes(1440), at=minutes(1440)))


def test_the_clock_asks_in_vain_when_it_was_done_in_time():
    given(assigned()).when(check(119)).then()
    given(assigned(), accepted()).when(check(1079)).then()
    given(assigned(), accepted(), resolved()).when(check(9999)).then()
    given(in_triage()).when(check(1439)).then()


def test_words_of_the_worker_stay_sealed():
    outcome = box("k9")
    given(assigned(), accepted()).when(resolve(outcome=outcome)).then(
        RequestResolved(worker="w1", outcome=outcome, at=minutes(60))
    )
