"""DingTalk (钉钉) group robot, signed. https://open.dingtalk.com/document/robots/customize-robot-security-settings"""

import hmac
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from services.notify.gateways.gateway import Parts
from services.notify.gateways.rooms import Robot, Room, RoomSettings
from shared.clock import now


class DingtalkSettings(RoomSettings):
    kind: Literal["dingtalk"]

    def open(self, parts: Parts) -> "Dingtalk":
        return Dingtalk(self, parts)


class Dingtalk(Robot):
    says = ("errcode",)
    too_often = frozenset({130101, 410100})
    rest = timedelta(minutes=10)
    # group gone, words not allowed
    of_the_message = frozenset({400013, 430101, 430102, 430103, 430104})
    # its keyword, signature or address; no such token, robot stopped, no such robot
    of_our_settings = frozenset({310000, 300001, 400101, 400102, 400106})

    def asked(self, room: Room, text: str) -> tuple[str, dict[str, Any]]:
        url = room.hook.get_secret_value()
        if room.secret is not None:
            url += "&" + urlencode(signed(room.secret.get_secret_value(), now()))
        return url, {"msgtype": "text", "text": {"content": text}}


def signed(secret: str, at: datetime) -> dict[str, str]:
    """Milliseconds and secret, by HMAC-SHA256 under the secret: good for an hour."""
    stamp = str(int(at.timestamp() * 1000))
    code = hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), "sha256")
    return {"timestamp": stamp, "sign": b64encode(code).decode()}
