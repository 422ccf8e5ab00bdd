"""People are called to an emergency (应急召集): asked, answered, there, relieved; and what is missing is told."""

from functools import reduce
from itertools import combinations
from typing import Any

from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as st

from services.routing.call_up.domain import CALL_UP
from services.routing.call_up.state import PLACED, State, overlap
from shared.commands.call_up import (
    AnswerCallUp,
    CheckCallUp,
    CheckInToCallUp,
    Engagement,
    EscalateCallUp,
    IssueCallUp,
    RelieveFromCallUp,
    StandDownCallUp,
    WidenCallUp,
)
from shared.events.call_up import (
    CallUpAnswered,
    CallUpCheckedIn,
    CallUpEscalated,
    CallUpIssued,
    CallUpRanShort,
    CallUpRelieved,
    CallUpReminded,
    CallUpStoodDown,
    CallUpWidened,
    Crew,
    Shift,
    Short,
)
from shared.refusal import Refused
from tests.fixtures.matter import minutes
from tests.fixtures.story import given

DAY = Shift(code="day", area="g1", starts=minutes(600), ends=minutes(1000), needed=1)
NIGHT = Shift(code="night", area="g1", starts=minutes(1000), ends=minutes(1400), needed=1)
NEXT_DOOR = Shift(code="next-door", area="g2", starts=minutes(800), ends=minutes(1100), needed=1)
EVERYBODY = ("w1", "w2", "w3")


def wish(model: Any, *, at: float = 60, actor: str = "staff:s1", **said: Any) -> Any:
    return model.model_validate(
        {"id": "c1", "tenant": "demo", "actor": actor, "at": minutes(at), "call_up": "u1"} | said
    )


def issued(*shifts: Shift, people: tuple[str, ...] = EVERYBODY, **more: Any) -> CallUpIssued:
    shifts = shifts or (DAY,)
    said: dict[str, Any] = {
        "reason": "flood",
        "area": "c1",
        "caller": "staff:s1",
        "shifts": shifts,
        "asked": tuple(Crew(shift=each.code, people=people) for each in shifts),
        "answer_by": minutes(30),
        "at": minutes(0),
    }
    return CallUpIssued.model_validate(said | more)


def answered(worker: str, stands: str = "confirmed", shift: str = "day", **more: Any) -> CallUpAnswered:
    said = {"worker": worker, "shift": shift, "stands": stands, "at": minutes(10)}
    return CallUpAnswered.model_validate(said | more)


def says(worker: str, yes: bool = True, shift: str = "day", at: float = 10, **more: Any) -> Any:
    actor = more.pop("actor", f"worker:{worker}")
    return wish(AnswerCallUp, worker=worker, yes=yes, shift=shift, at=at, actor=actor, **more)


def comes(worker: str, shift: str = "day", at: float = 590) -> Any:
    return wish(CheckInToCallUp, worker=worker, shift=shift, at=at, actor=f"worker:{worker}")


def asks(about: str, at: float) -> Any:
    return wish(CheckCallUp, about=about, at=at, actor="service:routing")


def test_the_office_calls_and_people_have_an_hour_to_answer():
    call = wish(
        IssueCallUp, reason="flood", area="c1", shifts=(DAY,), asked=issued().asked, answer_by=None, at=0
    )
    story = given().when(call).then(issued(answer_by=minutes(60)))
    story.when(wish(IssueCallUp, reason="snow", area="c1", shifts=(DAY,))).refused("already_issued")
    given().when(wish(IssueCallUp, reason="flood", area="c1", shifts=(DAY,), actor="worker:w1")).refused(
        "not_for_workers"
    )


def test_a_call_that_makes_no_sense_is_refused_whole():
    def call(*shifts: Shift, **more: Any) -> Any:
        return wish(IssueCallUp, reason="flood", area="c1", shifts=shifts, **more)

    backwards = DAY.model_copy(update={"ends": minutes(500)})
    for_days = DAY.model_copy(update={"ends": minutes(600 + 24 * 60 + 1)})
    given().when(call()).refused("no_shifts")
    given().when(call(backwards)).refused("shift_ends_before_it_starts", shift="day")
    given().when(call(for_days)).refused("shift_too_long")
    given().when(call(DAY, at=1000)).refused("shift_over")
    given().when(call(DAY, DAY)).refused("shift_named_twice", shift="day")
    given().when(call(DAY, answer_by=minutes(60))).refused("answer_by_is_over")


def test_a_full_shift_makes_reserves_and_a_freed_place_goes_to_the_first_of_them():
    story = given(issued()).when(says("w1")).then(answered("w1"))
    story = story.when(says("w2")).then(answered("w2", "reserve"))
    story = story.when(says("w3")).then(answered("w3", "reserve"))
    story = story.when(says("w1", yes=False)).then(answered("w1", "dropped", moved_up="w2"))
    story = story.when(says("w1")).then(answered("w1", "reserve"))
    story.when(says("w2", yes=False)).then(answered("w2", "dropped", moved_up="w3"))


def test_a_reserve_who_is_busy_elsewhere_does_not_move_up():
    past = (issued(), answered("w1"), answered("w2", "reserve"), answered("w3", "reserve"))
    busy = Engagement(worker="w2", starts=minutes(900), ends=minutes(1200))
    gone = answered("w1", "dropped", moved_up="w3")
    given(*past).when(says("w1", yes=False, engaged=(busy,))).then(gone)


def test_nobody_is_in_two_places_at_once():
    story = given(issued(DAY, NEXT_DOOR, NIGHT), answered("w1"))
    story.when(says("w1", shift="next-door")).refused("placed_elsewhere", shift="day")
    story.when(says("w1", shift="night")).then(answered("w1", shift="night"))
    elsewhere = Engagement(worker="w2", starts=minutes(0), ends=minutes(601))
    story.when(says("w2", engaged=(elsewhere,))).refused("placed_elsewhere")


def test_whoever_gets_a_place_is_no_reserve_for_the_same_hours():
    """Else a place that comes free would put one person in two."""
    past = (issued(DAY, NEXT_DOOR), answered("w1"), answered("w2", "reserve"))
    story = given(*past).when(says("w2", shift="next-door")).then(answered("w2", shift="next-door"))
    story.when(says("w1", yes=False)).then(answered("w1", "dropped"))


def test_people_answer_for_themselves_and_only_what_they_were_asked():
    given(issued()).when(says("w1", actor="worker:w2")).refused("not_your_answer")
    given(issued(people=("w1",))).when(says("w2")).refused("not_asked")
    given(issued(people=("w1",))).when(says("w2", actor="staff:s1")).then(answered("w2"))
    given(issued()).when(says("w1", shift="dusk")).refused("no_such_shift")
    given().when(says("w1")).refused("no_call_up")
    given(issued()).when(says("w1", at=1000)).refused("shift_over")


def test_one_tap_says_that_somebody_is_there_and_nobody_has_to():
    past = (issued(), answered("w1"))
    given(*past).when(comes("w2")).refused("not_placed")
    given(*past).when(comes("w1", at=500)).refused("shift_not_begun")
    there = CallUpCheckedIn(worker="w1", shift="day", at=minutes(590))
    story = given(*past).when(comes("w1")).then(there)
    story.when(says("w1", yes=False, at=600)).refused("already_here")
    done = CallUpRelieved(worker="w1", shift="day", at=minutes(900))
    unseen = wish(RelieveFromCallUp, worker="w1", shift="day", actor="worker:w1", at=900)
    given(*past).when(unseen).then(done)


def test_the_next_one_relieves_the_one_before():
    past = (
        issued(DAY, NIGHT),
        answered("w1"),
        answered("w2", shift="night"),
        CallUpCheckedIn(worker="w1", shift="day", at=minutes(600)),
    )
    relief = CallUpCheckedIn(worker="w2", shift="night", relieves="w1", relieved_of="day", at=minutes(990))
    given(*past).when(comes("w2", "night", at=990)).then(relief)


def test_the_lead_sends_home_and_another_worker_does_not():
    past = (issued(lead="w9"), answered("w1"), CallUpCheckedIn(worker="w1", shift="day", at=minutes(600)))
    done = CallUpRelieved(worker="w1", shift="day", at=minutes(700))

    def home(actor: str) -> Any:
        return wish(RelieveFromCallUp, worker="w1", shift="day", actor=actor, at=700)

    given(*past).when(home("worker:w2")).refused("not_your_answer")
    given(*past).when(home("worker:w9")).then(done)


def test_too_few_is_told_step_by_step_and_at_the_end():
    short = (Short(shift="day", by=1),)
    given(issued()).when(asks("short", 9)).then()
    story = given(issued()).when(asks("short", 10)).then(CallUpRanShort(short=short, level=0, at=minutes(10)))
    up = CallUpWidened(level=1, asked=(Crew(shift="day", people=("w4",)),), furthest=True, at=minutes(10))
    story = story.when(wish(WidenCallUp, level=1, asked=up.asked, furthest=True, at=10)).then(up)
    story = story.when(asks("short", 29)).then()
    late = CallUpRanShort(short=short, level=1, at=minutes(30))
    story = story.when(asks("short", 30)).then(late)
    raised = CallUpEscalated(short=short, to="s9", at=minutes(30))
    story = story.when(wish(EscalateCallUp, to="s9", at=30, actor="service:routing")).then(raised)
    story = story.when(asks("short", 60)).then()
    came = answered("w4", at=minutes(70))
    story = story.when(says("w4", at=70)).then(came)
    gone = answered("w4", "dropped", at=minutes(80))
    story = story.when(says("w4", yes=False, at=80)).then(gone)
    again = CallUpRanShort(short=short, level=1, at=minutes(80))
    story.when(asks("short", 80)).then(again)


def test_nothing_is_short_when_enough_said_yes():
    given(issued(), answered("w1")).when(asks("short", 30)).then()


def test_what_is_over_is_not_looked_at_again_each_minute():
    """Neither a reminder of a shift that has begun, nor a place that nobody took in one that has ended."""
    begun = (issued(DAY), answered("w1", at=minutes(700)))
    assert reduce(CALL_UP.evolve, begun, State()).check_at == DAY.ends
    short = (issued(DAY, NIGHT), answered("w1", shift="night", at=minutes(1001)))
    assert reduce(CALL_UP.evolve, short, State()).check_at == NIGHT.ends


def test_whoever_stands_in_a_shift_is_reminded_once():
    past = (issued(), answered("w1"), answered("w2", "reserve"))
    reminder = CallUpReminded(crews=(Crew(shift="day", people=("w1",)),), at=minutes(540))
    given(*past).when(asks("reminder", 539)).then()
    given(*past).when(asks("reminder", 540)).then(reminder).when(asks("reminder", 550)).then()
    given(issued(at=minutes(545)), answered("w1")).when(asks("reminder", 550)).then()


def test_it_ends_with_the_last_shift_or_when_it_is_called_off():
    past = (issued(), answered("w1"), answered("w2", "reserve"), answered("w3", "declined"))
    over = CallUpStoodDown(why="over", people=("w1", "w2"), at=minutes(1000))
    given(*past).when(asks("end", 999)).then()
    given(*past).when(asks("end", 1000)).then(over)
    off = CallUpStoodDown(why="called_off", people=("w1", "w2"), at=minutes(60))
    story = given(*past).when(wish(StandDownCallUp)).then(off)
    story.when(says("w3")).refused("call_up_over", ended="called_off")
    story.when(wish(WidenCallUp, level=1)).refused("call_up_over")


# any crowd ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_CROWD = tuple(f"w{number}" for number in range(6))
_SHIFTS = (
    Shift(code="a", area="g1", starts=minutes(100), ends=minutes(200), needed=2),
    Shift(code="b", area="g1", starts=minutes(150), ends=minutes(250), needed=1),
    Shift(code="c", area="g2", starts=minutes(200), ends=minutes(300), needed=2),
    Shift(code="d", area="g2", starts=minutes(90), ends=minutes(290), needed=1),
)
_shift = st.sampled_from([each.code for each in _SHIFTS])
_one = st.sampled_from(_CROWD)
_WISHES = st.lists(
    st.one_of(
        st.builds(says, _one, st.booleans(), _shift),
        st.builds(comes, _one, _shift, st.sampled_from([60, 95, 160, 210])),
        st.builds(
            lambda worker, shift: wish(RelieveFromCallUp, worker=worker, shift=shift, at=180), _one, _shift
        ),
    ),
    max_size=40,
)


@settings(deadline=None, max_examples=400)
@whatever(wishes=_WISHES)
def test_whatever_a_crowd_answers_nobody_is_too_many_or_in_two_places(wishes: list[Any]):
    """Never more than needed; no two places at once; a freed place does not stay empty while a reserve waits."""
    state: State = CALL_UP.evolve(State(), issued(*_SHIFTS, people=_CROWD))
    for one in wishes:
        before = state
        try:
            event = CALL_UP.decide(one, state)
        except Refused:
            continue
        state = state if event is None else CALL_UP.evolve(state, event)
        assert CALL_UP.decide(one, state) is None
        for shift in _SHIFTS:
            placed = state.standing(shift.code, *PLACED)
            assert len(placed) == len(set(placed)) <= shift.needed
            waiting = state.standing(shift.code, "reserve")
            assert not (waiting and state.missing(shift))
        for one_shift, other in combinations(_SHIFTS, 2):
            if overlap(one_shift, other):
                both = set(state.standing(one_shift.code, "confirmed", "here"))
                assert not both & set(state.standing(other.code, "confirmed", "here"))
        if isinstance(event, CallUpAnswered) and event.stands == "dropped":
            waited = before.standing(event.shift, "reserve")
            assert event.moved_up == (waited[0] if waited else None)


@settings(deadline=None, max_examples=100)
@whatever(wishes=_WISHES)
def test_a_call_up_that_runs_is_waited_for_until_its_end(wishes: list[Any]):
    state = reduce(CALL_UP.evolve, [issued(*_SHIFTS, people=_CROWD)], State())
    for one in wishes:
        try:
            event = CALL_UP.decide(one, state)
        except Refused:
            continue
        state = state if event is None else CALL_UP.evolve(state, event)
        assert state.check_at is not None
        assert state.check_at <= minutes(300)
