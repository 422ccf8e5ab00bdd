"""What a worker shows of the work, and who sees it."""

from typing import Any

from services.console.ledger import Ledger
from services.intake.projection import PUBLIC, public
from shared.commands.request import LeaveMatter
from shared.documents import advance, blank
from shared.envelope import History
from shared.events.event import Event
from shared.events.request import RequestDeclined, RequestHeld, RequestJoinedMatter, RequestLeftMatter
from shared.events.submission import RequestSubmitted
from tests.fixtures import facts
from tests.fixtures.matter import accepted, assigned, box, command, minutes, reopened, resolve, resolved
from tests.fixtures.story import given

ONE, OTHER = (f"{digit * 64}.k{digit}" for digit in "12")


def test_what_was_done_is_shown_with_pictures():
    """All of them to the desk; to the resident those that the worker marked."""
    wish = resolve("worker:w1", at=90, pictures=(ONE, OTHER), shown=(OTHER,))
    given(assigned(), accepted()).when(wish).then(resolved(at=90, pictures=(ONE, OTHER), shown=(OTHER,)))


def test_nothing_is_shown_that_is_no_picture_of_it():
    """Whoever has the code may see what is shown: it names nothing from elsewhere."""
    given(assigned(), accepted()).when(resolve("worker:w1", pictures=(ONE,), shown=(OTHER,))).refused(
        "shown_is_no_picture"
    )


def test_whoever_parts_a_request_from_its_matter_says_why():
    joined = RequestJoinedMatter(matter="r0", at=minutes(5))
    wish = command(LeaveMatter, "staff:s1", why=box("k9"))
    left = RequestLeftMatter(matter="r0", why=box("k9"), at=minutes(60))
    given(assigned(accept_by=None, due_at=None), joined).when(wish).then(left)


def shown(*events: Event) -> dict[str, Any]:
    """What the resident's page may show after this."""
    said = RequestSubmitted(code="C1", at=minutes(0))
    document = blank("demo", "r1")
    advance(document, facts.fact(History("demo", "intake", "submission", "r1"), 1, said), PUBLIC)
    for version, event in enumerate(events, 1):
        advance(document, facts.fact(History("demo", "routing", "request", "r1"), version, event), PUBLIC)
    state = public(document["body"])
    assert state is not None
    return state


def seen(*events: Event) -> list[str]:
    return shown(*events)["pictures"]


def test_a_resident_sees_what_the_worker_marked_and_nothing_else():
    """Faces are personal data: without a mark nothing is public; what was not solved after all is shown no longer."""
    done = resolved(pictures=(ONE, OTHER), shown=(OTHER,))
    assert seen(assigned(), accepted(), resolved(pictures=(ONE,))) == []
    assert seen(assigned(), accepted(), done) == [OTHER]
    assert seen(assigned(), accepted(), done, reopened()) == []


def test_a_resident_reads_why_it_is_not_done_and_where_to_go():
    """Only as long as it stands so; and nothing of what was done, which is for whoever submitted it."""
    held = RequestHeld(reason="等配件", at=minutes(70))
    declined = RequestDeclined(reason="不归街道管", instead="房管局 12345", at=minutes(80))
    assert shown(assigned(), accepted())["why"] is None
    assert shown(assigned(), accepted(), held)["why"] == {"reason": "等配件", "instead": ""}
    assert shown(assigned(), accepted(), held, accepted(at=75))["why"] is None
    assert shown(assigned(), declined)["why"] == {"reason": "不归街道管", "instead": "房管局 12345"}
    done = shown(assigned(), accepted(), resolved(outcome=box("k7")))
    assert "k7" not in repr(done)


def test_whoever_is_erased_takes_along_what_was_photographed_there():
    """Not what was passed on from another request's resolution: that is shown to its own resident still."""

    def step(kind: str, actor: str, **about: Any) -> dict[str, Any]:
        return {"type": kind, "actor": actor, "sealed": None, "about": about}

    said = {"sealed": {"key": "k0"}, "said_steps": [step("PictureAdded", "resident:r1", picture="aa.k3")]}
    done = [
        step("ProgressNoted", "worker:w1", pictures=[ONE]),
        step("RequestResolved", "service:routing", pictures=[OTHER], shown=[OTHER]),
    ]
    ledger = Ledger.__new__(Ledger)
    assert ledger.keys({"body": said | {"done_steps": done}}) == ("k0", "k3", "k1")
