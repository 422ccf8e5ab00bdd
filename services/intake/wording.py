"""What a resident, or a system for one, may say: checked once, here, and typed from then on."""

import re
from datetime import datetime
from typing import Annotated, Self

import phonenumbers
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from shared.events.event import Place
from shared.events.submission import PastOutcome
from shared.words import About, Code, Kind, in_one_line, sayable

_LAND = "CN"  # where a number without a country code is read
_MOBILE = re.compile("1[3-9][0-9]{9}")


def _phone(text: str) -> str:
    """Return E.164; what nobody could be called at is refused."""
    # As nearly everybody writes it: the library says the same, and takes its time.
    if _MOBILE.fullmatch(text):
        return f"+86{text}"
    try:
        number = phonenumbers.parse(text, _LAND)
    except phonenumbers.NumberParseException:
        raise ValueError("not a telephone number") from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError("not a telephone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(in_one_line)
]
Prose = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), AfterValidator(sayable)
]
Phone = Annotated[str, StringConstraints(min_length=3, max_length=32), AfterValidator(_phone)]
Named = Annotated[Code, AfterValidator(in_one_line)]
Degrees = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Location(_Said):
    """Where: a position (degrees, WGS84), an address line, or a building with entrance and unit; more than one is welcome."""

    lon: Annotated[Degrees, Field(ge=-180, le=180)] | None = None
    lat: Annotated[Degrees, Field(ge=-90, le=90)] | None = None
    address: Line | None = None
    building: Named | None = None
    entrance: Annotated[Line, Field(max_length=32)] | None = None
    unit: Annotated[Line, Field(max_length=32)] | None = None

    @model_validator(mode="after")
    def says_where(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat go together")
        if self.building is None and (self.entrance is not None or self.unit is not None):
            raise ValueError("an entrance or a unit needs its building")
        if self.lon is None and self.address is None and self.building is None:
            raise ValueError("lon and lat, an address, or a building is needed")
        return self


class Reporter(_Said):
    name: Annotated[Line, Field(max_length=64)] | None = None
    phone: Phone | None = None


class Submission(_Said):
    """The body of POST /v1/requests."""

    text: Prose
    kind: Kind = Kind.ISSUE
    category: Named | None = None
    location: Location
    reporter: Reporter | None = None
    community: Named | None = None
    about: About | None = Field(
        default=None, description="whom a complaint or a tip is about: they never get it, and never see it"
    )
    about_name: Annotated[Line, Field(max_length=64)] | None = Field(
        default=None, description="their name, where it is known; it is sealed"
    )

    @property
    def names(self) -> int:
        """How many names its JSON had, were none of them said twice."""
        parts = [part for part in (self, self.location, self.reporter) if part is not None]
        return sum(len(part.model_fields_set) for part in parts)


class InboundSubmission(Submission):
    """What other systems send for a resident. ``key`` is unique within its source; ``at`` and ``outcome`` are of imports alone.

    What is excluded is no part of the words: it may differ when the same is said again.
    """

    key: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    location: Location | None = None  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues] - a call may come without a place
    at: Annotated[AwareDatetime | None, Field(exclude=True)] = None
    source_key: Annotated[str | None, StringConstraints(max_length=128), Field(exclude=True)] = None
    outcome: PastOutcome | None = None


class Amendment(_Said):
    text: Prose


class AnswerToQuestion(_Said):
    text: Prose


class Withdrawal(_Said):
    reason: Annotated[Line, Field(max_length=200)] | None = None


class Feedback(_Said):
    solved: Annotated[bool, Field(strict=True)]
    satisfaction: Annotated[int, Field(ge=1, le=5, strict=True)]
    comment: Prose | None = None


def personal(said: Submission | InboundSubmission) -> dict[str, str]:
    """The fields that are sealed: words, name, phone, address, entrance and unit; and the name of whom it is about."""
    location, reporter = said.location, said.reporter
    fields = {
        "text": said.text,
        "name": reporter and reporter.name,
        "phone": reporter and reporter.phone,
        "address": location and location.address,
        "entrance": location and location.entrance,
        "unit": location and location.unit,
        "about": said.about_name,
    }
    return {name: value for name, value in fields.items() if value}


def place_of(location: Location | None, building: str | None = None) -> Place:
    """What of a location may stand in clear; ``building`` is what an address was found to name."""
    if location is None:
        return Place()
    return Place(lon=location.lon, lat=location.lat, building=location.building or building)


def moment(at: datetime | None, present: datetime) -> datetime:
    """When it happened: never in the future."""
    return present if at is None else min(at, present)
