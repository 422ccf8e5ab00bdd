"""A hot issue as it is for whoever sees only a part of it."""

from typing import Any

from services.console.hot import of_those

ISSUE: dict[str, Any] = {
    "id": "r1",
    "words": ["态度恶劣"],
    "about": ["attitude"],
    "size": 3,
    "people": 3,
    "grids": {"g1": 2, "g2": 1},
    "requests": [{"id": "r1", "grid": "g2"}, {"id": "r2", "grid": "g1"}, {"id": "r3", "grid": "g1"}],
}


def test_who_sees_all_of_it_sees_it_as_it_is():
    assert of_those(ISSUE, {"r1", "r2", "r3"}, secret=set()) == ISSUE


def test_what_another_community_said_is_not_counted_here():
    here = of_those(ISSUE, {"r2", "r3"}, secret=set())
    assert (here["id"], here["size"], here["people"], here["grids"]) == ("r2", 2, 2, {"g1": 2})
    assert here["words"] == ["态度恶劣"]


def test_nothing_tells_the_accused_what_was_said_of_them():
    """Neither an id nor a word: the words are of everybody together."""
    here = of_those(ISSUE, {"r2", "r3"}, secret={"r1"})
    assert (here["id"], here["words"], here["about"]) == ("r2", [], [])
