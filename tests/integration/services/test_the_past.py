"""Imported history counts in the figures like any other: when it was resolved, in time or not, and how it was found."""

from datetime import timedelta
from typing import Any

from pydantic_core import to_json

from shared.clock import now
from tests.fixtures.street import INSIDE, Street, something
from tests.fixtures.waiting import until


async def test_a_table_that_knows_the_end_of_its_rows_fills_the_figures(street: Street):
    """Of four rows of two months ago one is still open; nobody is messaged about any, and nobody's clock starts."""
    category, said_at = something(), now() - timedelta(days=60)
    told = (
        {"resolved_at": said_at + timedelta(hours=1), "answer": {"solved": True, "satisfaction": 5}},
        {"resolved_at": said_at + timedelta(days=40), "answer": {"solved": False, "satisfaction": 2}},
        {"resolved_at": said_at + timedelta(hours=2)},
        None,
    )
    requests: list[str] = []
    for number, outcome in enumerate(told):
        words: dict[str, Any] = {
            "key": f"{category}:{number}",
            "text": f"路灯不亮 {number}",
            "category": category,
            "location": INSIDE,
            "at": said_at.isoformat(),
        }
        if outcome is not None:
            words["outcome"] = outcome | {"resolved_at": outcome["resolved_at"].isoformat()}
        answer = await street.bus.ask("inbound.import.request", words)
        requests.append(answer["id"])
    for request, status in zip(requests, ("closed", "resolved", "resolved", "assigned"), strict=True):
        await street.reaches(request, status)

    async def figures() -> dict[str, Any]:
        answer = await street.staff.get("/v1/figures/category", params={"category": category})
        return answer.json()

    async def counted() -> bool:
        whole = (await figures()).get("total")  # nobody knows the category before the first is written
        return whole is not None and (whole["received"], whole["resolved"], whole["answered"]) == (4, 3, 2)

    await until(counted, what="the figures do not count what was imported")
    whole = (await figures())["total"]
    assert (whole["on_time"], whole["late"]) == (2, 1), whole
    assert (whole["solved"], whole["satisfied"], whole["reopened"]) == (1, 1, 0)
    outbox = await street.bus.ask("query.notify.Outbox", {"limit": 200})
    assert not {row["request"] for row in outbox} & {
        (await street.matter(request))["state"]["code"] for request in requests
    }


async def test_only_an_import_tells_of_the_past(street: Street):
    """A system that speaks for a resident today cannot say that it is solved already."""
    outcome = {"resolved_at": now().isoformat()}
    words = {"key": something(), "text": "路灯不亮", "location": INSIDE, "outcome": outcome}
    for channel in ("chat", "import"):  # an import that does not say when it was said, neither
        answer = await street.bus.client.request(f"inbound.{channel}.request", to_json(words), timeout=5)
        assert b"malformed" in answer.data, answer.data
