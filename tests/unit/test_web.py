"""The pages' shells: who is let in, in which language, and under which policy."""

from base64 import b64encode
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from services.console import web as console
from services.intake import web as intake
from services.intake.noticing import day_of
from shared.messages import Messages
from shared.settings import Settings
from shared.staff import Staff, make_token

KEY = SecretStr(b64encode(bytes(32)).decode())
MESSAGES = Messages()
NOBODY_ASKED: Any = None
"""The shells ask nobody anything."""


def settings(**changes):
    return Settings(master_key=KEY, door_key=KEY, staff_key=KEY, **changes)


async def nobody_but_a_worker(role):
    return Staff(sub="w-1", role="worker", tenant="demo", areas=("wutongli",)) if role == "worker" else None


def residents(**changes):
    return at(Starlette(routes=intake.page_routes(NOBODY_ASKED, settings(**changes), MESSAGES)))


def staff(**changes):
    return at(Starlette(routes=console.page_routes(settings(**changes), MESSAGES, nobody_but_a_worker)))


def at(app):
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://door")


@pytest.mark.parametrize("path", ["/", "/report", "/r/7K2Q9MXA4T8DV", "/docs"])
async def test_residents_pages_allow_nothing_inline_and_nothing_from_elsewhere(path):
    async with residents() as door:
        page = await door.get(path)
    assert page.status_code == 200
    assert "unsafe" not in page.headers["content-security-policy"]
    assert " style=" not in page.text
    assert "onclick=" not in page.text


async def test_a_code_in_an_address_is_text_and_never_markup():
    async with residents() as door:
        page = await door.get("/r/%22%3E%3Cscript%3Ealert(1)%3C%5Cscript%3E")
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("path", ["/", "/figures", "/topics", "/outbox"])
async def test_staff_s_pages_ask_who_is_there(path):
    async with staff() as door:
        page = await door.get(path)
        assert (page.status_code, page.headers["location"]) == (303, "/login")
        door.cookies.set("lastmile_staff", make_token(settings(), "s-1", "director"))
        assert (await door.get(path)).status_code == 200


@pytest.mark.parametrize("path", ["/bulletins", "/notices", "/people", "/operations"])
async def test_a_page_of_others_says_so_and_leads_a_worker_to_his_own(path):
    """Whoever follows a colleague's link is not shown an empty form and a message that is about something else."""
    async with staff() as door:
        door.cookies.set("lastmile_staff", make_token(settings(), "w-1", "worker"))
        page = await door.get(path)
    assert page.status_code == 403
    assert "这个页面不是给您这个角色用的。" in page.text
    assert '<a class="button" href="/mine">' in page.text


async def test_a_pasted_token_lets_in_and_a_wrong_one_does_not():
    async with staff() as door:
        refused = await door.post("/login", data={"token": "nonsense"})
        assert refused.status_code == 401
        assert "set-cookie" not in refused.headers
        let_in = await door.post("/login", data={"token": make_token(settings(), "s-1", "director")})
        assert let_in.headers["location"] == "/figures"
        assert "HttpOnly" in let_in.headers["set-cookie"]
        assert "SameSite=strict" in let_in.headers["set-cookie"]


async def test_only_the_demo_lets_people_in_by_role():
    async with staff(demo=False) as door:
        assert (await door.get("/enter/worker")).status_code == 404
    async with staff(demo=True) as door:
        assert (await door.get("/enter/worker")).headers["location"] == "/mine"
        assert (await door.get("/enter/mayor")).status_code == 404


async def test_whoever_comes_from_another_site_is_let_in_all_the_same():
    """localhost and 127.0.0.1 are two sites to a browser: a redirect would arrive without the new cookie."""
    async with staff(demo=True) as door:
        page = await door.get("/enter/worker", headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status_code == 200
    assert page.headers["refresh"] == "0; url=/mine"


def test_a_notice_of_the_night_bears_the_date_of_the_street():
    """In Shanghai it is tomorrow from 16:00 UTC on."""
    assert day_of("2026-11-28T16:30:00Z", ZoneInfo("Asia/Shanghai")) == "2026-11-29"


async def test_a_language_asked_for_is_remembered():
    async with residents() as door:
        assert "居民" in (await door.get("/")).text
        assert "Resident" in (await door.get("/?lang=en")).text
        assert "Resident" in (await door.get("/", headers={"Accept-Language": "zh"})).text


async def test_shared_and_own_files_are_served():
    async with residents() as door:
        for path in (
            "/static/shared/base.css",
            "/static/intake.css",
            "/static/shared/vendor/leaflet-1.9.4/LICENSE",
        ):
            assert (await door.get(path)).status_code == 200
