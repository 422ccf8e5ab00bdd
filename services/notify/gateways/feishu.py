"""Feishu (飞书) and Lark group robot, signed. https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot"""

import hmac
from base64 import b64encode
from datetime import datetime
from typing import Any, Literal

from services.notify.gateways.gateway import Parts
from services.notify.gateways.rooms import Robot, Room, RoomSettings
from shared.clock import now


class FeishuSettings(RoomSettings):
    kind: Literal["feishu"]

    def open(self, parts: Parts) -> "Feishu":
        return Feishu(self, parts)


class Feishu(Robot):
    says = ("code", "StatusCode")  # the older robots
    too_often = frozenset({11232, 99991400})
    of_the_message = frozenset({9499, 19002})  # body not understood
    of_our_settings = frozenset({19001, 19021, 19022, 19024})  # its hook, signature, address or keyword

    def asked(self, room: Room, text: str) -> tuple[str, dict[str, Any]]:
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
        if room.secret is not None:
            body |= signed(room.secret.get_secret_value(), now())
        return room.hook.get_secret_value(), body


def signed(secret: str, at: datetime) -> dict[str, str]:
    """Nothing, by HMAC-SHA256 under seconds and secret: good for an hour."""
    stamp = str(int(at.timestamp()))
    return {
        "timestamp": stamp,
        "sign": b64encode(hmac.digest(f"{stamp}\n{secret}".encode(), b"", "sha256")).decode(),
    }
