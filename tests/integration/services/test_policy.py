"""A policy from the file to the request that it decides about, on a running stack."""

import asyncio
import json
from pathlib import Path
from typing import Any

from tests.fixtures.running import lastmile
from tests.fixtures.street import NOWHERE, Street, something


def written(directory: Path, **content: Any) -> str:
    file = directory / "policy.json"
    file.write_text(json.dumps(content, ensure_ascii=False))
    return str(file)


async def said(street: Street, *arguments: str) -> Any:
    answer = await asyncio.to_thread(lastmile, *arguments, f"--data={street.stack.data}", "--json")
    return json.loads(answer if isinstance(answer, str) else answer.stdout)


async def test_a_policy_is_checked_tried_adopted_and_explains_itself(street: Street, tmp_path: Path):
    category = something()
    rules = [
        {"name": "other", "categories": ["elsewhere"], "severity": "blue"},
        {
            "name": "gas",
            "categories": [category],
            "words": ["燃气"],
            "severity": "red",
            "send": {"to": "grid", "grid": "G-2"},
        },
    ]
    file = written(tmp_path, rules=rules)
    before = await street.submit(text="闻到燃气味", category=category, location=NOWHERE)
    await street.reaches(before["id"], "triage")

    for _ in range(5):  # others in the street go on meanwhile
        size = await street.size()
        tried = await said(street, "policy", "dry-run", file)
        if await street.size() == size:
            break
    else:
        raise AssertionError("a dry run changes nothing")
    mine = [one for one in tried["differences"] if one["request"] == before["id"]]
    assert [(one["before"]["where"], one["after"]["where"]) for one in mine] == [(None, "G-2")]
    over_http = await street.staff.post("/v1/policy/dry-run", json={"content": {"rules": rules}})
    assert over_http.status_code == 200, over_http.text
    assert over_http.json()["elsewhere"] == tried["elsewhere"]

    try:
        assert (await said(street, "policy", "adopt", file))["event"]["type"] == "PolicyAdopted"
        assert (await said(street, "policy", "adopt", file))["event"] is None
        after = await street.submit(text="闻到燃气味", category=category, location=NOWHERE)
        state = await street.reaches(after["id"], "assigned")
        assert (state["grid"], state["worker"], state["severity"]) == ("G-2", "w-wang", "red")

        told = await said(street, "explain", after["code"])
        assert (told["assigned"]["rule"], told["assigned"]["grid"]) == ("policy", "G-2")
        assert told["policy"]["version"] == 1
        assert [(one["rule"], one["used"], one["missed"]) for one in told["rules"]] == [
            ("other", False, ["categories"]),
            ("gas", True, []),
        ]
        page = await street.staff.get(f"/v1/requests/{after['id']}/explanation")
        assert page.json() == told
        shown = (await street.staff.get("/v1/policy")).json()
        assert [rule["name"] for rule in shown["content"]["rules"]] == ["other", "gas"]
    finally:
        await said(street, "policy", "adopt", written(tmp_path))


async def test_the_impossible_is_refused_by_field(street: Street):
    """At the door, before the journal has it; and a worker shapes no policy."""
    content = {"rules": [{"name": "lost", "send": {"to": "grid", "grid": "G-404"}}]}
    answer = await street.staff.post("/v1/policy/check", json={"content": content})
    assert [one["field"] for one in answer.json()["mistakes"]] == ["rules.0.send.grid"]
    adopted = await street.staff.post("/v1/commands/AdoptPolicy", json={"content": content})
    assert (adopted.status_code, adopted.json()["reason"]) == (409, "policy_impossible")
    worker = {"authorization": street.bearer("w-li", "worker")}
    for path in ("policy/check", "commands/AdoptPolicy"):
        refused = await street.staff.post(f"/v1/{path}", json={"content": content}, headers=worker)
        assert refused.status_code == 403
