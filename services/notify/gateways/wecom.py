"""WeCom (企业微信) group robot. https://developer.work.weixin.qq.com/document/path/91770"""

from typing import Any, Literal

from services.notify.gateways.gateway import Parts
from services.notify.gateways.rooms import Robot, Room, RoomSettings


class WecomSettings(RoomSettings):
    kind: Literal["wecom"]

    def open(self, parts: Parts) -> "Wecom":
        return Wecom(self, parts)


class Wecom(Robot):
    says = ("errcode",)
    too_often = frozenset({45009})
    of_the_message = frozenset({40008, 40058, 44004, 45002})  # type, parameter, empty, too long
    of_our_settings = frozenset({93000})  # no such hook
    longest = 2048

    def asked(self, room: Room, text: str) -> tuple[str, dict[str, Any]]:
        return room.hook.get_secret_value(), {"msgtype": "text", "text": {"content": text}}
