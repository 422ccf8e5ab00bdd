"""A notice for a grid's chat groups on a whole running stack: one that a gateway reaches, and one that a worker relays to."""

from typing import Any

import httpx

from shared.clock import now
from shared.commands.notice import PublishNotice
from shared.events.notice import Audience, Words
from shared.ids import new_id
from tests.fixtures.street import Json, Street
from tests.fixtures.waiting import until

TEXT = "明天上午九点起停水两小时，请提前备水。"


async def sent(street: Street, name: str, who: str, /, **body: Any) -> httpx.Response:
    role = "worker" if who.startswith("w-") else "staff"
    headers = {"authorization": street.bearer(who, role)}
    return await street.staff.post(f"/v1/commands/{name}", json=body, headers=headers)


async def cards(street: Street, who: str = "s-chen") -> Json:
    role = "worker" if who.startswith("w-") else "staff"
    answer = await street.staff.get("/v1/relay-cards", headers={"authorization": street.bearer(who, role)})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def card(street: Street, who: str, group: str) -> Json:
    """His card for this group: others may stand in the same grid."""
    (one,) = [each for each in (await cards(street, who))["items"] if each["group"] == group]
    return one


async def groups(street: Street) -> dict[str, Json]:
    answer = await street.staff.get("/v1/chat-groups")
    assert answer.status_code == 200, answer.text
    return {one["name"]: one for one in answer.json()["items"]}


async def notice(street: Street, *grids: str) -> str:
    name = new_id()
    wish = PublishNotice(
        id=name,
        tenant=street.settings.tenant,
        actor="staff:s-chen",
        at=now(),
        notice=name,
        title=Words(zh="停水通知"),
        text=Words(zh=TEXT),
        audience=Audience(grids=grids, roles=("group",)),
    )
    reply = await street.bus.send(wish)
    assert reply.ok, reply
    return name


async def test_what_no_gateway_reaches_a_worker_carries_there(street: Street):
    """Two groups in one grid and one in the next: a gateway brings it to the first, a card goes to each worker for his own,
    and a tap says that it was sent.
    """
    reached, carried, next_door = new_id(), new_id(), new_id()
    for group, grid, name, address in (
        (reached, "G-1", "青禾业主群", "wecom:g-1"),
        (carried, "G-1", "青禾老人群", "person"),
        (next_door, "G-2", "梧桐邻里群", "person"),
    ):
        answer = await sent(
            street, "SetChatGroup", "s-chen", group=group, grid=grid, name=name, address=address
        )
        assert answer.status_code == 200, answer.text

    async def shown() -> bool:
        return {"青禾业主群", "青禾老人群", "梧桐邻里群"} <= (await groups(street)).keys()

    await until(shown, what="the groups are not on the page")
    known = await groups(street)
    assert (known["青禾业主群"]["gateway"], known["青禾老人群"]["gateway"]) == ("sandbox", "person")

    await notice(street, "G-1", "G-2")

    async def handed_over() -> bool:
        waiting = [one for one in (await cards(street))["items"] if one["stands"] == "handed_over"]
        return {one["group"] for one in waiting} >= {"青禾老人群", "梧桐邻里群"}

    await until(handed_over, what="nothing was handed over")
    mine = await card(street, "w-li", "青禾老人群")
    assert (mine["grid"], mine["stands"]) == ("G-1", "handed_over")
    assert TEXT in mine["text"]
    assert (await card(street, "w-wang", "梧桐邻里群"))["grid"] == "G-2"
    assert all(each["grid"] == "G-1" for each in (await cards(street, "w-li"))["items"])

    refused = await sent(street, "ConfirmRelay", "w-wang", delivery=mine["delivery"])
    assert refused.json()["reason"] == "not_your_grid"
    claimed = await sent(street, "ConfirmRelay", "w-wang", delivery=mine["delivery"], stands_on=["G-1"])
    assert claimed.status_code == 422
    for event in ("DeliveryConfirmed", None):
        answer = await sent(street, "ConfirmRelay", "w-li", delivery=mine["delivery"])
        assert answer.status_code == 200, answer.text
        assert (answer.json()["event"] or {}).get("type") == event

    async def relayed() -> bool:
        mine = await card(street, "w-li", "青禾老人群")
        return (mine["stands"], mine["by"]) == ("confirmed", "w-li")

    await until(relayed, what="the relay is not on record")
    counts = (await cards(street, "w-li"))["counts"]
    assert (counts["relayed"], counts["lapsed"]) == (1, 0)

    async def told() -> bool:
        rows = (await street.staff.get("/v1/deliveries", params={"limit": 200})).json()["items"]
        by_gateway = [row for row in rows if row["recipient"] == f"group:{reached}"]
        pinged = {row["recipient"] for row in rows if row["template"] == "sms.worker.relay"}
        went = [row["status"] for row in by_gateway] == ["accepted"]
        return went and {"worker:w-li", "worker:w-wang"} <= pinged

    await until(told, what="the group or the workers were not told")


async def test_a_closed_group_hears_nothing_and_a_worker_sets_up_none(street: Street):
    group = new_id()
    said = {"group": group, "grid": "G-2", "name": "旧群", "address": "person"}
    assert (await sent(street, "SetChatGroup", "w-wang", **said)).status_code == 403
    assert (await sent(street, "SetChatGroup", "s-chen", **said)).status_code == 200
    assert (await sent(street, "CloseChatGroup", "s-chen", group=group)).status_code == 200

    async def gone() -> bool:
        return "旧群" not in await groups(street)

    await until(gone, what="the closed group is still there")
    staff = street.bearer("w-wang", "worker")
    answer = await street.staff.get("/v1/chat-groups", headers={"authorization": staff})
    assert answer.status_code == 403
