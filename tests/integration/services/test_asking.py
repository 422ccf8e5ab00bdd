"""A worker needs to know more: the clocks stand, the resident reads the question with the token, answers, and they run."""

from tests.fixtures.street import Street, something


async def test_the_resident_is_asked_and_answers(street: Street):
    submitted = await street.submit(text="楼道灯不亮", category=something())
    request, code = submitted["id"], submitted["code"]
    await street.reaches(request, "assigned")
    assert await street.do("AcceptRequest", request, "w-li") == "RequestAccepted"
    assert await street.do("AskResident", request, "w-li", question="是几楼的灯？") == "ResidentAsked"
    state = (await street.matter(request))["state"]
    assert (state["due_at"], state["paused"]) == (None, "waiting_for_resident")

    asked = await street.residents.get(f"/v1/requests/{code}")
    assert asked.json()["asked"] is True
    assert "几楼" not in asked.text
    nobody = await street.residents.get(f"/v1/requests/{code}/question")
    assert nobody.status_code == 401
    token = {"authorization": f"Bearer {submitted['token']}"}
    question = await street.residents.get(f"/v1/requests/{code}/question", headers=token)
    assert question.json() == {"question": "是几楼的灯？"}

    heard = await street.residents.post(f"/v1/requests/{code}/answers", json={"text": "三楼"}, headers=token)
    assert heard.status_code == 200, heard.text
    told = await street.matter(request)
    assert told["state"]["due_at"] is not None
    assert told["state"]["paused"] is None
    assert [step["text"] for step in told["history"] if "text" in step][-2:] == ["是几楼的灯？", "三楼"]
    again = await street.residents.post(f"/v1/requests/{code}/answers", json={"text": "还有"}, headers=token)
    assert (again.status_code, again.json()["reason"]) == (409, "nothing_asked")


async def test_whoever_said_it_reads_what_was_done_and_why_not(street: Street):
    """The worker's words are for the token; why it waits or is not ours, and where to go, for the code."""
    submitted = await street.submit(text="楼道灯不亮", category=something())
    request, path = submitted["id"], f"/v1/requests/{submitted['code']}"
    token = {"authorization": f"Bearer {submitted['token']}"}
    await street.reaches(request, "assigned")
    assert (await street.residents.get(f"{path}/outcome", headers=token)).json() == {"outcome": None}
    await street.do("AcceptRequest", request, "w-li")
    await street.do("HoldRequest", request, "w-li", reason="等配件，周五到货")
    assert (await street.residents.get(path)).json()["why"] == {"reason": "等配件，周五到货", "instead": ""}
    await street.do("AcceptRequest", request, "w-li")
    await street.do("ResolveRequest", request, "w-li", outcome="换了一个感应灯头")
    state = await street.residents.get(path)
    assert (state.json()["status"], state.json()["why"]) == ("resolved", None)
    assert "灯头" not in state.text
    assert (await street.residents.get(f"{path}/outcome")).status_code == 401
    done = await street.residents.get(f"{path}/outcome", headers=token)
    assert done.json() == {"outcome": "换了一个感应灯头"}
    assert done.headers["cache-control"] == "no-store"
    await street.do("ReopenRequest", request, reason="又不亮了")
    assert (await street.residents.get(f"{path}/outcome", headers=token)).json() == {"outcome": None}
    await street.do("DeclineRequest", request, reason="归供电公司管", instead="拨打 95598")
    why = (await street.residents.get(path)).json()["why"]
    assert why == {"reason": "归供电公司管", "instead": "拨打 95598"}


async def test_what_is_more_than_a_grid_can_do_goes_up_one_level_at_a_time(street: Street):
    request = (await street.submit(text="路面塌陷", category=something()))["id"]
    await street.reaches(request, "assigned")
    assert (
        await street.do("RegradeRequest", request, severity="red", reason="人可能掉下去") == "SeverityChanged"
    )
    nobody = await street.command("ReportUp", request, reason="要封路")
    assert (nobody.status_code, nobody.json()["reason"]) == (409, "nobody_on_duty")
    for level, area in (("community", "C-1"), ("street", "S-1")):
        post = {"grid": area, "duty": "head", "worker": f"w-{level}"}
        assert (await street.staff.post("/v1/commands/PostWorker", json=post)).status_code == 200
        assert await street.do("ReportUp", request, reason="要封路") == "RequestReportedUp"
        state = (await street.matter(request))["state"]
        assert (state["level"], state["worker"]) == (level, f"w-{level}")
    above = await street.command("ReportUp", request, reason="再往上")
    assert (above.status_code, above.json()["reason"]) == (409, "no_level_above")


async def test_whoever_is_posted_where_nobody_stood_gets_what_waited_there(street: Street):
    """It waits in triage, seen by the office, and nobody has to remember it."""
    everybody = (("G-2", "worker"), ("G-2", "deputy"), ("C-1", "head"), ("S-1", "head"))
    for area, duty in everybody:
        gone = await street.staff.post("/v1/commands/RelieveWorker", json={"grid": area, "duty": duty})
        assert gone.status_code == 200, gone.text
    there = {"lon": 121.4015, "lat": 31.2005}
    request = (await street.submit(text="井盖松了", category=something(), location=there))["id"]
    waits = await street.reaches(request, "triage")
    assert (waits["grid"], waits["worker"]) == ("G-2", None)
    post = {"grid": "G-2", "duty": "worker", "worker": "w-wang"}
    assert (await street.staff.post("/v1/commands/PostWorker", json=post)).status_code == 200
    state = await street.reaches(request, "assigned")
    assert (state["grid"], state["worker"]) == ("G-2", "w-wang")
    assert state["accept_by"] is not None
