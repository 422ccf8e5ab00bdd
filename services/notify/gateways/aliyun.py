"""Aliyun SMS (Dysmsapi 2017-05-25): SendSms, QuerySendDetails, signed by ACS3-HMAC-SHA256; SmsReport and SmsUp, which
it pushes over HTTP.

https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field
from pydantic_core import to_json

from services.notify.gateways.calling import Codes, Json, call
from services.notify.gateways.calling_back import CallsBack, Receipt, Reply, Theirs
from services.notify.gateways.gateway import (
    Accepted,
    Approval,
    Channel,
    Confirmed,
    Credential,
    Message,
    News,
    Outcome,
    Parts,
    Rejected,
    RetryLater,
    Unknown,
)
from shared.clock import now
from shared.ids import new_id

_VERSION = "2017-05-25"
_ALGORITHM = "ACS3-HMAC-SHA256"
_SIGNED = (
    "host",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-version",
)
_THEIR_ZONE = ZoneInfo("Asia/Shanghai")  # QuerySendDetails asks for the day on which it was sent there
_OF_A_PAGE = 50  # messages to one number on one day; the most that they allow
_PAGES = 10  # whoever is on duty in a flood gets hundreds

_CODES = Codes(
    of_the_message={
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.CUSTOMER_REFUSED",
        "isv.INVALID_PARAMETERS",
        "isv.SMS_CONTENT_ILLEGAL",
    },
    # a balance that has run out is none of them: then nothing gets through here
    of_our_settings=(
        "isv.SMS_TEMPLATE",
        "isv.SMS_SIGN",
        "isv.SMS_TEST",
        "isv.SIGN_",
        "isv.EXTEND_CODE_ERROR",
        "isv.DOMESTIC_NUMBER_NOT_SUPPORTED",
        "isv.TEMPLATE_",
        "isv.PARAM_",
        "isv.INVALID_JSON_PARAM",
        "isv.DENY_IP_RANGE",
        "isv.ACCOUNT_NOT_EXISTS",
        "isv.PRODUCT_UN",
        "isp.RAM_PERMISSION_DENY",
        "Forbidden",
        "InvalidAccessKeyId",
        "InvalidTimeStamp",
        "SignatureDoesNotMatch",
    ),
    nobody_knows=("isp.SYSTEM_ERROR", "isp.UNKNOWN", "InternalError"),
)
"""https://help.aliyun.com/zh/sms/developer-reference/api-error-codes. A variable that is too long, or has an address in it, is
its template's trouble: a gateway that takes any text can send the same.
"""


class ApprovedTemplate(Approval):
    """What the provider has approved for one of our templates."""

    id: str = Field(description="SMS_…")
    values: dict[str, str] = Field(
        default_factory=dict, description="the provider's variable: our placeholder"
    )

    @property
    def placeholders(self) -> Iterable[str]:
        return self.values.values()


class SmsReport(Theirs):
    """https://help.aliyun.com/zh/sms/developer-reference/smsreport-2"""

    success: bool
    err_code: str = ""
    biz_id: str = ""
    out_id: str = ""

    def receipt(self) -> Receipt:
        return Receipt(
            "confirmed" if self.success else "failed",
            name=f"{self.biz_id} {self.out_id} {self.err_code}",
            reference=self.biz_id,
            delivery=self.out_id,
            why=self.err_code,
        )


class SmsUp(Theirs):
    """https://help.aliyun.com/zh/sms/developer-reference/smsup-2"""

    phone_number: str
    content: str
    send_time: str = ""
    sequence_id: str = ""

    def reply(self) -> Reply:
        named = (self.sequence_id, self.send_time, self.phone_number, self.content)
        return Reply(self.phone_number, self.content, named)


class AliyunSettings(CallsBack):
    kind: Literal["aliyun"]
    channels: tuple[Channel, ...] = ("sms",)
    url: str = "https://dysmsapi.aliyuncs.com/"
    key_id: str
    key_secret: Credential
    sign: str = Field(description="SignName, as it was approved")
    templates: dict[str, ApprovedTemplate]
    says_receipt: ClassVar = SmsReport
    says_reply: ClassVar = SmsUp
    thanks: ClassVar[Mapping[str, Any]] = {"code": 0, "msg": "接收成功"}

    @property
    def signature(self) -> str:
        return self.sign

    @property
    def approvals(self) -> Mapping[str, Approval]:
        return self.templates

    def open(self, parts: Parts) -> "Aliyun":
        return Aliyun(self, parts)


class Aliyun:
    def __init__(self, settings: AliyunSettings, parts: Parts) -> None:
        self._settings = settings
        self._http = parts.http

    async def send(self, message: Message) -> Outcome:
        template = self._settings.templates.get(message.template)
        if template is None:
            return RetryLater(f"no approved template for {message.template}", ours=True)
        asked = {
            "PhoneNumbers": message.to.removeprefix("+86"),
            "SignName": self._settings.sign,
            "TemplateCode": template.id,
            "TemplateParam": to_json(
                {theirs: message.values.get(ours, "") for theirs, ours in template.values.items()}
            ).decode(),
            "OutId": message.id,
        }
        said = await self._call("SendSms", asked)
        if not isinstance(said, dict):
            return said
        return _outcome(said)

    async def became_of(self, message: Message, sent_at: datetime) -> News:
        """Find it among that day's messages to that number by OutId, which is ours."""
        mine: Json | None = None
        for page in range(1, _PAGES + 1):
            asked = {
                "PhoneNumber": message.to.removeprefix("+86"),
                "SendDate": sent_at.astimezone(_THEIR_ZONE).strftime("%Y%m%d"),
                "PageSize": str(_OF_A_PAGE),
                "CurrentPage": str(page),
            }
            said = await self._call("QuerySendDetails", asked)
            if not isinstance(said, dict):
                return Unknown(said.why)
            details: list[Json] = (said.get("SmsSendDetailDTOs") or {}).get("SmsSendDetailDTO") or []
            mine = next((each for each in details if each.get("OutId") == message.id), None)
            if mine is not None or len(details) < _OF_A_PAGE:
                break
        match mine:
            case {"SendStatus": 3}:  # it has arrived
                return Confirmed()
            case {"SendStatus": 2, **more}:
                return Rejected(str(more.get("ErrCode", "")))
            case {"SendStatus": 1}:  # on its way
                return Accepted()
            case _:
                return Unknown("not among the provider's details")

    async def _call(self, action: str, asked: Mapping[str, str]) -> Json | RetryLater | Unknown:
        """Everything goes in the body: a phone number in an address would stand in somebody's log."""
        body = urlencode(asked).encode()
        at = now().strftime("%Y-%m-%dT%H:%M:%SZ")
        headers = {
            "host": urlsplit(self._settings.url).netloc,
            "x-acs-action": action,
            "x-acs-version": _VERSION,
            "x-acs-date": at,
            "x-acs-signature-nonce": new_id(),
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        }
        headers["authorization"] = authorization(
            self._settings.key_id, self._settings.key_secret.get_secret_value(), headers
        )
        headers["content-type"] = "application/x-www-form-urlencoded"
        return await call(
            self._http, self._settings.url, content=body, headers=headers, timeout=self._settings.timeout
        )


def _outcome(said: Json) -> Outcome:
    code = str(said.get("Code", ""))
    return Accepted(str(said.get("BizId", ""))) if code == "OK" else _CODES.outcome(code)


def authorization(key_id: str, secret: str, headers: Mapping[str, str], query: str = "") -> str:
    """The header of version 3 of their signature, for a POST to ``/``."""
    signed = [name for name in _SIGNED if name in headers]
    lines = "".join(f"{name}:{headers[name]}\n" for name in signed)
    listed = ";".join(signed)
    asked = "\n".join(("POST", "/", query, lines, listed, headers["x-acs-content-sha256"]))
    to_sign = f"{_ALGORITHM}\n{hashlib.sha256(asked.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{_ALGORITHM} Credential={key_id},SignedHeaders={listed},Signature={signature}"
