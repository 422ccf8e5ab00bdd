"""Every generated document by its path in the repository."""

import json
from pathlib import Path
from typing import Any

from deploy.topology import server_config
from lastmile.reference.asyncapi import asyncapi
from lastmile.reference.catalogues import command_catalogue, event_catalogue
from lastmile.reference.environment import environment_example
from lastmile.reference.files import file_map
from services.console import api as console
from services.intake import api as intake

ROOT = Path(__file__).resolve().parents[2]


def documents() -> dict[str, str]:
    """Return what each file should hold now."""
    return {
        "docs/events.md": event_catalogue(),
        "docs/commands.md": command_catalogue(),
        "docs/files.md": file_map(ROOT),
        "docs/asyncapi.json": pretty(asyncapi()),
        "docs/openapi/intake.json": pretty(intake.openapi()),
        "docs/openapi/console.json": pretty(console.openapi()),
        ".env.example": environment_example(),
        "deploy/nats/nats.conf": server_config(),
    }


def pretty(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
