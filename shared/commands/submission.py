"""What a resident, or a system for one, may wish of a submission."""

from shared.commands.command import Command
from shared.events.event import Place, Sealed
from shared.events.submission import PastOutcome
from shared.words import About, Channel, Code, Kind, PictureName, Token


class SubmitRequest(Command, owner="intake", aggregate="submission", target="request"):
    request: Token
    code: str
    kind: Kind = Kind.ISSUE
    category: Code | None = None
    place: Place = Place()
    community: Code | None = None
    channel: Channel = Channel.WEB
    reachable: bool = False
    sealed: Sealed | None = None
    fingerprint: str = ""
    imported: bool = False
    source_key: str | None = None
    about: About | None = None
    outcome: PastOutcome | None = None


class AmendRequest(Command, owner="intake", aggregate="submission", target="request"):
    request: Token
    sealed: Sealed


class AddPicture(Command, owner="intake", aggregate="submission", target="request"):
    request: Token
    picture: PictureName


class WithdrawRequest(Command, owner="intake", aggregate="submission", target="request"):
    request: Token
    reason: str = ""
