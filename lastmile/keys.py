"""A stack's secrets: made once, kept in one file that only its owner can read."""

import os
import secrets
from base64 import b64encode
from pathlib import Path

from deploy.topology import SERVICES
from lastmile.trouble import Trouble

IDENTITIES = ("admin", *SERVICES)
"""Who may log in to NATS: every service with its own rights, and ``admin`` for the programs."""

_KEYS = ("LASTMILE_MASTER_KEY", "LASTMILE_DOOR_KEY", "LASTMILE_STAFF_KEY")
_KEY_SIZE = 32  # bytes


def password_name(identity: str) -> str:
    return f"LASTMILE_NATS_PASSWORD_{identity.upper()}"


def make() -> dict[str, str]:
    """Return fresh secrets by the names that the environment gives them."""
    made = {name: b64encode(os.urandom(_KEY_SIZE)).decode() for name in _KEYS}
    # nats.conf would read a password that begins with a digit as a number.
    return made | {password_name(identity): f"p{secrets.token_hex(24)}" for identity in IDENTITIES}


def read(path: Path) -> dict[str, str]:
    """Read secrets from a file of ``NAME=value`` lines. Raises Trouble when one is missing."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    missing = [name for name in (*_KEYS, *map(password_name, IDENTITIES)) if name not in found]
    if missing:
        raise Trouble(
            f"{path} lacks {', '.join(missing)}.",
            "Restore the file from its backup: without its keys, what was sealed stays sealed.",
        )
    return found


def read_or_make(path: Path) -> dict[str, str]:
    """Read the secrets, or make them on first start (mode 0600). Never replaces a file that is there."""
    if path.exists():
        return read(path)
    made = make()
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("# Secrets of this stack. Lose them, and what was sealed can never be read again.\n")
        file.write(as_environment(made))
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    return made


def as_environment(values: dict[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in values.items())
