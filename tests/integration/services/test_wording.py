"""What messages say and which replies are offered, on a running stack: from the desk to what a resident gets."""

import asyncio
import json
from pathlib import Path
from typing import Any

from lastmile.corridor import messages
from shared.events.delivery import DeliveryAttempted
from shared.journal import fact_of
from tests.fixtures.running import lastmile
from tests.fixtures.street import Street, something
from tests.fixtures.waiting import until

ACCEPTED = "sms.reporter.accepted"
ZH = "【{sender}】编号{code}，网格员在路上了：{url}"
EN = "[{sender}] {code}: somebody is on the way. {url}"


async def said(street: Street, *arguments: str) -> Any:
    answer = await asyncio.to_thread(lastmile, *arguments, f"--data={street.stack.data}", "--json")
    return json.loads(answer if isinstance(answer, str) else answer.stdout)


async def send(street: Street, name: str, **body: Any) -> Any:
    return await street.staff.post(f"/v1/commands/{name}", json=body)


async def told(street: Street, template: str, code: str) -> dict[str, Any]:
    """Wait until a message of this kind about this request went out, and return it."""
    found: list[dict[str, Any]] = []

    async def out() -> bool:
        rows = (await street.staff.get("/v1/deliveries", params={"limit": 200})).json()["items"]
        about = [row for row in rows if (row["template"], row["code"]) == (template, code)]
        found[:] = [row for row in about if row["text"] and row.get("template_version") is not None]
        return bool(found)

    await until(out, what=f"no {template} for {code}")
    return found[0]


async def test_a_text_is_previewed_revised_and_each_delivery_says_which_version_it_used(street: Street):
    before = (await street.staff.get(f"/v1/message-templates/{ACCEPTED}")).json()
    assert (before["version"], before["mistakes"], before["changed"]) == (0, [], False)
    wrong = await street.staff.post(
        f"/v1/message-templates/{ACCEPTED}/preview", json={"zh": "【{sender}】{phone}{url}", "en": EN}
    )
    assert [(each["problem"], each["about"]) for each in wrong.json()["mistakes"]] == [
        ("personal_placeholder", "phone"),
        ("missing_placeholder", "code"),
    ]
    refused = await send(street, "ReviseTemplate", template=ACCEPTED, zh="【{sender}】{phone}{url}", en=EN)
    assert (refused.status_code, refused.json()["reason"]) == (409, "template_impossible")
    shown = await said(street, "templates", "preview", ACCEPTED, "--zh", ZH)
    preview = shown["previews"]["zh"]
    assert preview["length"]["encoding"] == "ucs2"
    assert preview["longest"]["parts"] >= preview["length"]["parts"] >= 1
    assert [each["gateway"] for each in preview["gateways"]] == ["sandbox"]
    try:
        done = await said(street, "templates", "revise", ACCEPTED, "--zh", ZH, "--en", EN, "--note", "暖一点")
        assert done["event"]["type"] == "TemplateRevised"
        stale = await send(street, "ReviseTemplate", template=ACCEPTED, zh=ZH + "！", en=EN, on=0)
        assert stale.json()["reason"] == "template_changed_meanwhile"
        request = await street.submit(category=something(), reporter={"phone": "+8613800138051"})
        await street.reaches(request["id"], "assigned")
        await street.do("AcceptRequest", request["id"], "w-li", worker="w-li")
        row = await told(street, ACCEPTED, request["code"])
        assert f"编号{request['code']}，网格员在路上了" in row["text"]
        assert row["template_version"] == 1
        received = await told(street, "sms.reporter.received", request["code"])
        assert received["template_version"] == 0
        tenant = street.settings.tenant
        subject = f"delivery.{tenant}.*.notify.delivery.{row['delivery']}"
        attempts = [fact async for fact in _deliveries(street, subject)]
        assert [event.template_version for event in attempts] == [1]
        [version] = (await street.staff.get(f"/v1/message-templates/{ACCEPTED}")).json()["versions"]
        assert (version["version"], version["note"], version["actor"]) == (1, "暖一点", "staff:lastmile")
    finally:
        await said(
            street, "templates", "revise", ACCEPTED,
            "--zh", before["catalogue"]["zh"], "--en", before["catalogue"]["en"],
        )  # fmt: skip


async def _deliveries(street: Street, subject: str) -> Any:
    async for message in messages(street.bus, "DELIVERIES", subject):
        if isinstance(event := fact_of(message).event, DeliveryAttempted):
            yield event


async def test_a_worded_reply_goes_out_with_one_tap_and_stands_in_the_history(street: Street):
    words = "我的车停在楼下，昨晚车被划了"
    request = await street.submit(text=words, category=something(), reporter={"phone": "+8613800138052"})
    await street.reaches(request["id"], "assigned")
    headers = {"authorization": street.bearer("w-li", "worker")}
    page = f"/v1/requests/{request['id']}/guidance"
    offered = (await street.staff.get(page, headers=headers)).json()
    assert offered["reachable"] is True
    assert [(each["code"], each["words"]) for each in offered["fitting"]] == [
        ("scratched_car", ["车被划", "被划了"])
    ]
    body = {"guidance": "scratched_car", "guidance_version": offered["version"]}
    unknown = await street.command("SendGuidance", request["id"], "w-li", **body | {"guidance": "nonsense"})
    assert (unknown.status_code, unknown.json()["reason"]) == (409, "guidance_unknown")
    other = await street.command("SendGuidance", request["id"], "w-wang", **body)
    assert other.status_code in (404, 409)
    assert await street.do("SendGuidance", request["id"], "w-li", **body) == "GuidanceSent"
    assert await street.do("SendGuidance", request["id"], "s-chen", **body) is None
    row = await told(street, "sms.reporter.guidance", request["code"])
    assert "请先别挪车" in row["text"]
    assert words not in row["text"]
    history = (await street.matter(request["id"]))["history"]
    [step] = [each for each in history if each["type"] == "GuidanceSent"]
    assert (step["guidance"], step["guidance_version"], step["actor"]) == (
        "scratched_car", offered["version"], "worker:w-li",
    )  # fmt: skip
    [sent] = (await street.staff.get(page)).json()["sent"]
    assert (sent["code"], sent["actor"]) == ("scratched_car", "worker:w-li")
    assert sent["zh"] in row["text"]


async def test_whoever_left_no_number_is_sent_nothing(street: Street):
    request = await street.submit(text="路灯不亮", category=something())
    await street.reaches(request["id"], "assigned")
    body = {"guidance": "broken_lamp", "guidance_version": 0}
    refused = await street.command("SendGuidance", request["id"], "w-li", **body)
    assert (refused.status_code, refused.json()["reason"]) == (409, "not_reachable")


async def test_a_set_is_checked_adopted_and_what_was_sent_before_stays_as_it_was_worded(
    street: Street, tmp_path: Path
):
    held = await said(street, "guidance", "show")
    request = await street.submit(
        text="楼道灯坏了", category=something(), reporter={"phone": "+8613800138053"}
    )
    await street.reaches(request["id"], "assigned")
    body = {"guidance": "broken_lamp", "guidance_version": held["version"]}
    assert await street.do("SendGuidance", request["id"], "w-li", **body) == "GuidanceSent"
    file = tmp_path / "replies.json"
    lamp = {
        "code": "broken_lamp",
        "any": ["灯坏"],
        "title_zh": "灯",
        "title_en": "Lamp",
        "zh": "新的",
        "en": "New",
    }
    try:
        file.write_text(json.dumps([lamp | {"zh": "找老李13800138000"}], ensure_ascii=False))
        checked = await street.staff.post(
            "/v1/guidance/check", json={"entries": json.loads(file.read_text())}
        )
        assert [each["problem"] for each in checked.json()["mistakes"]] == ["personal_number"]
        file.write_text(json.dumps([lamp], ensure_ascii=False))
        assert (await said(street, "guidance", "adopt", str(file)))["event"]["type"] == "GuidanceAdopted"
        assert [each["code"] for each in (await said(street, "guidance", "try", "灯坏了"))["fitting"]] == [
            "broken_lamp"
        ]
        late = await street.command(
            "SendGuidance", request["id"], "s-chen", **body | {"guidance": "broken_lamp"}
        )
        assert late.json()["reason"] == "guidance_changed_meanwhile"
        [sent] = (await street.staff.get(f"/v1/requests/{request['id']}/guidance")).json()["sent"]
        assert sent["zh"] != "新的"
    finally:
        file.write_text(json.dumps(held["entries"], ensure_ascii=False))
        await said(street, "guidance", "adopt", str(file))
