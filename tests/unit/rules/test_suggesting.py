"""Which likely duplicates are still suggested: what nobody can do anything with is left out."""

from datetime import timedelta

from services.routing.hot.suggesting import SETTLED_AFTER, Candidate, worth_suggesting
from tests.fixtures.matter import minutes

NOW = minutes(0)
MINE = Candidate("r1", NOW)


def suggested(mine: Candidate, *others: Candidate) -> list[str]:
    return [other.request for other in worth_suggesting(mine, others)]


def test_what_is_joined_already_is_not_suggested_to_either():
    """Whether one follows the other, or both follow a third."""
    follows = Candidate("r2", NOW, matter="r1")
    assert suggested(MINE, follows) == []
    assert suggested(follows, MINE) == []
    assert suggested(Candidate("r3", NOW, matter="r1"), follows, MINE) == []
    assert suggested(MINE, Candidate("r2", NOW)) == ["r2"]


def test_a_matter_is_suggested_once_by_whichever_is_likeliest():
    """Joining any of them joins all, so one line is enough."""
    matter = (Candidate("r5", NOW, matter="r4"), Candidate("r4", NOW), Candidate("r6", NOW, matter="r4"))
    assert suggested(MINE, *matter, Candidate("r7", NOW)) == ["r5", "r7"]


def test_what_ended_long_before_it_was_said_again_is_another_matter():
    """Ended an hour ago, or afterwards, it may well be the same; history that was imported is measured by its own time."""
    long_ago = NOW - SETTLED_AFTER - timedelta(minutes=1)
    said = NOW - timedelta(days=30)
    assert suggested(MINE, Candidate("r2", said, ended_at=long_ago)) == []
    assert suggested(MINE, Candidate("r2", said, ended_at=NOW - timedelta(hours=1))) == ["r2"]
    assert suggested(Candidate("r1", said), Candidate("r2", said, ended_at=long_ago)) == ["r2"]
