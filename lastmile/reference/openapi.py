"""docs/openapi: what the two doors say of themselves, without anything behind them running."""

from base64 import b64encode
from typing import Any

from fastapi import FastAPI
from pydantic import SecretStr

from services.console.app import build as build_console
from services.intake.app import build as build_intake
from shared.service import Service
from shared.settings import Settings


def intake() -> dict[str, Any]:
    return _described(build_intake(_settings()))


def console() -> dict[str, Any]:
    return _described(build_console(_settings()))


def _described(door: Service) -> dict[str, Any]:
    assert isinstance(door.api, FastAPI)
    door.store.close()
    return door.api.openapi()


def _settings() -> Settings:
    """Keys that open nothing."""
    key = SecretStr(b64encode(bytes(32)).decode())
    return Settings(master_key=key, door_key=key, staff_key=key)
