"""The words of the field, as types: one spelling for code, events, APIs and metrics."""

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import StringConstraints


class Kind(StrEnum):
    """What a request is (诉求类型)."""

    ISSUE = "issue"
    CONSULTATION = "consultation"
    HELP = "help"
    COMPLAINT = "complaint"
    TIP = "tip"
    SUGGESTION = "suggestion"
    WISH = "wish"
    DISPUTE = "dispute"
    PRAISE = "praise"
    FINDING = "finding"


class About(StrEnum):
    """Whom a complaint or a tip is about (被反映人), as its submitter says it: a relation, never a name."""

    GRID_WORKER = "grid_worker"
    COMMUNITY_OFFICE = "community_office"
    STREET_OFFICE = "street_office"
    SOMEBODY_ELSE = "somebody_else"


class Status(StrEnum):
    """Where a request stands. `closed` says nobody works on it any more; only feedback says it is solved."""

    SUBMITTED = "submitted"
    TRIAGE = "triage"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    RETURNED = "returned"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


ENDED = frozenset({Status.CLOSED, Status.DECLINED, Status.WITHDRAWN})


class Channel(StrEnum):
    """How a request came in, or how a message goes out."""

    WEB = "web"
    CHAT = "chat"
    SMS = "sms"
    PHONE = "phone"
    OPEN311 = "open311"
    IMPORT = "import"


class Severity(StrEnum):
    RED = "red"
    YELLOW = "yellow"
    BLUE = "blue"


class Topic(StrEnum):
    """What a message is about, as people choose what they hear of."""

    REQUESTS = "requests"
    WORK = "work"
    HALL = "hall"
    WISHES = "wishes"
    NOTICES = "notices"
    ALERTS = "alerts"


class Level(StrEnum):
    """Of an alert (预警信号), the gravest first."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


DeliveryStatus = Literal[
    "requested",
    "attempted",
    "deferred",
    "accepted",
    "handed_over",
    "confirmed",
    "failed",
    "unknown",
    "folded",
]
"""Where one message to one recipient over one channel stands."""


class Duty(StrEnum):
    """What a post is for: one worker, one deputy and one head an area (一格一员), and any number of volunteers."""

    WORKER = "worker"
    DEPUTY = "deputy"
    VOLUNTEER = "volunteer"
    HEAD = "head"


class RecordKind(StrEnum):
    """What the grid book keeps records of (人房企事物)."""

    PERSON = "person"
    DWELLING = "dwelling"
    ENTERPRISE = "enterprise"
    FACILITY = "facility"


class RemovalReason(StrEnum):
    """Why a record stands in the book no more."""

    MOVED_AWAY = "moved_away"
    DECEASED = "deceased"
    CLOSED_DOWN = "closed_down"
    DEMOLISHED = "demolished"
    ENTERED_TWICE = "entered_twice"
    ENTERED_WRONGLY = "entered_wrongly"


Tenant = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]
"""Who runs it: a street office, or a community alone."""

Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""An id that fits into one token of a NATS subject."""

Actor = Annotated[
    str, StringConstraints(pattern=r"^(staff|worker|resident|service|import):[A-Za-z0-9_-]{1,64}$")
]
"""Who wishes something: a role and a name that fits into an id."""

Code = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]
"""A code people chose: of a grid, a building, a category."""

Holder = Annotated[str, StringConstraints(pattern=r"^(worker|contact):[A-Za-z0-9_-]{1,64}$")]
"""Whose preferences they are: a worker's by the id, a resident's by what the vault's index calls the contact."""

GroupAddress = Annotated[
    str, StringConstraints(pattern=r"^(person|[A-Za-z0-9_.-]{1,64}:[^\s,]{1,255})$", max_length=320)
]
"""How a chat group is reached: ``<gateway>:<room>``, or ``person``, whom no API replaces."""

TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""On the tenant's clock: 22:00."""

PictureName = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}\.[A-Za-z0-9_-]{1,64}$")]
"""A picture: the SHA-256 of its sealed bytes, and the vault key that opens it."""

_UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202d\u202e]")
_BREAK = re.compile("[\t\n\r]")


def sayable(text: str) -> str:
    """Raises ValueError where a text would do something instead of saying it: control characters (not tab and line
    feed), and overrides of the writing direction, which show other words than are stored.
    """
    if _UNSAYABLE.search(text):
        raise ValueError("control characters cannot be used")
    return text


def in_one_line(text: str) -> str:
    """Raises ValueError as ``sayable`` does, and for a second line."""
    if _BREAK.search(text):
        raise ValueError("one line is expected")
    return sayable(text)


def masked(address: str) -> str:
    """Enough to tell two recipients apart, too little to call anybody: +86138****0101."""
    if address.startswith("+") and len(address) > 8:
        return f"{address[:-8]}****{address[-4:]}"
    return f"{address[:2]}***"
