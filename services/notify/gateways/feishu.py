"""Feishu (飞书) and Lark group robot, signed. https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot"""

import hmac
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic_core import to_json

from services.notify.gateways.calling import JSON_HEADERS, call
from services.notify.gateways.gateway import Accepted, Message, Outcome, Parts, Rejected, RetryLater, Unknown
from services.notify.gateways.rooms import RoomSettings
from shared.clock import now

_OF_THE_MESSAGE = {9499, 19024}  # body not understood, its keywords missing
_TOO_OFTEN, _THEN_REST = 11232, timedelta(minutes=1)


class FeishuSettings(RoomSettings):
    kind: Literal["feishu"]

    def open(self, parts: Parts) -> "Feishu":
        return Feishu(self, parts)


class Feishu:
    def __init__(self, settings: FeishuSettings, parts: Parts) -> None:
        self._settings = settings
        self._http = parts.http

    async def send(self, message: Message) -> Outcome:
        room = self._settings.room(message.to)
        if room is None:
            return Rejected("no such room")
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": message.text}}
        if room.secret is not None:
            body |= signed(room.secret.get_secret_value(), now())
        said = await call(
            self._http,
            room.hook.get_secret_value(),
            content=to_json(body),
            headers=JSON_HEADERS,
            timeout=self._settings.timeout,
        )
        if not isinstance(said, dict):
            return said
        match said.get("code", said.get("StatusCode")):  # the older robots say StatusCode
            case 0:
                return Accepted()
            case int() as code if code == _TOO_OFTEN:
                return RetryLater(str(code), _THEN_REST)
            case int() as code if code in _OF_THE_MESSAGE:
                return Rejected(str(code))
            case int() as code:
                return RetryLater(str(code))
            case _:
                return Unknown("no code")


def signed(secret: str, at: datetime) -> dict[str, str]:
    """Nothing, by HMAC-SHA256 under seconds and secret: good for an hour."""
    stamp = str(int(at.timestamp()))
    return {
        "timestamp": stamp,
        "sign": b64encode(hmac.digest(f"{stamp}\n{secret}".encode(), b"", "sha256")).decode(),
    }
