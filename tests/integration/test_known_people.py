"""What routing tells the staff's door about one person, against a real MongoDB."""

from types import SimpleNamespace
from typing import Any

from services.routing.person.asked import KnownPeople
from services.routing.request.domain import REQUEST
from shared.documents import document_id
from tests.conftest import OpenStore

MANY = 4_321


class Alone:
    """One person under one id, and no contact."""

    async def all_ids(self, person: str) -> list[str]:
        return [person]

    async def groups(self, ids: list[str]) -> dict[str, list[str]]:
        return {each: [each] for each in ids}

    async def of(self, _ids: list[str]) -> list[Any]:
        return []

    async def boxes(self, _contacts: list[str]) -> dict[str, str]:
        return {}


async def test_everything_that_somebody_ever_said_is_told_page_by_page(store: OpenStore, tenant: str):
    """Whoever is forgotten is forgotten whole, also who reported every lamp of a street for ten years."""
    opened = store("routing")
    person = {"_id": document_id(tenant, "p1"), "tenant": tenant, "id": "p1", "body": {"recognised": True}}
    await opened.documents("person").insert_one(person)
    said = [f"r{number:05}" for number in range(MANY)]
    await opened.documents(REQUEST.aggregate).insert_many(
        {"_id": document_id(tenant, name), "tenant": tenant, "id": name, "body": {"person": "p1"}}
        for name in said
    )
    alone: Any = Alone()
    people = KnownPeople(SimpleNamespace(), opened, alone, alone, tenant)  # type: ignore[arg-type]
    told: list[str] = []
    earlier: str | None = None
    while True:
        question = {"person": "p1"} | ({"before": earlier} if earlier else {})
        answer = await people.answer(question)
        told += answer["items"][0]["requests"]
        earlier = answer["earlier"]
        if earlier is None:
            break
    assert told == said[::-1]
