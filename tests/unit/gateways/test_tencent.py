"""Tencent Cloud SMS: signed as they document it, and its codes read from the body."""

from datetime import UTC, datetime

import httpx
import pytest
from pydantic_core import from_json

from services.notify.gateways.gateway import (
    Accepted,
    Confirmed,
    Message,
    Parts,
    Rejected,
    RetryLater,
    Unknown,
)
from services.notify.gateways.tencent import _CODES, TencentSettings, authorization
from shared.vault import Locksmith
from tests.fixtures.provider import provider, says

LOCKSMITH = Locksmith(b"m" * 32)
MESSAGE = Message("d1", "sms", "+8613800000101", "…", "sms.reporter.received", {"code": "7KQ2"})
SENT_AT = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


def settings(url: str) -> TencentSettings:
    return TencentSettings.model_validate(
        {
            "kind": "tencent",
            "name": "tencent-1",
            "url": url,
            "key_id": "key",
            "key_secret": LOCKSMITH.seal_setting("secret"),
            "app": "1400006666",
            "sign": "梧桐里街道",
            "templates": {"sms.reporter.received": {"id": "1110", "values": ["code"]}},
        },
        context={"locksmith": LOCKSMITH},
    )


def test_the_signature_is_the_one_that_they_document():
    """Their own example, https://cloud.tencent.com/document/api/213/30654"""
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    signed = authorization(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        "cvm.tencentcloudapi.com",
        body,
        datetime.fromtimestamp(1551113065, UTC),
        "cvm",
    )
    assert "Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request" in signed
    assert signed.endswith("Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168")


def of_one(code):
    return {"Response": {"SendStatusSet": [{"Code": code, "SerialNo": "s1"}], "RequestId": "r"}}


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (of_one("Ok"), Accepted("s1")),
        (
            of_one("InvalidParameterValue.IncorrectPhoneNumber"),
            Rejected("InvalidParameterValue.IncorrectPhoneNumber"),
        ),
        (
            of_one("LimitExceeded.PhoneNumberDailyLimit"),
            RetryLater("LimitExceeded.PhoneNumberDailyLimit"),
        ),
        (of_one("InternalError.Timeout"), Unknown("InternalError.Timeout")),
        ({"Response": {"Error": {"Code": "AuthFailure"}}}, RetryLater("AuthFailure")),
        ({"Response": {"SendStatusSet": []}}, Unknown("no status")),
        ({"Message": "?"}, Unknown("no Response")),
    ],
)
async def test_their_codes_stand_in_the_body(answer, outcome):
    async with provider() as there, httpx.AsyncClient() as http:
        there.answers.append(says(answer))
        assert await settings(there.url).open(Parts(http, None)).send(MESSAGE) == outcome
        said = from_json(there.asked[0].body)
        assert said["PhoneNumberSet"] == ["+8613800000101"]
        assert (said["TemplateId"], said["TemplateParamSet"]) == ("1110", ["7KQ2"])
        assert said["SessionContext"] == "d1"


@pytest.mark.parametrize(
    ("code", "outcome", "ours"),
    [
        (
            "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter",
            RetryLater("InvalidParameterValue.ProhibitedUseUrlInTemplateParameter"),
            True,
        ),
        (
            "InvalidParameterValue.TemplateParameterLengthLimit",
            RetryLater("InvalidParameterValue.TemplateParameterLengthLimit"),
            True,
        ),
        ("InternalError.SigVerificationFail", RetryLater("InternalError.SigVerificationFail"), True),
        ("InternalError.OtherError", Unknown("InternalError.OtherError"), False),
        (
            "FailedOperation.InsufficientBalanceInSmsPackage",
            RetryLater("FailedOperation.InsufficientBalanceInSmsPackage"),
            False,
        ),
    ],
)
def test_what_has_to_be_mended_in_the_settings_can_go_elsewhere(code, outcome, ours):
    """An address in a variable, or one too long, is refused here; a gateway that takes any text can send the same."""
    said = _CODES.outcome(code)
    assert said == outcome
    assert getattr(said, "ours", False) is ours


@pytest.mark.parametrize(
    ("receipts", "news"),
    [
        (
            [
                {"SessionContext": "d0", "ReportStatus": "FAIL"},
                {"SessionContext": "d1", "ReportStatus": "SUCCESS"},
            ],
            Confirmed(),
        ),
        ([{"SessionContext": "d1", "ReportStatus": "FAIL", "Description": "off"}], Rejected("off")),
        ([], Unknown("no receipt at the provider")),
    ],
)
async def test_what_became_of_it_is_found_by_our_own_id(receipts, news):
    async with provider() as there, httpx.AsyncClient() as http:
        there.answers.append(says({"Response": {"PullSmsSendStatusSet": receipts}}))
        gateway = settings(there.url).open(Parts(http, None))
        assert await gateway.became_of(MESSAGE, SENT_AT) == news
