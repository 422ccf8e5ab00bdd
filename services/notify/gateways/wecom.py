"""WeCom (企业微信) group robot. https://developer.work.weixin.qq.com/document/path/91770"""

from datetime import timedelta
from typing import Literal

from pydantic_core import to_json

from services.notify.gateways.calling import JSON_HEADERS, call
from services.notify.gateways.gateway import Accepted, Message, Outcome, Parts, Rejected, RetryLater, Unknown
from services.notify.gateways.rooms import RoomSettings

_TOO_OFTEN, _THEN_REST = 45009, timedelta(minutes=1)
_OF_THE_MESSAGE = {40008, 40058, 44004, 45002}  # type, parameter, empty, too long
_LONGEST = 2048  # bytes of a text


class WecomSettings(RoomSettings):
    kind: Literal["wecom"]

    def open(self, parts: Parts) -> "Wecom":
        return Wecom(self, parts)


class Wecom:
    def __init__(self, settings: WecomSettings, parts: Parts) -> None:
        self._settings = settings
        self._http = parts.http

    async def send(self, message: Message) -> Outcome:
        room = self._settings.room(message.to)
        if room is None:
            return Rejected("no such room")
        if len(message.text.encode()) > _LONGEST:
            return Rejected("too long")
        said = await call(
            self._http,
            room.hook.get_secret_value(),
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
