"""Many say the same: routing finds it, tells why, and forgets it with whoever said it."""

from typing import Any

import pytest

from shared.refusal import Refused
from tests.fixtures.street import INSIDE, NOWHERE, Street, something
from tests.fixtures.waiting import until


async def hot_with(street: Street, request: str) -> dict[str, Any] | None:
    said = await street.bus.ask("query.routing.Hot", {})
    return next(
        (issue for issue in said["items"] if request in [one["id"] for one in issue["requests"]]), None
    )


async def similar(street: Street, **asked: Any) -> list[dict[str, Any]]:
    return (await street.bus.ask("query.routing.Similar", asked))["items"]


async def test_three_neighbours_say_the_same_and_one_says_something_else(street: Street):
    """The three are one issue with readable words; the fourth is not of it; an erased one leaves."""
    category = something()
    texts = ("楼下闻到一股煤气味", "煤气味道很重，不敢开火", "怀疑煤气泄漏，味道很大", "垃圾桶满了没人清运")
    submitted = [await street.submit(text=text, category=category, location=INSIDE) for text in texts]
    first, second, third, other = (one["id"] for one in submitted)
    for request in (first, second, third, other):
        await street.reaches(request, "assigned")

    async def heard() -> bool:
        issue = await hot_with(street, first)
        return issue is not None and issue["size"] == 3 and issue["grids"] == {"G-1": 3}

    await until(heard, what="three neighbours are not one issue")
    issue = await hot_with(street, first)
    assert issue is not None
    assert {one["id"] for one in issue["requests"]} == {first, second, third}
    assert any("煤气" in word for word in issue["words"])
    assert issue["about"] == ["gas"]

    alike = await similar(street, request=submitted[0]["code"])
    assert {first, other}.isdisjoint(match["id"] for match in alike if match["score"] > 0.5)
    assert {match["id"] for match in alike if match["score"] > 0.5} == {second, third}
    assert alike[0]["reasons"]["metres"] == 0
    assert "gas" in alike[0]["reasons"]["about"]
    by_words = await similar(street, text="有煤气味", **INSIDE)
    assert by_words[0]["id"] in (first, second, third)

    erased = await street.staff.post(f"/v1/requests/{second}/erasure")
    assert erased.status_code == 200, erased.text

    async def forgotten() -> bool:
        issue = await hot_with(street, first)
        return issue is not None and issue["size"] == 2

    await until(forgotten, what="who was erased is still counted by his words")


async def test_one_who_says_it_again_and_again_is_one_also_where_no_grid_is(street: Street):
    text = f"河边的步道塌了一块，没有围挡 {something()}"
    said = {"text": text, "location": NOWHERE, "reporter": {"phone": "13800138079"}}
    submitted = [await street.submit(**said) for _ in range(4)]
    for one in submitted:
        await street.reaches(one["id"], "triage")

    async def heard() -> bool:
        issue = await hot_with(street, submitted[0]["id"])
        return issue is not None and (issue["size"], issue["people"]) == (4, 1)

    await until(heard, what="four words of one person are not counted as one")


async def test_odd_questions_are_told_off(street: Street):
    with pytest.raises(Refused, match="unknown_request"):
        await similar(street, request="nobody")
    with pytest.raises(Refused, match="malformed"):
        await similar(street, text="x", limit=1000)
