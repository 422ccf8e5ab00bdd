"""Posts and absences: who stands where, how that person is reached, and when somebody else stands in."""

from datetime import timedelta

import pytest

from services.routing.absence.domain import ABSENCE
from shared.commands.absence import EndAbsence, NoteAbsence
from shared.commands.grid_book import PostWorker
from shared.events.absence import AbsenceEnded, AbsenceNoted
from shared.events.grid_book import WorkerPosted
from tests.fixtures.matter import box, minutes
from tests.fixtures.story import given

AT = minutes(60)


def say(model, actor="staff:s1", at=60, **said):
    return model.model_validate({"id": "c1", "tenant": "demo", "actor": actor, "at": minutes(at)} | said)


def post(worker="w1", key=None, duty="worker"):
    sealed = box(key) if key else None
    return say(PostWorker, post="p1", grid="g1", duty=duty, worker=worker, sealed=sealed)


def posted(worker="w1", key=None, duty="worker"):
    return WorkerPosted(grid="g1", duty=duty, worker=worker, sealed=box(key) if key else None, at=AT)


def test_a_new_number_of_the_same_worker_is_taken():
    """Else messages go to the old telephone until somebody thinks of relieving and posting again."""
    given(posted(key="k1")).when(post(key="k2")).then(posted(key="k2"))
    given(posted(key="k1")).when(post()).then()


def test_a_volunteers_post_is_that_persons_own():
    given(posted("w1", duty="volunteer")).when(post("w2", duty="volunteer")).refused("another_post")


def note(starts=100, ends=200, **said):
    return say(NoteAbsence, worker="w1", starts=minutes(starts), ends=minutes(ends), **said)


def noted(starts=100, ends=200, key=None):
    reason = box(key) if key else None
    return AbsenceNoted(worker="w1", starts=minutes(starts), ends=minutes(ends), reason=reason, at=AT)


def ended(starts=None, at=60):
    started = None if starts is None else minutes(starts)
    return AbsenceEnded(worker="w1", starts=started, at=minutes(at))


def end(starts=None, at=60, **said):
    return say(EndAbsence, worker="w1", at=at, starts=None if starts is None else minutes(starts), **said)


def test_a_worker_notes_the_own_absence_and_nobody_elses():
    given().when(note(actor="worker:w1", reason=box("k1"))).then(noted(key="k1"))
    given().when(note(actor="worker:w2")).refused("not_your_absence")


def test_an_absence_moved_to_another_end_is_one_absence():
    given(noted(ends=200)).when(note(ends=300)).then(noted(ends=300)).when(end(starts=100)).then(ended(100))


def test_whoever_is_back_early_is_back():
    given(noted(0, 200)).when(end(at=90)).then(ended(at=90))
    given(noted(0, 50)).when(end(at=90)).then()


@pytest.mark.parametrize(
    ("starts", "ends", "why"),
    [(200, 100, "absence_ends_before_it_starts"), (0, 30, "absence_is_over"), (0, 9e5, "absence_too_long")],
)
def test_an_absence_has_a_beginning_and_an_end(starts, ends, why):
    given().when(note(starts, ends)).refused(why)


def test_an_absence_holds_from_its_beginning_until_just_before_its_end():
    state = ABSENCE.evolve(ABSENCE.initial, noted(100, 200))
    moment = timedelta(seconds=1)
    assert [state.away(each) for each in (minutes(100) - moment, minutes(100))] == [False, True]
    assert [state.away(each) for each in (minutes(200) - moment, minutes(200))] == [True, False]
