"""A matter with three voices on a whole running stack: each hears when it moves, once; and a number left with a support
is forgotten with its person.
"""

import secrets
from collections import Counter

from lastmile.corridor import messages
from shared.events.audit import PersonErased
from tests.fixtures.street import Json, Street, something
from tests.fixtures.waiting import until

_EVERYTHING = {"limit": 200}


def phone() -> str:
    return f"1{secrets.choice('3578')}{secrets.randbelow(10**9):09}"


async def told(street: Street, codes: set[str], least: int) -> list[Json]:
    """Wait for so many messages to residents about these, and return them."""
    rows: list[Json] = []

    async def there() -> bool:
        items = (await street.staff.get("/v1/deliveries", params=_EVERYTHING)).json()["items"]
        rows[:] = [
            each for each in items if each["request"] in codes and not each["recipient"].startswith("worker")
        ]
        return len(rows) >= least

    await until(there, what=f"only {rows}", pause=0.3)
    return rows


async def test_who_said_it_who_follows_and_who_supports_hear_each_thing_once(street: Street):
    numbers = {name: phone() for name in ("lead", "follower", "supporter")}
    lead, follower = [
        await street.submit(category=something(), reporter={"phone": numbers[name]})
        for name in ("lead", "follower")
    ]
    for one in (lead, follower):
        await street.reaches(one["id"], "assigned")
    path = f"/v1/requests/{lead['code']}/support"
    for _ in range(2):
        heard = await street.residents.post(path, json={"phone": numbers["supporter"], "tell": True})
        assert heard.status_code == 200, heard.text
    quiet = await street.residents.post(path, json={"phone": phone()})
    assert quiet.status_code == 200
    await street.do("JoinMatter", follower["id"], matter=lead["id"])

    worker = (await street.matter(lead["id"]))["state"]["worker"]
    await street.do("AcceptRequest", lead["id"], worker)
    await street.reaches(follower["id"], "accepted")
    await street.do("HoldRequest", lead["id"], worker, reason="等维修资金到账")
    await street.do("ResolveRequest", lead["id"], worker, outcome="修好了，找的是王师傅")
    await street.reaches(follower["id"], "resolved")

    said = ("received", "accepted", "held", "resolved")
    expected = Counter({("reporter", template): 2 for template in said})
    expected |= Counter({("reporter", "joined"): 1, ("supporter", "held"): 1, ("supporter", "resolved"): 1})
    rows = await told(street, {lead["code"], follower["code"]}, expected.total())
    assert Counter(kind_of(row) for row in rows) == expected
    subjects = f"delivery.{street.settings.tenant}.>"
    kept = [message.data.decode() async for message in messages(street.bus, "DELIVERIES", subjects)]
    assert sum(lead["code"] in each for each in kept) >= 4
    assert not any(words in each for each in kept for words in ("王师傅", "维修资金", *numbers.values()))

    facts = await street.facts(f"journal.{street.settings.tenant}.*.routing.support.>")
    mine = [fact.event for fact in facts if lead["id"] in str(fact.event)]
    assert [bool(event.sealed) for event in mine if event] == [True, False], (
        "a number that only counts is not kept"
    )
    assert not any(number in str(fact.event) for fact in facts for number in numbers.values())

    key = mine[0].sealed.key if mine[0] and mine[0].sealed else ""
    people = (await street.staff.get("/v1/people", params={"limit": 100})).json()["items"]
    mates = [
        each["person"] for each in people if not each["requests"] and lead["id"] in str(each["supports"])
    ]
    assert len(mates) == 2
    for person in mates:
        forgotten = await street.staff.post(f"/v1/people/{person}/erasure")
        assert forgotten.status_code == 200, forgotten.text
    audit = await street.facts(f"journal.{street.settings.tenant}.*.console.audit.>")
    erased = [fact.event.keys for fact in audit if isinstance(fact.event, PersonErased)]
    assert (key,) in erased


def kind_of(row: Json) -> tuple[str, str]:
    return row["recipient"].partition(":")[0], row["template"].rpartition(".")[2]
