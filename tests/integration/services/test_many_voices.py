"""Many voices, one matter: people are recognised whatever they report, count once, and hear the same news."""

import asyncio
import secrets
from typing import Any

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


async def test_every_reporter_of_a_matter_hears_the_same(street: Street):
    """Three report one thing; two are joined to the first, one of them by a chain. What happens to the lead happens to all;
    one says that it is not solved, and it is open for all; parted, a request goes its own way.
    """
    lead, second, third, fourth = [
        await street.submit(category=something(), reporter={"phone": phone()}) for _ in range(4)
    ]
    for one in (lead, second, third, fourth):
        await street.reaches(one["id"], "assigned")
    assert await street.do("JoinMatter", third["id"], matter=second["id"]) == "RequestJoinedMatter"
    assert await street.do("JoinMatter", second["id"], matter=lead["id"]) == "RequestJoinedMatter"
    assert await street.do("JoinMatter", fourth["id"], matter=third["id"]) == "RequestJoinedMatter"
    circle = await street.command("JoinMatter", lead["id"], matter=third["id"])
    assert (circle.status_code, circle.json()["reason"]) == (409, "own_matter")
    await people_become(street, lead["code"], 4)
    assert await street.do("LeaveMatter", fourth["id"]) == "RequestLeftMatter"
    await people_become(street, lead["code"], 3)
    await people_become(street, fourth["code"], 1)
    assert await street.do("AcceptRequest", lead["id"]) == "RequestAccepted"
    for one in (second, third):
        await street.reaches(one["id"], "accepted")
    assert await street.do("ResolveRequest", lead["id"], outcome="换好了") == "RequestResolved"
    for one in (second, third):
        await street.reaches(one["id"], "resolved")
        said = [step.get("text") for step in (await street.matter(one["id"]))["history"]]
        assert "换好了" in said
    assert (await street.matter(fourth["id"]))["state"]["status"] == "assigned"
    unhappy = await street.residents.post(
        f"/v1/requests/{third['code']}/feedback",
        json={"solved": False, "satisfaction": 1},
        headers={"authorization": f"Bearer {third['token']}"},
    )
    assert unhappy.status_code == 200, unhappy.text
    for one in (lead, second, third):
        await street.reaches(one["id"], "reopened")


async def test_whoever_joins_at_the_very_end_hears_what_was_done(street: Street):
    """The matter may be resolved before routing has heard that another joined it: the words come with the news."""
    for _ in range(6):
        lead, late = [await street.submit(category=something()) for _ in range(2)]
        for one in (lead, late):
            await street.reaches(one["id"], "assigned")
        assert await street.do("AcceptRequest", lead["id"]) == "RequestAccepted"
        joined, done = await asyncio.gather(
            street.command("JoinMatter", late["id"], matter=lead["id"]),
            street.command("ResolveRequest", lead["id"], outcome="换好了"),
        )
        assert done.status_code == 200, done.text
        if joined.status_code == 200:
            await street.reaches(late["id"], "resolved")
            assert "换好了" in [step.get("text") for step in (await street.matter(late["id"]))["history"]]


async def test_two_who_are_joined_to_each_other_at_once_are_no_circle(street: Street):
    one, other = [await street.submit(category=something()) for _ in range(2)]
    for each in (one, other):
        await street.reaches(each["id"], "assigned")
    await asyncio.gather(
        street.command("JoinMatter", one["id"], matter=other["id"]),
        street.command("JoinMatter", other["id"], matter=one["id"]),
    )

    async def straight() -> bool:
        counts = [
            (await street.residents.get(f"/v1/requests/{each['code']}")).json()["people"]
            for each in (one, other)
        ]
        return sorted(counts) == [1, 2]

    await until(straight, what="neither leads")


async def test_staff_join_two_ids_and_part_them(street: Street):
    """One neighbour with two numbers counted twice; joined, once; parted, twice again."""
    lead = await street.submit(category=something(), reporter={"phone": phone()})
    own = await street.submit(category=something(), reporter={"phone": phone()})
    person, other = await person_of(street, lead["id"]), await person_of(street, own["id"])
    await support(street, lead["code"], code=own["code"], token=own["token"])
    await people_become(street, lead["code"], 2)

    async def say(name: str, **said: str | None) -> int:
        return (await street.staff.post(f"/v1/commands/{name}", json={"person": other, **said})).status_code

    assert await say("JoinPeople", into=person, why="同一位阿姨的两个号码") == 200
    await people_become(street, lead["code"], 1)
    assert await say("JoinPeople", into="nobody") == 409
    assert await say("PartPeople") == 200
    await people_become(street, lead["code"], 2)


async def test_staff_see_who_is_one_person_and_forget_one_whole(street: Street):
    """Two numbers of one neighbour stand beside each other, masked; forgotten, both requests cannot be read any more."""
    numbers = (phone(), phone())
    first, second = [
        await street.submit(category=something(), reporter={"phone": number}) for number in numbers
    ]
    person, other = [str(await person_of(street, each["id"])) for each in (first, second)]
    joined = await street.staff.post(
        "/v1/commands/JoinPeople", json={"person": other, "into": person, "why": "当面说的"}
    )
    assert joined.status_code == 200, joined.text
    seen: list[Any] = []

    async def both() -> bool:
        answer = await street.staff.get("/v1/people", params={"request": first["code"]})
        assert answer.status_code == 200, answer.text
        seen[:] = answer.json()["items"]
        return len(seen) == 2 and all(each["requests"] for each in seen)

    await until(both, what="the two are not one person")
    assert {each["person"]: each["same"] for each in seen} == {person: [other], other: [person]}
    assert {contact["masked"][-4:] for each in seen for contact in each["contacts"]} == {
        number[-4:] for number in numbers
    }
    assert not any(number in str(seen) for number in numbers)
    worker = {"authorization": street.bearer("w-li", "worker")}
    assert (await street.staff.get("/v1/people", headers=worker)).status_code == 403

    forgotten = await street.staff.post(f"/v1/people/{person}/erasure")
    assert (forgotten.status_code, forgotten.json()) == (200, {"requests": 2}), forgotten.text
    for each in (first, second):

        async def unreadable(request: str = each["id"]) -> bool:
            return (await street.matter(request))["state"]["text"] == "erased"

        await until(unreadable, what="what was said can still be read")


async def test_somebody_who_needs_looking_after_counts_and_the_journal_does_not_say_who(street: Street):
    """The number stands in a record: the ledger counts one, before and after it was entered, until the record goes."""
    number = phone()
    before, nobody = [
        await street.submit(category=something(), reporter={"phone": who}) for who in (number, phone())
    ]
    await person_of(street, before["id"])
    await person_of(street, nobody["id"])
    name = f"k-{secrets.token_hex(4)}"
    values = {
        "name": name,
        "phone": f"{number[:3]}-{number[3:]}",
        "grid": "G-1",
        "care": "独居老人",
        "key": name,
    }

    async def needing() -> set[str]:
        listed = await street.staff.get("/v1/records?kind=person&care=true&limit=200")
        return {one["id"] for one in listed.json()["items"]}

    others = await needing()
    said = {"kind": "person", "values": values}
    entered = await street.staff.post("/v1/records", json=said)
    assert entered.status_code == 200, entered.text

    async def vulnerable(request: str, count: int) -> None:
        async def so() -> bool:
            return ((await street.matter(request))["state"]["vulnerable"] or 0) == count

        await until(so, what=f"{request} does not count {count} vulnerable")

    await vulnerable(before["id"], 1)
    after = await street.submit(category=something(), reporter={"phone": number})
    await vulnerable(after["id"], 1)
    assert not (await street.matter(nobody["id"]))["state"]["vulnerable"]
    said_aloud = str(await street.facts())
    assert number not in said_aloud
    assert "独居老人" not in said_aloud
    (record,) = await needing() - others
    gone = await street.staff.post(f"/v1/records/{record}/removal", json={"reason": "moved_away"})
    assert gone.status_code == 200, gone.text
    await vulnerable(before["id"], 0)
    await vulnerable(after["id"], 0)
