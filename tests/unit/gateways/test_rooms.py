"""Chat groups over their providers' robots: signed as each wants it, and their codes read from a body that says 200."""

import hmac
from base64 import b64decode
from datetime import timedelta

import httpx
import pytest
from pydantic_core import from_json

from services.notify.gateways import dingtalk, feishu
from services.notify.gateways.dingtalk import DingtalkSettings
from services.notify.gateways.feishu import FeishuSettings
from services.notify.gateways.gateway import Accepted, Message, Parts, Rejected, RetryLater, Unknown
from services.notify.gateways.lanes import Lane
from services.notify.gateways.wecom import WecomSettings
from shared.vault import Locksmith
from tests.fixtures.matter import minutes
from tests.fixtures.provider import drips, hangs_up, provider, says, silence

LOCKSMITH = Locksmith(b"m" * 32)
KINDS = {"wecom": WecomSettings, "dingtalk": DingtalkSettings, "feishu": FeishuSettings}


def settings(kind: str, url: str, **more: float):
    seal = LOCKSMITH.seal_setting
    room = {"hook": seal(f"{url}?access_token=t")}
    if kind != "wecom":
        room["secret"] = seal("SEC1")
    return KINDS[kind].model_validate(
        {"kind": kind, "name": kind, "rooms": {"qinghe-3": room}, **more}, context={"locksmith": LOCKSMITH}
    )


def message(kind: str, room: str = "qinghe-3", text: str = "停水通知") -> Message:
    return Message("d1", "chat", f"{kind}:{room}", text)


@pytest.mark.parametrize(
    ("kind", "answer", "outcome"),
    [
        ("wecom", {"errcode": 0, "errmsg": "ok"}, Accepted()),
        ("wecom", {"errcode": 45009}, RetryLater("45009", timedelta(minutes=1))),
        ("wecom", {"errcode": 40058}, Rejected("40058")),
        ("wecom", {"errcode": 93000}, RetryLater("93000")),
        ("wecom", {}, Unknown("no errcode")),
        ("dingtalk", {"errcode": 0}, Accepted()),
        ("dingtalk", {"errcode": 130101}, RetryLater("130101", timedelta(minutes=10))),
        ("dingtalk", {"errcode": 410100}, RetryLater("410100", timedelta(minutes=10))),
        ("dingtalk", {"errcode": 310000}, RetryLater("310000")),
        ("dingtalk", {"errcode": 430104}, Rejected("430104")),
        ("feishu", {"code": 0, "data": {}}, Accepted()),
        ("feishu", {"StatusCode": 0, "StatusMessage": "success"}, Accepted()),
        ("feishu", {"code": 11232}, RetryLater("11232", timedelta(minutes=1))),
        ("feishu", {"code": 99991400}, RetryLater("99991400", timedelta(minutes=1))),
        ("feishu", {"code": 19021}, RetryLater("19021")),
        ("feishu", {"code": 9499}, Rejected("9499")),
    ],
)
async def test_an_answer_of_200_may_be_a_refusal(kind, answer, outcome):
    async with provider() as there, httpx.AsyncClient() as http:
        there.answers.append(says(answer))
        assert await settings(kind, there.url).open(Parts(http, None)).send(message(kind)) == outcome
        said = from_json(there.asked[0].body)
        assert "停水通知" in str(said)


@pytest.mark.parametrize(
    ("kind", "answer"),
    [("wecom", {"errcode": 93000}), ("dingtalk", {"errcode": 310000}), ("feishu", {"code": 19021})],
)
async def test_a_hook_or_secret_that_is_wrong_is_ours_to_mend(kind, answer):
    async with provider() as there, httpx.AsyncClient() as http:
        there.answers.append(says(answer))
        said = await settings(kind, there.url).open(Parts(http, None)).send(message(kind))
        assert isinstance(said, RetryLater)
        assert said.ours


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (says({}, "429 Too Many Requests", retry_after="7"), RetryLater("HTTP 429", timedelta(seconds=7))),
        (
            says(b"", "503 Service Unavailable", retry_after="60"),
            RetryLater("HTTP 503", timedelta(minutes=1)),
        ),
        (says(b"<html>gateway</html>"), Unknown("HTTP 200, no JSON object")),
        (says([0]), Unknown("HTTP 200, no JSON object")),
        (says(b"<html>", "502 Bad Gateway"), Unknown("HTTP 502, no JSON object")),
        (silence, Unknown("ReadTimeout")),
        (hangs_up, Unknown("RemoteProtocolError")),
    ],
)
async def test_a_provider_on_a_bad_day_is_never_told_twice(kind, answer, outcome):
    async with provider() as there, httpx.AsyncClient() as http:
        there.answers.append(answer)
        gateway = settings(kind, there.url, timeout=1.5).open(Parts(http, None))
        assert await gateway.send(message(kind)) == outcome
        assert len(there.asked) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_an_answer_that_drips_for_ever_is_no_answer(kind):
    """Each byte comes in time, and the end never does: the lane waits no longer than it said."""
    async with provider() as there, httpx.AsyncClient() as http:
        there.answers.append(drips)
        drawn = settings(kind, there.url, timeout=1.5)
        assert await Lane(drawn, drawn.open(Parts(http, None))).send(message(kind)) == Unknown(
            "no answer in time"
        )
        assert len(there.asked) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_a_provider_that_is_not_there_was_told_nothing(kind):
    async with httpx.AsyncClient() as http:
        gateway = settings(kind, "http://127.0.0.1:1/").open(Parts(http, None))
        assert await gateway.send(message(kind)) == RetryLater("ConnectError")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_room_that_nobody_named_is_not_guessed(kind):
    async with httpx.AsyncClient() as http:
        gateway = settings(kind, "http://127.0.0.1:1/").open(Parts(http, None))
        assert await gateway.send(message(kind, "elsewhere")) == Rejected("no such room")


async def test_what_is_too_long_for_a_robot_is_not_cut():
    async with httpx.AsyncClient() as http:
        gateway = settings("wecom", "http://127.0.0.1:1/").open(Parts(http, None))
        assert await gateway.send(message("wecom", text="水" * 700)) == Rejected("too long")


def test_a_signature_can_be_made_again_by_whoever_knows_the_secret():
    """DingTalk signs milliseconds and secret under the secret, Feishu nothing under seconds and secret."""
    at = minutes(0)
    theirs = dingtalk.signed("SEC1", at)
    assert theirs["timestamp"] == str(int(at.timestamp()) * 1000)
    text = f"{theirs['timestamp']}\nSEC1".encode()
    assert b64decode(theirs["sign"]) == hmac.digest(b"SEC1", text, "sha256")
    theirs = feishu.signed("SEC1", at)
    assert b64decode(theirs["sign"]) == hmac.digest(f"{theirs['timestamp']}\nSEC1".encode(), b"", "sha256")
