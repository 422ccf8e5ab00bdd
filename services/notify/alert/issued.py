"""A warning as it was issued: what threatens where, how gravely, in whose words."""

from collections.abc import Iterable
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from shapely.geometry.base import BaseGeometry

from services.notify.alert.places import Ring, shapes_of
from shared.events.alert import Reference
from shared.words import Level


class WarnedArea(BaseModel):
    """``rings``: longitude and latitude, closed. ``codes``: as the issuer names places."""

    model_config = ConfigDict(frozen=True)

    words: str
    rings: tuple[Ring, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def shapes(self) -> list[BaseGeometry]:
        return [shape for ring in self.rings for shape in shapes_of(ring)]


class Info(BaseModel):
    """What threatens where, in one language."""

    model_config = ConfigDict(frozen=True)

    language: str = "en-US"
    event: str = ""
    level: Level | None = Field(default=None, description="none: its severity is unknown")
    issuer: str = Field(default="", description="senderName, as it is relayed with the words")
    headline: str = ""
    description: str = ""
    instruction: str = ""
    onset: AwareDatetime | None = None
    expires: AwareDatetime | None = None
    areas: tuple[WarnedArea, ...] = ()


class Alert(BaseModel):
    """One message as it was issued. Named by sender and identifier: the same again is the same.

    ``infos`` are those in Chinese, or in the first language when there is none; ``english`` the others in English. What
    stands beside them says it in short: the gravest one's words, and every area.
    """

    model_config = ConfigDict(frozen=True)

    version: str
    identifier: str
    sender: str
    sent: AwareDatetime
    status: Literal["Actual"] = "Actual"
    scope: Literal["Public"] = "Public"
    kind: Literal["Alert", "Update", "Cancel"]
    references: tuple[Reference, ...] = ()
    event: str = ""
    level: Level | None = None
    issuer: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    onset: AwareDatetime | None = None
    expires: AwareDatetime | None = None
    areas: tuple[WarnedArea, ...] = ()
    infos: tuple[Info, ...] = ()
    english: tuple[Info, ...] = ()


def gravity(level: Level | None) -> int:
    """The gravest first; what names no level comes last."""
    return list(Level).index(level) if level is not None else len(Level)


def gravest(levels: Iterable[Level | None]) -> Level | None:
    return min(levels, key=gravity, default=None)
