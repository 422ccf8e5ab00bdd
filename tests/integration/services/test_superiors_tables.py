"""A superior's table at the staff's door: looked at, filled, its missing cells told by the worker of the grid."""

import base64
import io
import secrets

import openpyxl

from tests.fixtures.street import Street
from tests.fixtures.waiting import until


def table(*rows: list[str]) -> str:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return base64.b64encode(out.getvalue()).decode()


async def test_a_worker_tells_what_the_table_lacks(street: Street):
    """Only the office fills; a worker sees the own grid's gaps, tells one, and the next filling has it."""
    name, worker = f"王{secrets.token_hex(4)}", {"authorization": street.bearer("w-li", "worker")}
    other = {"authorization": street.bearer("w-wang", "worker")}
    said = {"kind": "person", "values": {"name": name, "key": name, "grid": "G-1", "care": f"独居{name}"}}
    assert (await street.staff.post("/v1/records", json=said)).status_code == 200
    sheet = {"file": table(["独居老人表"], ["姓名", "联系方式", "血型"]), "name": "独居老人表.xlsx"}
    looked = await street.staff.post("/v1/record-templates/columns", json=sheet)
    assert looked.status_code == 200, looked.text
    assert [one["field"] for one in looked.json()["known"]] == ["name", "phone"]
    assert looked.json()["unknown"] == ["血型"]
    wish = {**sheet, "kind": "person", "office": "民政办", "purpose": "年度核对", "area": "G-1", "care": name}
    assert (
        await street.staff.post("/v1/record-templates/filled", json=wish, headers=worker)
    ).status_code == 403
    broken = wish | {"file": base64.b64encode(b"PK torn").decode()}
    refused = await street.staff.post("/v1/record-templates/filled", json=broken)
    assert (refused.status_code, refused.json()["reason"]) == (422, "sheet_unreadable")

    async def filled() -> dict[str, int]:
        answer = await street.staff.post("/v1/record-templates/filled", json=wish)
        assert answer.status_code == 200, answer.text
        return answer.json()

    first = await filled()
    assert (first["rows"], first["missing"]) == (1, 1)

    async def missing(headers: dict[str, str]) -> list[dict[str, str]]:
        answer = await street.staff.get("/v1/missing-cells", headers=headers)
        return answer.json()["items"]

    async def asked() -> bool:
        return bool(await missing(worker))

    await until(asked, what="the worker is not asked")
    (gap,) = await missing(worker)
    assert [one["field"] for one in gap["fields"]] == ["phone"]
    assert await missing(other) == []
    told = {"values": {"phone": "13800138000"}}
    done = await street.staff.post(f"/v1/records/{gap['id']}/correction", json=told, headers=worker)
    assert done.status_code == 200, done.text

    async def quiet() -> bool:
        return not await missing(worker)

    await until(quiet, what="the worker is still asked")
    again = await filled()
    assert (again["cells"], again["missing"]) == (2, 0)
    rows = openpyxl.load_workbook(io.BytesIO(base64.b64decode(str(again["file"])))).worksheets[0]
    assert [cell.value for cell in rows[3]] == [name, "13800138000", None]
    counted = (await street.staff.get("/v1/record-asks")).json()["rows"]
    phone = next(row for row in counted if row["care"] == name and row["field"] == "phone")
    assert (phone["times"], phone["offices"]) == (1, ["民政办"])
    facts = str(await street.facts())
    assert "13800138000" not in facts
    assert "独居老人表" not in facts
