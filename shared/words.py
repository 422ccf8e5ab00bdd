"""The words of the field, as types: one spelling for code, events, APIs and metrics."""

from enum import StrEnum
from typing import Annotated

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


class Duty(StrEnum):
    """What a post is for: one worker and one deputy a grid (一格一员)."""

    WORKER = "worker"
    DEPUTY = "deputy"


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
