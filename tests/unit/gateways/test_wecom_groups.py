"""Mass messages into WeCom customer groups: created once, and gone out when the group's owner has confirmed them."""

from datetime import timedelta

import httpx
import pytest
from pydantic_core import from_json

from services.notify.gateways.gateway import (
    Confirmed,
    HandedOver,
    Message,
    Parts,
    Rejected,
    RetryLater,
    Unknown,
)
from services.notify.gateways.wecom_groups import WecomGroups, WecomGroupsSettings
from shared.clock import now
from shared.vault import Locksmith
from tests.fixtures.provider import hangs_up, provider, says, silence

LOCKSMITH = Locksmith(b"m" * 32)
TOKEN = says({"errcode": 0, "errmsg": "ok", "access_token": "t1", "expires_in": 7200})
CREATED = says({"errcode": 0, "errmsg": "ok", "fail_list": [], "msgid": "msgGCAAAXtWyujaWJHDDGi0mACas1w"})
NAME = "msgGCAAAXtWyujaWJHDDGi0mACas1w"
GROUP = "wrOgQhDgAAMYQiS5ol9G7gK9JVAAAA"


def gateway(url: str, http: httpx.AsyncClient, timeout: float = 3) -> WecomGroups:
    said = {
        "kind": "wecom-groups",
        "name": "groups",
        "server": url,
        "corp": "ww1",
        "secret": LOCKSMITH.seal_setting("s3cret"),
        "groups": {"qinghe-3": {"chat": GROUP, "owner": "zhangsan"}},
        "timeout": timeout,
    }
    settings = WecomGroupsSettings.model_validate(said, context={"locksmith": LOCKSMITH})
    return settings.open(Parts(http, None))


def message(to: str = "groups:qinghe-3", text: str = "停水通知", reference: str = "") -> Message:
    return Message("d1", "chat", to, text, reference=reference)


def result(*rows: dict) -> object:
    return says({"errcode": 0, "errmsg": "ok", "next_cursor": "", "send_list": list(rows)})


def row(status: int, chat: str = GROUP) -> dict:
    return {"chat_id": chat, "userid": "zhangsan", "status": status, "send_time": 1552536375}


async def test_a_message_is_created_for_the_owner_to_confirm():
    """It is with nobody yet: handed over, and not accepted."""
    async with provider() as there, httpx.AsyncClient() as http:
        there.answers += [TOKEN, CREATED]
        sends = gateway(there.url, http)
        assert await sends.send(message()) == HandedOver(NAME)
        assert await sends.send(message()) == HandedOver(NAME)
        assert len(there.asked) == 3, "the token is asked for once"
        assert from_json(there.asked[1].body) == {
            "chat_type": "group",
            "sender": "zhangsan",
            "chat_id_list": [GROUP],
            "text": {"content": "停水通知"},
        }


@pytest.mark.parametrize(
    ("answer", "news"),
    [
        (result(row(0)), HandedOver(NAME)),
        (result(), HandedOver(NAME)),
        (result(row(1, "wrOther")), HandedOver(NAME)),
        (result(row(1)), Confirmed()),
        (result(row(1, "wrOther"), row(3)), Rejected("status 3")),
        (says({"errcode": 45009}), Unknown("45009")),
        (says(b"<html>"), Unknown("HTTP 200, no JSON object")),
        (silence, Unknown("ReadTimeout")),
    ],
)
async def test_whether_the_owner_has_confirmed_it(answer, news):
    async with provider() as there, httpx.AsyncClient() as http:
        there.answers += [TOKEN, answer]
        sends = gateway(there.url, http)
        assert await sends.became_of(message(reference=NAME), now()) == news
        assert from_json(there.asked[1].body)["msgid"] == NAME


async def test_what_has_no_name_at_the_provider_cannot_be_asked_about():
    async with httpx.AsyncClient() as http:
        sends = gateway("http://127.0.0.1:1/", http)
        assert await sends.became_of(message(), now()) == Unknown("no message id")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (says({"errcode": 45009}), RetryLater("45009", timedelta(minutes=1))),
        (says({"errcode": 40003}), Rejected("40003")),
        (says({"errcode": 41048}), Rejected("41048")),
        (says({"errcode": 0, "fail_list": [GROUP], "msgid": NAME}), Rejected("fail_list")),
        (says({"errcode": 48002}), RetryLater("48002")),
        (says({"errcode": 0}), Unknown("no msgid")),
        (says({}), Unknown("no msgid")),
        (says({}, "429 Too Many Requests", retry_after="9"), RetryLater("HTTP 429", timedelta(seconds=9))),
        (silence, Unknown("ReadTimeout")),
        (hangs_up, Unknown("RemoteProtocolError")),
    ],
)
async def test_what_is_answered_to_creating_it(answer, outcome):
    """Whoever hung up may have created it: two of them would be two that the owner confirms."""
    async with provider() as there, httpx.AsyncClient() as http:
        there.answers += [TOKEN, answer]
        assert await gateway(there.url, http).send(message()) == outcome
        assert len(there.asked) == 2


@pytest.mark.parametrize("answer", [says({"errcode": 40001}), says(b"<html>"), silence, hangs_up])
async def test_without_a_token_nothing_was_sent(answer):
    async with provider() as there, httpx.AsyncClient() as http:
        there.answers.append(answer)
        assert isinstance(await gateway(there.url, http).send(message()), RetryLater)
        assert len(there.asked) == 1


async def test_a_token_that_is_no_more_is_asked_for_anew():
    async with provider() as there, httpx.AsyncClient() as http:
        there.answers += [TOKEN, says({"errcode": 42001}), TOKEN, CREATED]
        sends = gateway(there.url, http)
        assert await sends.send(message()) == RetryLater("42001")
        assert await sends.send(message()) == HandedOver(NAME)


async def test_a_group_that_nobody_named_and_a_text_that_is_too_long():
    async with httpx.AsyncClient() as http:
        sends = gateway("http://127.0.0.1:1/", http)
        assert await sends.send(message("groups:elsewhere")) == Rejected("no such group")
        assert await sends.send(message(text="水" * 1400)) == Rejected("too long")
        assert isinstance(await sends.send(message()), RetryLater)
