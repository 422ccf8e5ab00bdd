"""Aliyun SMS: signed as they document it, their codes read from the body, a phone number never in an address."""

import hashlib
from base64 import b64encode
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from pydantic_core import from_json

from services.notify.gateways.aliyun import _CODES, AliyunSettings, authorization
from services.notify.gateways.gateway import (
    Accepted,
    Confirmed,
    Message,
    Parts,
    Rejected,
    RetryLater,
    Unknown,
)
from services.notify.gateways.registry import UnusableGatewaysError, parse_gateways
from services.notify.notice.saying import message_of
from shared.events.notice import Audience, NoticePublished, Words
from shared.messages import Messages
from shared.vault import Locksmith
from tests.fixtures.provider import provider, says

LOCKSMITH = Locksmith(b"m" * 32)
MESSAGE = Message("d1", "sms", "+8613800000101", "…", "sms.reporter.received", {"code": "7KQ2"})
SENT_AT = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


def settings(url: str, **said: Any) -> AliyunSettings:
    return AliyunSettings.model_validate(
        {
            "kind": "aliyun",
            "name": "aliyun-1",
            "url": url,
            "key_id": "key",
            "key_secret": LOCKSMITH.seal_setting("secret"),
            "sign": "梧桐里街道",
            "templates": {"sms.reporter.received": {"id": "SMS_1", "values": {"no": "code"}}},
        }
        | said,
        context={"locksmith": LOCKSMITH},
    )


def test_the_signature_is_the_one_that_they_document():
    """Their own example, https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature"""
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    query = "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai"
    signed = authorization("YourAccessKeyId", "YourAccessKeySecret", headers, query)
    assert signed.endswith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"Code": "OK", "BizId": "900"}, Accepted("900")),
        ({"Code": "isv.MOBILE_NUMBER_ILLEGAL"}, Rejected("isv.MOBILE_NUMBER_ILLEGAL")),
        ({"Code": "isv.BUSINESS_LIMIT_CONTROL"}, RetryLater("isv.BUSINESS_LIMIT_CONTROL")),
        ({"Code": "isv.AMOUNT_NOT_ENOUGH"}, RetryLater("isv.AMOUNT_NOT_ENOUGH")),
        ({"Code": "isp.SYSTEM_ERROR"}, Unknown("isp.SYSTEM_ERROR")),
        ({"Message": "?"}, Unknown("no code")),
    ],
)
async def test_their_codes_stand_in_the_body(answer, outcome):
    async with provider() as there, httpx.AsyncClient() as http:
        there.answers.append(says(answer))
        assert await settings(there.url).open(Parts(http, None)).send(MESSAGE) == outcome
        (asked,) = there.asked
        said = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        assert said["PhoneNumbers"] == "13800000101"
        assert (said["TemplateCode"], said["TemplateParam"]) == ("SMS_1", '{"no":"7KQ2"}')
        assert said["OutId"] == "d1"
        assert asked.headers["x-acs-action"] == "sendsms"


async def test_a_template_that_nobody_approved_can_go_elsewhere():
    async with httpx.AsyncClient() as http:
        gateway = settings("http://127.0.0.1:1/").open(Parts(http, None))
        other = Message("d1", "sms", "+86138", "…", "sms.worker.assigned")
        said = await gateway.send(other)
        assert said == RetryLater("no approved template for sms.worker.assigned")
        assert isinstance(said, RetryLater)
        assert said.ours


@pytest.mark.parametrize(
    ("code", "outcome", "ours"),
    [
        ("isv.CUSTOMER_REFUSED", Rejected("isv.CUSTOMER_REFUSED"), False),
        ("isv.PARAM_NOT_SUPPORT_URL", RetryLater("isv.PARAM_NOT_SUPPORT_URL"), True),
        ("isv.TEMPLATE_MISSING_PARAMETERS", RetryLater("isv.TEMPLATE_MISSING_PARAMETERS"), True),
        ("isv.SIGN_STATE_ILLEGAL", RetryLater("isv.SIGN_STATE_ILLEGAL"), True),
        ("isv.AMOUNT_NOT_ENOUGH", RetryLater("isv.AMOUNT_NOT_ENOUGH"), False),
    ],
)
def test_what_has_to_be_mended_in_the_settings_can_go_elsewhere(code, outcome, ours):
    """An address in a variable, or one too long, is refused here; a gateway that takes any text can send the same."""
    said = _CODES.outcome(code)
    assert said == outcome
    assert getattr(said, "ours", False) is ours


async def test_a_notice_fills_the_text_that_they_approved():
    """They refuse addresses in variables: ours stands in their text, and the page comes behind it, in 35 characters."""
    at, notice = datetime(2026, 3, 2, tzinfo=UTC), "019582b0-7c11-7e3a-9d55-0f3c8a6b2d10"
    said = NoticePublished(
        title=Words(zh="停水通知"), text=Words(zh="九时停水。"), audience=Audience(), starts=at, at=at
    )
    here: Any = SimpleNamespace(tenant_name="梧桐里街道", public_url="https://12345.example.org/")
    made = message_of(Messages(), here, said, "zh", notice)
    approved = {"sms.notice": {"id": "SMS_2", "values": {"what": "title", "path": "page"}}}
    async with provider() as there, httpx.AsyncClient() as http:
        there.answers.append(says({"Code": "OK", "BizId": "900"}))
        gateway = settings(there.url, templates=approved).open(Parts(http, None))
        await gateway.send(Message("d1", "sms", "+8613800000101", made.text, "sms.notice", made.values))
        filled = from_json(parse_qs(there.asked[0].body.decode())["TemplateParam"][0])
    assert filled == {"what": "停水通知", "path": "n/019582b07c117e3a9d550f3c8a6b2d10"}
    assert len(filled["path"]) <= 35
    assert f"https://12345.example.org/{filled['path']}" in made.text


@pytest.mark.parametrize(
    ("details", "news"),
    [
        ([{"OutId": "d0", "SendStatus": 3}, {"OutId": "d1", "SendStatus": 3}], Confirmed()),
        ([{"OutId": "d1", "SendStatus": 2, "ErrCode": "UNDELIVERABLE"}], Rejected("UNDELIVERABLE")),
        ([{"OutId": "d1", "SendStatus": 1}], Accepted()),
        ([{"OutId": "d0", "SendStatus": 3}], Unknown("not among the provider's details")),
        ([], Unknown("not among the provider's details")),
    ],
)
async def test_what_became_of_it_is_found_by_our_own_id(details, news):
    async with provider() as there, httpx.AsyncClient() as http:
        there.answers.append(says({"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": details}}))
        gateway = settings(there.url).open(Parts(http, None))
        assert await gateway.became_of(MESSAGE, SENT_AT) == news
        assert parse_qs(there.asked[0].body.decode())["SendDate"] == ["20260303"], "the day there"


def test_a_file_of_gateways_is_refused_with_its_reason_and_without_its_secrets(tmp_path):
    file = tmp_path / "gateways.toml"
    file.write_text('[[gateway]]\nkind = "aliyun"\nname = "a"\nkey_secret = "topsecret"\n')
    with pytest.raises(UnusableGatewaysError) as refused:
        parse_gateways(file, LOCKSMITH)
    assert "a credential stands sealed" in str(refused.value)
    assert "key_id" in str(refused.value)
    assert "topsecret" not in str(refused.value)


def test_an_approved_text_that_cannot_be_filled_is_a_mistake_in_the_file(tmp_path):
    """Else the provider would refuse each message, one by one."""
    file = tmp_path / "gateways.toml"
    head = f'[[gateway]]\nkind = "aliyun"\nname = "a"\nkey_id = "k"\nsign = "s"\nkey_secret = "{LOCKSMITH.seal_setting("x")}"\n'
    known = '[gateway.templates."sms.notice"]\nid = "SMS_1"\nvalues = {what = "title", path = "page"}\n'
    file.write_text(head + known)
    parse_gateways(file, LOCKSMITH)
    file.write_text(
        head + known + '[gateway.templates."sms.reporter.recieved"]\nid = "SMS_2"\n'
        '[gateway.templates."sms.reporter.received"]\nid = "SMS_3"\nvalues = {no = "kode"}\n'
    )
    with pytest.raises(UnusableGatewaysError) as refused:
        parse_gateways(file, LOCKSMITH)
    assert "there is no message sms.reporter.recieved" in str(refused.value)
    assert "sms.reporter.received has no kode, but " in str(refused.value)
    link = 'values = {path = "page", token = "token"}\n'
    file.write_text(head + known + '[gateway.templates."sms.reporter.resolved"]\nid = "SMS_4"\n' + link)
    parse_gateways(file, LOCKSMITH)
    file.write_text(head + known + '[gateway.templates."sms.reporter.accepted"]\nid = "SMS_5"\n' + link)
    with pytest.raises(UnusableGatewaysError, match="accepted has no token"):
        parse_gateways(file, LOCKSMITH)


def test_a_credential_sealed_elsewhere_is_said_to_be(tmp_path):
    sealed = Locksmith(b"o" * 32).seal_setting("secret")
    assert b64encode(b"secret").decode() not in sealed
    with pytest.raises(ValueError, match="another master key"):
        LOCKSMITH.open_setting(sealed)
    assert LOCKSMITH.open_setting(LOCKSMITH.seal_setting("密")) == "密"
