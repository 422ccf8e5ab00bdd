"""Many voices, one matter: people are recognised whatever they report, count once, and hear the same news."""

import asyncio
import secrets

import httpx

from shared.envelope import History
from tests.fixtures.street import Street, something
from tests.fixtures.waiting import until


def phone() -> str:
    return f"138{secrets.randbelow(10**8):08}"


async def person_of(street: Street, request: str) -> str | None:
    await street.reaches(request, "assigned")
    facts = await street.facts(History(street.settings.tenant, "routing", "request", request).subject)
    return facts[0].event.person  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]


async def support(street: Street, code: str, /, **who: str) -> httpx.Response:
    return await street.residents.post(f"/v1/requests/{code}/support", json=who)


async def people_become(street: Street, code: str, count: int) -> None:
    async def so() -> bool:
        return (await street.residents.get(f"/v1/requests/{code}")).json()["people"] == count

    await until(so, what=f"{code} is not called for by {count}")


async def test_one_phone_is_one_person_also_at_once(street: Street):
    """Eight requests race; whoever leaves no number is nobody that we know."""
    number = phone()
    said = [street.submit(category=something(), reporter={"name": "王", "phone": number}) for _ in range(8)]
    submitted = await asyncio.gather(*said, street.submit(category=something()))
    *same, nobody = [await person_of(street, one["id"]) for one in submitted]
    assert len(set(same)) == 1
    assert same[0] is not None
    assert nobody is None
    history = await street.facts(History(street.settings.tenant, "routing", "person", same[0]).subject)
    assert [fact.type for fact in history] == ["PersonRecognised", "ContactBound"]
    assert number not in str(history)


async def test_one_person_counts_once(street: Street):
    """Who said it does not count again; a neighbour counts once, by phone and by an own request."""
    number, other = phone(), phone()
    lead = await street.submit(category=something(), reporter={"phone": number})
    own = await street.submit(category=something(), reporter={"phone": other})
    await person_of(street, lead["id"])
    await person_of(street, own["id"])
    code = lead["code"]
    for who in ({"phone": number}, {"phone": other}, {"phone": other}):
        heard = await support(street, code, **who)
        assert (heard.status_code, heard.json()) == (200, {"ok": True})
    await people_become(street, code, 2)
    heard = await support(street, code, code=own["code"], token=own["token"])
    assert heard.status_code == 200, heard.text
    await support(street, code, phone=phone())
    await people_become(street, code, 3)
    forged = await support(street, code, code=own["code"], token=lead["token"])
    assert forged.status_code == 403
    nobody = await support(street, code)
    assert nobody.status_code == 422


async def test_who_is_erased_is_somebody_else_the_next_time(street: Street):
    """The last box that named a number takes it along: nobody can tell any more whose it was."""
    number = phone()
    first, second = [await street.submit(category=something(), reporter={"phone": number}) for _ in range(2)]
    person = await person_of(street, first["id"])
    assert await person_of(street, second["id"]) == person

    async def released() -> bool:
        history = History(street.settings.tenant, "routing", "person", str(person)).subject
        return [fact.type for fact in await street.facts(history)][-1] == "ContactReleased"

    for one in (first, second):
        assert not await released()
        erased = await street.staff.post(f"/v1/requests/{one['id']}/erasure")
        assert erased.status_code == 200, erased.text
    await until(released, what="the contact was not released")
    third = await street.submit(category=something(), reporter={"phone": number})
    assert await person_of(street, third["id"]) not in (None, person)
