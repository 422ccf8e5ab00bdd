"""WeCom (企业微信) customer groups: a mass message is created for a group, and goes out when the group's owner confirms it in
his client. https://developer.work.weixin.qq.com/document/path/92135 and 93338

Creating it sends nothing, so it is handed over, and the provider is asked whether the owner has confirmed it. Two created
for one fact would be two that he confirms, so a time-out is unknown. A group takes four such messages in a month.
"""

import time
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import AnyHttpUrl, BaseModel, Field
from pydantic_core import to_json

from services.notify.gateways.calling import JSON_HEADERS, Json, call
from services.notify.gateways.gateway import (
    Channel,
    Confirmed,
    Credential,
    GatewaySettings,
    HandedOver,
    Message,
    News,
    Outcome,
    Parts,
    Rejected,
    RetryLater,
    Unknown,
)

_TOO_OFTEN = 45009
_TOKEN_IS_NO_MORE = frozenset({40014, 41001, 42001})
_OF_THE_MESSAGE = frozenset({40003, 40058, 41048, 44004, 45002})
"""No such member, a parameter, nobody to send it to, empty, too long. Whatever else is the account's trouble."""
_WAITS = 0
"""The owner has not confirmed it yet; 1: he has. Other numbers: it will not come."""
_RENEWED_BEFORE = 300.0  # seconds
_LONGEST = 4000  # bytes
_REST = timedelta(minutes=1)


class CustomerGroup(BaseModel):
    chat: str = Field(description="chat_id of the customer group")
    owner: str = Field(description="userid of its owner, who confirms what is sent")


class WecomGroupsSettings(GatewaySettings):
    kind: Literal["wecom-groups"]
    channels: tuple[Channel, ...] = ("chat",)
    per_second: float = 1.0
    server: AnyHttpUrl = AnyHttpUrl("https://qyapi.weixin.qq.com")
    corp: str
    secret: Credential
    """Of the app that may call 客户联系."""
    groups: dict[str, CustomerGroup]

    def open(self, parts: Parts) -> "WecomGroups":
        return WecomGroups(self, parts)


class WecomGroups:
    def __init__(self, settings: WecomGroupsSettings, parts: Parts) -> None:
        self._settings = settings
        self._http = parts.http
        self._token = ""
        self._good_until = 0.0

    async def send(self, message: Message) -> Outcome:
        group = self._group(message.to)
        if group is None:
            return Rejected("no such group")
        if len(message.text.encode()) > _LONGEST:
            return Rejected("too long")
        body = {
            "chat_type": "group",
            "sender": group.owner,
            "chat_id_list": [group.chat],
            "text": {"content": message.text},
        }
        said = await self._ask("add_msg_template", body)
        match said:
            case {"errcode": 0, "fail_list": [_, *_]}:
                return Rejected("fail_list")
            case {"errcode": 0, "msgid": str(name)} if name:
                return HandedOver(name)
            case dict():
                return _refused(said)
            case _:
                return said

    async def became_of(self, message: Message, sent_at: datetime) -> News:  # noqa: ARG002 - it has a name of its own
        group = self._group(message.to)
        if group is None or not message.reference:
            return Unknown("no message id")
        body = {"msgid": message.reference, "userid": group.owner, "limit": 500}
        said = await self._ask("get_groupmsg_send_result", body)
        if not isinstance(said, dict):
            return Unknown(said.why)
        if said.get("errcode") != 0:
            return Unknown(str(said.get("errcode")))
        rows: list[Json] = [each for each in said.get("send_list", []) if isinstance(each, dict)]
        match next((row.get("status") for row in rows if row.get("chat_id") == group.chat), _WAITS):
            case 0:
                return HandedOver(message.reference)
            case 1:
                return Confirmed()
            case other:
                return Rejected(f"status {other}")

    def _group(self, to: str) -> CustomerGroup | None:
        return self._settings.groups.get(to.partition(":")[2])

    async def _ask(self, what: str, body: dict[str, Any]) -> Json | RetryLater | Unknown:
        token = await self._access()
        if not isinstance(token, str):
            return token
        path = f"cgi-bin/externalcontact/{what}?{urlencode({'access_token': token})}"
        said = await self._call("POST", path, to_json(body))
        if isinstance(said, dict) and said.get("errcode") in _TOKEN_IS_NO_MORE:
            self._good_until = 0.0
        return said

    async def _access(self) -> str | RetryLater:
        """Return the token that calls are made with. Nothing was sent while there is none."""
        if time.monotonic() < self._good_until:
            return self._token
        asked = {"corpid": self._settings.corp, "corpsecret": self._settings.secret.get_secret_value()}
        said = await self._call("GET", f"cgi-bin/gettoken?{urlencode(asked)}", b"")
        match said:
            case {"access_token": str(token), "expires_in": int(seconds)} if token:
                self._token, self._good_until = token, time.monotonic() + seconds - _RENEWED_BEFORE
                return token
            case dict():
                return RetryLater(f"no token: {said.get('errcode')}", ours=True)
            case _:
                return RetryLater(f"no token: {said.why}")

    async def _call(self, method: str, path: str, content: bytes) -> Json | RetryLater | Unknown:
        url = f"{str(self._settings.server).rstrip('/')}/{path}"
        patience = self._settings.timeout / 2  # one for the token, one for the message
        return await call(
            self._http, url, content=content, headers=JSON_HEADERS, timeout=patience, method=method
        )


def _refused(said: Json) -> Outcome:
    match said.get("errcode"):
        case int() as code if code == _TOO_OFTEN:
            return RetryLater(str(code), _REST)
        case int() as code if code in _OF_THE_MESSAGE:
            return Rejected(str(code))
        case int() as code if code != 0:
            return RetryLater(str(code))
        case _:
            return Unknown("no msgid")
