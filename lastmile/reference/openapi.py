"""docs/openapi: what the two doors say of themselves, without anything behind them running."""

from base64 import b64encode
from typing import Any, cast

from pydantic import SecretStr

from services.intake import api as residents
from shared.settings import Settings


def intake() -> dict[str, Any]:
    rooms = cast("residents.Rooms", None)  # its routes are described, not called
    return residents.make_app(rooms, _settings(), _nobody_asks).openapi()


async def _nobody_asks() -> dict[str, bool]:
    return {}


def _settings() -> Settings:
    """Keys that open nothing."""
    key = SecretStr(b64encode(bytes(32)).decode())
    return Settings(master_key=key, door_key=key, staff_key=key)
