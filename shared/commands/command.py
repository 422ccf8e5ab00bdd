"""What a command is.

It names its history by one of its fields. It carries its own id (so a repeat is quiet), the tenant, the actor and the
time: rules know no clock.
"""

from typing import Annotated, ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.words import Actor, Tenant, Token

CATALOGUE: dict[str, type["Command"]] = {}
"""Every command by its name."""

Reason = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class Command(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64", defer_build=True
    )

    owner: ClassVar[str]
    aggregate: ClassVar[str]
    target: ClassVar[str]
    """Which field names the history."""

    id: Token
    tenant: Tenant
    actor: Actor = Field(
        description="staff:<id>, worker:<id>, resident:<request>, service:<name>, import:<of>"
    )
    at: AwareDatetime

    def __init_subclass__(cls, owner: str = "", aggregate: str = "", target: str = "") -> None:
        super().__init_subclass__()
        if owner:
            cls.owner, cls.aggregate, cls.target = owner, aggregate, target
            CATALOGUE[cls.__name__] = cls

    @property
    def history(self) -> str:
        """The id of the history that this command is for."""
        return str(getattr(self, self.target))


class ByHand(Command):
    """What somebody does with what is his. ``stands_in_for`` is routing's to fill in: the worker responsible, while he is
    away and the actor is on duty in his place.
    """

    stands_in_for: Token | None = None
