"""The ledger as the office uses it: words and filters together, views that are kept, and what leaves as a file."""

import csv
import io
from typing import Any

import httpx
import openpyxl

from shared.ids import new_id
from tests.fixtures.street import Street, something
from tests.fixtures.waiting import until


async def post(
    street: Street, path: str, who: str = "s-chen", role: Any = "staff", **body: Any
) -> httpx.Response:
    return await street.staff.post(path, json=body, headers={"authorization": street.bearer(who, role)})


async def test_words_are_searched_within_the_filters(street: Street):
    one, other = something(), something()
    here = await street.submit(text="雨篷漏水，楼下进不去人", category=one)
    await street.submit(text="雨篷漏水，车也停不了", category=other)

    async def found() -> bool:
        answer = await post(street, "/v1/ledger/search", words="雨篷漏水", category=one)
        return [row["id"] for row in answer.json().get("items", ())] == [here["id"]]

    await until(found, what="the words were not found in the category")
    nobody = await post(street, "/v1/ledger/search", words="雨篷漏水", category=one, status="closed")
    assert nobody.json()["items"] == []


async def test_a_view_is_kept_for_oneself_shared_and_forgotten(street: Street):
    """A name may be a person's: it is sealed, and nobody can read it when the view is forgotten."""
    keeper, colleague = f"s-{new_id()[-8:]}", f"s-{new_id()[-8:]}"
    name = f"周奶奶家 {new_id()[-6:]}"

    async def seen(who: str) -> dict[str, Any] | None:
        answer = await street.staff.get(
            "/v1/saved-views", headers={"authorization": street.bearer(who, "staff")}
        )
        return next((item for item in answer.json()["items"] if item["name"] == name), None)

    filters = {"grid": "G-1", "overdue": True, "order": "newest"}
    kept = await post(street, "/v1/saved-views", keeper, name=name, filters=filters, words="漏水", first=True)
    assert kept.status_code == 200, kept.text
    view = await seen(keeper)
    assert view is not None
    assert view["filters"] == {"grid": "G-1", "overdue": "true", "order": "newest"}
    assert (view["words"], view["mine"], view["first"]) == ("漏水", True, True)
    assert await seen(colleague) is None
    again = await post(street, "/v1/saved-views", keeper, name=name, filters={"grid": "G-2"}, shared=True)
    assert again.json() == kept.json()
    shared = await seen(colleague)
    assert shared is not None
    assert (shared["filters"], shared["mine"], shared["words"]) == ({"grid": "G-2"}, False, None)
    refused = await post(street, f"/v1/saved-views/{view['id']}/removal", colleague)
    assert (refused.status_code, refused.json()["reason"]) == (409, "not_your_view")
    assert (await post(street, f"/v1/saved-views/{view['id']}/removal", keeper)).status_code == 200
    assert await seen(keeper) is None
    facts = await street.facts("journal.*.*.console.saved_view.>")
    assert [fact.type for fact in facts if fact.history.id == view["id"]] == [
        "ViewSaved",
        "ViewSaved",
        "ViewForgotten",
    ]
    assert not [fact for fact in facts if fact.event and name in fact.event.model_dump_json()]


async def test_what_leaves_as_a_file_is_on_record_first_and_computes_nothing(street: Street):
    category = something()
    said = await street.submit(text="=1+1 路面塌了", category=category)
    await street.reaches(said["id"], "assigned")
    no_reason = await post(street, "/v1/ledger/export", category=category)
    assert no_reason.status_code == 422
    not_theirs = await post(street, "/v1/ledger/export", "w-li", "worker", category=category, purpose="月报")
    assert not_theirs.status_code == 403
    asked = {"category": category, "purpose": "月报", "texts": True}
    taken = await post(street, "/v1/ledger/export", **asked)
    assert taken.status_code == 200, taken.text
    assert taken.content.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(taken.content.decode("utf-8-sig")))
    assert (row["编号"], row["状态"], row["网格"], row["内容"]) == (
        said["code"],
        "已派单",
        "G-1",
        "'=1+1 路面塌了",
    )
    book = await post(street, "/v1/ledger/export", **asked, form="xlsx", lang="en")
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
    assert sheet.cell(1, 1).value == "Code"
    assert sheet.max_row == 2
    entries = [
        fact.event
        for fact in await street.facts("journal.*.*.console.audit.>")
        if fact.type == "DataExported"
    ]
    mine = [entry for entry in entries if entry and entry.model_dump()["purpose"] == "月报"]
    assert [(entry.what, "text" in entry.fields) for entry in mine] == [("ledger", True)] * 2  # type: ignore[union-attr]


async def test_chosen_requests_go_to_another_grid_and_its_worker_has_to_accept_them(street: Street):
    """What it would do is told first; what the worker no longer has is left out, with the reason."""
    worker, category = f"w-{new_id()[-8:]}", something()
    said = [await street.submit(category=category) for _ in range(3)]
    await post(street, "/v1/commands/PostWorker", grid="G-1", duty="volunteer", worker=worker)
    for one in said:
        state = await street.reaches(one["id"], "assigned")
        await street.do("TransferRequest", one["id"], grid="G-1", worker=worker)
        assert state["accept_by"] is not None
    chosen = [said[0]["id"], said[1]["id"], "not-theirs"]
    asked = {"from_worker": worker, "to_grid": "G-2", "requests": chosen}

    async def would() -> bool:
        told = (await post(street, "/v1/moves/preview", **asked)).json()
        return told == {"moves": 2, "to": {"w-wang": 2}, "left_out": {"not_theirs_now": 1}}

    await until(would, what="the preview does not say what would go to whom")
    assert (await post(street, "/v1/moves/preview", "w-li", "worker", **asked)).status_code == 403
    for wrong, why in (
        ({"to_worker": "w-nobody"}, "not_posted"),
        ({"from_worker": "w-nobody"}, "not_posted"),
        ({"to_grid": "G-99"}, "unknown_grid"),
    ):
        refused = await post(street, "/v1/moves/preview", **asked | wrong)
        assert (refused.status_code, refused.json()["reason"]) == (409, why)
    job = new_id()
    started = await post(street, "/v1/commands/MoveRequests", **asked, job=job)
    assert started.status_code == 200, started.text

    async def finished() -> bool:
        rows = (await street.staff.get("/v1/jobs")).json()["items"]
        return any(row["id"] == job and row["stands"] == "finished" for row in rows)

    await until(finished, what="the job did not come to its end")
    for one in said[:2]:
        state = (await street.matter(one["id"]))["state"]
        assert (state["grid"], state["worker"], state["accept_by"] is None) == ("G-2", "w-wang", False)
    assert (await street.matter(said[2]["id"]))["state"]["worker"] == worker
