"""What an event is, and the parts that several have in common."""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.words import Code, Token

CATALOGUE: dict[str, type["Event"]] = {}
"""Every event type by its name."""


class Event(BaseModel):
    """A fact. ``at`` is when it happened (UTC), and rules use that one; when it was recorded is the envelope's."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", ser_json_bytes="base64", val_json_bytes="base64", defer_build=True
    )

    owner: ClassVar[str]
    aggregate: ClassVar[str]

    at: AwareDatetime

    def __init_subclass__(cls, owner: str = "", aggregate: str = "") -> None:
        super().__init_subclass__()
        if owner:
            cls.owner, cls.aggregate = owner, aggregate
            CATALOGUE[cls.__name__] = cls


class Part(BaseModel):
    """A piece of an event that has no life of its own."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", ser_json_bytes="base64", val_json_bytes="base64", defer_build=True
    )


class Sealed(Part):
    """One person's fields in one history, readable only while the key stands in the vault (shared/vault.py)."""

    key: Token
    cipher: Literal["A256GCM"] = "A256GCM"
    box: bytes = Field(description="96-bit nonce, ciphertext, 128-bit tag; base64 in JSON")


class Place(Part):
    """Where. The address line and the unit are a person's and stand sealed, not here."""

    lon: Annotated[float, Field(ge=-180, le=180, description="degrees, WGS84")] | None = None
    lat: Annotated[float, Field(ge=-90, le=90, description="degrees, WGS84")] | None = None
    building: Code | None = None
