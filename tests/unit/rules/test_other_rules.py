"""The smaller aggregates: what was said, the grid plan, posts, deliveries, topics and the audit."""

from shared.commands.audit import ErasePerson, OpenPersonalData
from shared.commands.grid_book import AdoptGridPlan, PostWorker, RelieveWorker
from shared.commands.submission import AddPicture, AmendRequest, SubmitRequest, WithdrawRequest
from shared.commands.topic import ProposeTopic
from shared.events.audit import PersonalDataOpened, PersonErased
from shared.events.grid_book import GridPlanAdopted, WorkerPosted, WorkerRelieved
from shared.events.submission import PictureAdded, RequestAmended, RequestSubmitted, RequestWithdrawn
from shared.events.topic import TopicProposed
from tests.fixtures.matter import box, command, minutes
from tests.fixtures.story import given

AT = minutes(60)

# what was said ─────────────────────────────────────────────────────────────────────────────────────────────────────


def submit(fingerprint: str = "f1"):
    return command(
        SubmitRequest, "resident:r1", code="0123456789ABC", sealed=box("k1"), fingerprint=fingerprint
    )


def submitted(fingerprint: str = "f1"):
    return RequestSubmitted(code="0123456789ABC", sealed=box("k1"), fingerprint=fingerprint, at=minutes(60))


def amend(key: str):
    return command(AmendRequest, "resident:r1", sealed=box(key))


def withdraw():
    return command(WithdrawRequest, "resident:r1", reason="solved by a neighbour")


withdrawn = RequestWithdrawn(reason="solved by a neighbour", at=AT)


def test_a_submission_is_kept_once():
    given().when(submit()).then(submitted())


def test_the_same_key_for_other_words_is_refused():
    """Otherwise a program that reuses keys would lose what its user said, and be told that all is well."""
    given(submitted()).when(submit("f2")).refused("another_body")


def test_words_are_added_until_it_is_taken_back():
    more = given(submitted()).when(amend("k2")).then(RequestAmended(sealed=box("k2"), at=AT))
    more.when(withdraw()).then(withdrawn).when(amend("k3")).refused("withdrawn")


def test_a_request_takes_six_pictures_and_each_of_them_once():
    """A phone that sends one twice is not told off; a seventh one is."""
    names = [f"{place:064x}.k-{place}" for place in range(7)]
    shown = [PictureAdded(picture=name, at=AT) for name in names]
    story = (
        given(submitted(), *shown[:5])
        .when(command(AddPicture, "resident:r1", picture=names[5]))
        .then(shown[5])
    )
    story.when(command(AddPicture, "resident:r1", picture=names[0])).then()
    story.when(command(AddPicture, "resident:r1", picture=names[6])).refused("too_many_pictures")
    given(submitted(), withdrawn).when(command(AddPicture, "resident:r1", picture=names[0])).refused(
        "withdrawn"
    )


def test_nobody_adds_to_or_takes_back_what_was_never_said():
    given().when(amend("k2")).refused("not_found")
    given().when(withdraw()).refused("not_found")


# the grid book ─────────────────────────────────────────────────────────────────────────────────────────────────────

PLAN, OTHER = "a" * 64, "b" * 64


def adopt(plan: str):
    return AdoptGridPlan(
        id="c1", tenant="demo", actor="staff:import", at=AT, area="demo", plan=plan, grids=26
    )


def test_the_same_plan_again_is_no_news():
    adopted = GridPlanAdopted(plan=PLAN, grids=26, at=AT)
    given().when(adopt(PLAN)).then(adopted).when(adopt(OTHER)).then(
        GridPlanAdopted(plan=OTHER, grids=26, at=AT)
    )


def post(worker: str, grid: str = "g1", key: str | None = None):
    return PostWorker(
        id="c1",
        tenant="demo",
        actor="staff:s1",
        at=AT,
        post="p1",
        grid=grid,
        duty="worker",
        worker=worker,
        sealed=box(key) if key else None,
    )


def posted(worker: str, key: str | None = None):
    return WorkerPosted(grid="g1", duty="worker", worker=worker, sealed=box(key) if key else None, at=AT)


relieve = RelieveWorker(id="c1", tenant="demo", actor="staff:s1", at=AT, post="p1")
relieved = WorkerRelieved(grid="g1", duty="worker", worker="w1", at=AT)


def test_a_post_has_one_worker_and_a_successor():
    given().when(post("w1")).then(posted("w1")).when(post("w2")).then(posted("w2"))


def test_a_post_does_not_move_to_another_grid():
    """Its history is named by grid and duty; another grid's post is another history."""
    for worker in ("w1", "w2"):
        given(posted("w1")).when(post(worker, grid="g2")).refused("another_post", grid="g1", duty="worker")


def test_whoever_is_relieved_can_come_back():
    given(posted("w1")).when(relieve).then(relieved).when(post("w1")).then(posted("w1"))


def test_nobody_can_be_relieved_of_an_empty_post():
    given().when(relieve).then()


# topics and audit ──────────────────────────────────────────────────────────────────────────────────────────────────


def propose(*requests: str):
    return ProposeTopic(
        id="c1",
        tenant="demo",
        actor="service:deliberation",
        at=AT,
        topic="t1",
        grid="g1",
        category="noise",
        requests=requests,
        threshold=3,
        month="2026-03",
    )


def test_what_many_call_for_is_proposed_once():
    """A fourth neighbour does not propose it a second time."""
    proposed = TopicProposed(
        grid="g1", category="noise", requests=("r1", "r2", "r3"), threshold=3, month="2026-03", at=AT
    )
    given().when(propose("r1", "r2", "r3")).then(proposed).when(propose("r1", "r2", "r3", "r4")).then()


def test_one_request_named_three_times_is_one_request():
    given().when(propose("r1", "r1", "r1")).refused("too_few", threshold=3, present=1)


def test_an_audit_entry_is_written_once():
    look = command(OpenPersonalData, "staff:s1", entry="a1", fields=("name", "phone"), purpose="to call back")
    erase = command(ErasePerson, "staff:s1", entry="a1", keys=("k1",))
    opened = PersonalDataOpened(request="r1", fields=("name", "phone"), purpose="to call back", at=AT)
    given().when(look).then(opened)
    given().when(erase).then(PersonErased(request="r1", keys=("k1",), at=AT))
