"""What residents, and systems for them, said: intake's facts."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.events.event import Event, Part, Place, Sealed
from shared.words import About, Channel, Code, Kind, PictureName


class PastAnswer(Part):
    """The resident's own word, where it was asked for."""

    solved: bool
    satisfaction: Annotated[int, Field(ge=1, le=5)]


class PastOutcome(Part):
    """What became of a matter where it was looked after before: told with an imported row."""

    resolved_at: AwareDatetime
    answer: PastAnswer | None = None


class RequestSubmitted(Event, owner="intake", aggregate="submission"):
    """A resident, or a system for one, said what is wrong, wished for or thought. ``sealed`` holds the words,
    name, phone, address and unit.
    """

    code: str = Field(description="tracking code: reads the public state, allows nothing")
    kind: Kind = Kind.ISSUE
    category: Code | None = None
    place: Place = Place()
    community: Code | None = None
    channel: Channel = Channel.WEB
    reachable: bool = Field(default=False, description="a phone stands in the sealed part")
    sealed: Sealed | None = None
    fingerprint: str = Field(
        default="", description="HMAC of the canonical body: another body under the same key is refused"
    )
    imported: bool = Field(default=False, description="told about the past; nobody is messaged about it")
    source_key: str | None = Field(
        default=None, description="the key that an imported row had where it came from"
    )
    about: About | None = Field(
        default=None, description="whom it is about; a name that was said stands in the sealed part"
    )
    outcome: PastOutcome | None = Field(default=None, description="of imports alone")


class RequestAmended(Event, owner="intake", aggregate="submission"):
    """The resident added words."""

    sealed: Sealed


class PictureAdded(Event, owner="intake", aggregate="submission"):
    """The resident showed it. The sealed picture was stored before (shared/pictures.py)."""

    picture: PictureName


class RequestWithdrawn(Event, owner="intake", aggregate="submission"):
    """The resident takes it back."""

    reason: str = ""
