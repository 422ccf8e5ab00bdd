"""Who hears of a warning of which level, and how: data, in levels.toml or in the office's own alerts.toml."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.settings import Settings
from shared.words import Level

Channel = Literal["chat", "sms"]
Channels = tuple[Channel, ...]
Role = Literal["worker", "volunteer", "resident", "group"]
ROLES: tuple[Role, ...] = ("worker", "volunteer", "resident", "group")
_OURS = Path(__file__).with_name("levels.toml")


class UnusableLevelsError(Exception):
    """The office's own file cannot be read; the message says where."""


class Line(BaseModel):
    """Of one level: over what each role hears; empty: not at all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    worker: Channels = ()
    volunteer: Channels = ()
    resident: Channels = ()
    group: Channels = ()
    acknowledge_within_minutes: float | None = Field(default=None, gt=0, le=1440)

    def told(self) -> dict[Role, Channels]:
        said: dict[Role, Channels] = {role: getattr(self, role) for role in ROLES}
        return {role: channels for role, channels in said.items() if channels}

    @property
    def within(self) -> int | None:
        """Seconds."""
        minutes = self.acknowledge_within_minutes
        return None if minutes is None else max(1, round(minutes * 60))


class Levels(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    red: Line
    orange: Line
    yellow: Line
    blue: Line
    none: Line

    def line(self, level: Level | None) -> Line:
        return cast("Line", getattr(self, level.value if level else "none"))


def read_levels(settings: Settings) -> Levels:
    """Raises UnusableLevelsError."""
    path = settings.alerts or _OURS
    try:
        said: Mapping[str, object] = tomllib.loads(path.read_text(encoding="utf-8"))
        return Levels.model_validate(said)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as unreadable:
        raise UnusableLevelsError(f"{path}: {unreadable}") from unreadable
    except ValidationError as invalid:
        first = invalid.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UnusableLevelsError(f"{path}: {where}: {first['msg']}") from invalid
