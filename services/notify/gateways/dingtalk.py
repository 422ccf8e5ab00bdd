"""DingTalk (钉钉) group robot, signed. https://open.dingtalk.com/document/robots/customize-robot-security-settings"""

import hmac
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

from pydantic_core import to_json

from services.notify.gateways.calling import JSON_HEADERS, call
from services.notify.gateways.gateway import Accepted, Message, Outcome, Parts, Rejected, RetryLater, Unknown
from services.notify.gateways.rooms import RoomSettings
from shared.clock import now

_OF_THE_MESSAGE = {
    400013,
    400102,
    430101,
    430102,
    430103,
    430104,
}  # group gone, robot stopped, words not allowed
_TOO_OFTEN, _THEN_REST = 130101, timedelta(minutes=1)


class DingtalkSettings(RoomSettings):
    kind: Literal["dingtalk"]

    def open(self, parts: Parts) -> "Dingtalk":
        return Dingtalk(self, parts)


class Dingtalk:
    def __init__(self, settings: DingtalkSettings, parts: Parts) -> None:
        self._settings = settings
        self._http = parts.http

    async def send(self, message: Message) -> Outcome:
        room = self._settings.room(message.to)
        if room is None:
            return Rejected("no such room")
        url = room.hook.get_secret_value()
        if room.secret is not None:
            url += "&" + urlencode(signed(room.secret.get_secret_value(), now()))
        said = await call(
            self._http,
            url,
            content=to_json({"msgtype": "text", "text": {"content": message.text}}),
            headers=JSON_HEADERS,
            timeout=self._settings.timeout,
        )
        if not isinstance(said, dict):
            return said
        match said.get("errcode"):
            case 0:
                return Accepted()
            case int() as code if code == _TOO_OFTEN:
                return RetryLater(str(code), _THEN_REST)
            case int() as code if code in _OF_THE_MESSAGE:
                return Rejected(str(code))
            case int() as code:
                return RetryLater(str(code))
            case _:
                return Unknown("no errcode")


def signed(secret: str, at: datetime) -> dict[str, str]:
    """Milliseconds and secret, by HMAC-SHA256 under the secret: good for an hour."""
    stamp = str(int(at.timestamp() * 1000))
    code = hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), "sha256")
    return {"timestamp": stamp, "sign": b64encode(code).decode()}
