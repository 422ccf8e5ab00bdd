"""What somebody who offers help, or takes a wish on, may say at the residents' door."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.intake.wording import Line, Named, Phone, Prose
from shared.help import Giver

_LONGEST = 500
Words = Annotated[Prose, Field(max_length=_LONGEST)]


class _Said(BaseModel):
    """Who it is: staff call before anybody goes anywhere, so a phone is needed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    giver: Giver
    name: Annotated[Line, Field(max_length=64)]
    phone: Phone


class Offering(_Said):
    """Help that is offered. ``areas`` are codes of communities or grids; none: anywhere in the street."""

    category: Named
    text: Words
    areas: Annotated[tuple[Named, ...], Field(max_length=50)] = ()
    times: Annotated[int, Field(ge=1, le=365, strict=True)] = 1
    until: AwareDatetime | None = None


class Claiming(_Said):
    """One wish that somebody would like to take on."""

    text: Words | None = None


class Offered(BaseModel):
    """``token`` is told this once to whoever offered: with it the offer can be withdrawn."""

    offer: str
    token: str


class PublicWish(BaseModel):
    id: str
    wording: str
    category: str
    area: str | None
    stands: str = Field(
        description="open, waiting (somebody claims it, staff have not said yes), claimed, fulfilled"
    )
    since: str
    thanks: str | None = Field(description="the resident's words, where staff let the public read them")


class PublicWishes(BaseModel):
    items: list[PublicWish]


class Choices(BaseModel):
    """Kinds of help, who may give, and the communities."""

    kinds: list[dict[str, str]]
    givers: list[str]
    communities: list[dict[str, str]]
