"""Tencent Cloud SMS (2021-01-11): SendSms, PullSmsSendStatusByPhoneNumber, signed by TC3-HMAC-SHA256; the
status and the replies that it brings to an address of ours.

https://cloud.tencent.com/document/product/382/55981, https://cloud.tencent.com/document/api/382/52071
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

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

_VERSION, _SERVICE = "2021-01-11", "sms"
_ALGORITHM = "TC3-HMAC-SHA256"
_CONTENT = "application/json; charset=utf-8"
_SIGNED = "content-type;host"
_MOST = 100  # what one query brings

_CODES = Codes(
    of_the_message={
        "FailedOperation.ContainSensitiveWord",
        "FailedOperation.PhoneNumberInBlacklist",
        "InvalidParameterValue.ContentLengthLimit",
        "InvalidParameterValue.IncorrectPhoneNumber",
    },
    of_our_settings=(
        "AuthFailure",
        "UnauthorizedOperation",
        "UnsupportedOperation",
        "FailedOperation.Template",
        "FailedOperation.Signature",
        "FailedOperation.MissingSignature",
        "InvalidParameterValue.Template",
        "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter",
        "InvalidParameterValue.SdkAppIdNotExist",
        "InternalError.Sig",
        "InternalError.RequestTimeException",
        "InternalError.RestApiInterfaceNotExist",
    ),
    nobody_knows=("InternalError", "FailedOperation.FailResolvePacket"),
)
"""https://cloud.tencent.com/document/product/382/59177. A variable that is too long, or has an address in it, is its template's
trouble: a gateway that takes any text can send the same.
"""


class ApprovedTemplate(Approval):
    """What the provider has approved for one of our templates."""

    values: tuple[str, ...] = Field(
        default=(), description="our placeholders, in the order of theirs: {1}, {2} …"
    )

    @property
    def placeholders(self) -> Iterable[str]:
        return self.values


class Status(Theirs):
    """https://cloud.tencent.com/document/product/382/43547"""

    sid: str = Field(min_length=1)
    report_status: Literal["SUCCESS", "FAIL"]
    errmsg: str = ""

    def receipt(self) -> Receipt:
        return Receipt(
            "confirmed" if self.report_status == "SUCCESS" else "failed",
            name=f"{self.sid} {self.report_status} {self.errmsg}",
            reference=self.sid,
            why=self.errmsg,
        )


class Answered(Theirs):
    """https://cloud.tencent.com/document/product/382/43548; it gives a reply no name."""

    mobile: str
    text: str
    nationcode: str = "86"
    time: str = ""
    extend: str = ""

    def reply(self) -> Reply:
        number = f"+{self.nationcode.lstrip('+')}{self.mobile}"
        return Reply(number, self.text, (self.time, number, self.text, self.extend))


class TencentSettings(CallsBack):
    kind: Literal["tencent"]
    channels: tuple[Channel, ...] = ("sms",)
    url: str = "https://sms.tencentcloudapi.com/"
    region: str = "ap-guangzhou"
    key_id: str
    key_secret: Credential
    app: str = Field(description="SmsSdkAppId")
    sign: str = Field(description="SignName, as it was approved")
    templates: dict[str, ApprovedTemplate]
    says_receipt: ClassVar = Status
    says_reply: ClassVar = Answered
    thanks: ClassVar[Mapping[str, Any]] = {"result": 0, "errmsg": "OK"}

    @property
    def signature(self) -> str:
        return self.sign

    @property
    def approvals(self) -> Mapping[str, Approval]:
        return self.templates

    def open(self, parts: Parts) -> "Tencent":
        return Tencent(self, parts)


class Tencent:
    def __init__(self, settings: TencentSettings, parts: Parts) -> None:
        self._settings = settings
        self._http = parts.http

    async def send(self, message: Message) -> Outcome:
        template = self._settings.templates.get(message.template)
        if template is None:
            return RetryLater(f"no approved template for {message.template}", ours=True)
        asked = {
            "PhoneNumberSet": [message.to],
            "SmsSdkAppId": self._settings.app,
            "SignName": self._settings.sign,
            "TemplateId": template.id,
            "TemplateParamSet": [message.values.get(name, "") for name in template.values],
            "SessionContext": message.id,
        }
        said = await self._call("SendSms", asked)
        if not isinstance(said, dict):
            return said
        return _outcome(said)

    async def became_of(self, message: Message, sent_at: datetime) -> News:
        """Find it among the receipts for that number by SessionContext, which is ours."""
        asked = {
            "BeginTime": int(sent_at.timestamp()) - 1,
            "EndTime": int(now().timestamp()),
            "Offset": 0,
            "Limit": _MOST,
            "PhoneNumber": message.to,
            "SmsSdkAppId": self._settings.app,
        }
        said = await self._call("PullSmsSendStatusByPhoneNumber", asked)
        if not isinstance(said, dict):
            return Unknown(said.why)
        receipts: list[Json] = said.get("PullSmsSendStatusSet") or []
        for receipt in receipts:
            if receipt.get("SessionContext") == message.id:
                if receipt.get("ReportStatus") == "SUCCESS":
                    return Confirmed()
                return Rejected(str(receipt.get("Description", "")))
        return Unknown("no receipt at the provider")

    async def _call(self, action: str, asked: dict[str, Any]) -> Json | RetryLater | Unknown:
        """Return what stands under ``Response``."""
        body, at = to_json(asked), now()
        host = urlsplit(self._settings.url).netloc
        secret = self._settings.key_secret.get_secret_value()
        headers = {
            "content-type": _CONTENT,
            "x-tc-action": action,
            "x-tc-version": _VERSION,
            "x-tc-region": self._settings.region,
            "x-tc-timestamp": str(int(at.timestamp())),
            "authorization": authorization(self._settings.key_id, secret, host, body, at),
        }
        said = await call(
            self._http, self._settings.url, content=body, headers=headers, timeout=self._settings.timeout
        )
        if not isinstance(said, dict):
            return said
        answer = said.get("Response")
        return answer if isinstance(answer, dict) else Unknown("no Response")


def _outcome(said: Json) -> Outcome:
    if error := said.get("Error"):
        return _CODES.outcome(str(error.get("Code", "")))
    match said.get("SendStatusSet"):
        case [{"Code": "Ok", **more}]:
            return Accepted(str(more.get("SerialNo", "")))
        case [{"Code": code}]:
            return _CODES.outcome(str(code))
        case _:
            return Unknown("no status")


def authorization(  # noqa: PLR0917 - what their signature is made of
    key_id: str, secret: str, host: str, body: bytes, at: datetime, service: str = _SERVICE
) -> str:
    """The header of version 3 of their signature, for a POST to ``/``."""
    day = at.astimezone(UTC).date().isoformat()
    scope = f"{day}/{service}/tc3_request"
    lines = f"content-type:{_CONTENT}\nhost:{host}\n"
    asked = "\n".join(("POST", "/", "", lines, _SIGNED, hashlib.sha256(body).hexdigest()))
    to_sign = "\n".join(
        (_ALGORITHM, str(int(at.timestamp())), scope, hashlib.sha256(asked.encode()).hexdigest())
    )
    key = f"TC3{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return f"{_ALGORITHM} Credential={key_id}/{scope}, SignedHeaders={_SIGNED}, Signature={signature}"
