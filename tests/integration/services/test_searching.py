"""The ledger is searched in the words that people said, in Chinese and in English."""

from tests.fixtures.street import Street, something
from tests.fixtures.waiting import until


async def found(street: Street, words: str) -> list[str]:
    answer = await street.staff.post("/v1/ledger/search", json={"words": words})
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["items"]]


async def test_words_are_found_until_they_are_erased(street: Street):
    """Both languages; not by parts that did not stand together; and not any more when somebody was forgotten."""
    chinese = await street.submit(text="三号楼电梯困人了", category=something())
    english = await street.submit(text="The elevator hums all night", category=something())

    async def both() -> bool:
        return await found(street, "电梯困人") == [chinese["id"]] and await found(street, "ELEVATOR") == [
            english["id"]
        ]

    await until(both, what="the words were not found")
    assert await found(street, "电梯坏了") == []
    erased = await street.staff.post(f"/v1/requests/{chinese['id']}/erasure")
    assert erased.status_code == 200, erased.text

    async def gone() -> bool:
        return await found(street, "电梯困人") == []

    await until(gone, what="erased words are still found")
