"""Every generated document by its path in the repository."""

import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from deploy.topology import server_config
from lastmile.reference.asyncapi import asyncapi
from lastmile.reference.catalogues import command_catalogue, event_catalogue
from lastmile.reference.environment import environment_example
from lastmile.reference.files import file_map
from services.console.app import build as build_console
from services.intake.app import build as build_intake
from shared.service import Service
from shared.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def documents() -> dict[str, str]:
    """Return what each file should hold now."""
    return {
        "docs/events.md": event_catalogue(),
        "docs/commands.md": command_catalogue(),
        "docs/files.md": file_map(ROOT),
        "docs/asyncapi.json": pretty(asyncapi()),
        "docs/openapi/intake.json": pretty(_openapi(build_intake)),
        "docs/openapi/console.json": pretty(_openapi(build_console)),
        ".env.example": environment_example(),
        "deploy/nats/nats.conf": server_config(),
    }


def pretty(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _openapi(build: Callable[[Settings], Service]) -> dict[str, Any]:
    """What a door says of itself: wired with keys that open nothing, connected to nothing."""
    key = SecretStr(b64encode(bytes(32)).decode())
    service = build(Settings(master_key=key, door_key=key, staff_key=key))
    assert service.api is not None
    return service.api.openapi()
