"""How long a worker has. Working calendars come with the policies; until then the clock runs around it."""

from datetime import datetime, timedelta

from shared.words import Severity

RESOLVE_WITHIN = {
    Severity.RED: timedelta(hours=2),
    Severity.YELLOW: timedelta(hours=24),
    Severity.BLUE: timedelta(hours=72),
}
ACCEPT_WITHIN = {
    Severity.RED: timedelta(minutes=15),
    Severity.YELLOW: timedelta(hours=2),
    Severity.BLUE: timedelta(hours=8),
}


def deadlines(severity: Severity, start: datetime) -> tuple[datetime, datetime]:
    """Return when the request has to be accepted and when resolved."""
    return start + ACCEPT_WITHIN[severity], start + RESOLVE_WITHIN[severity]
