"""The time, read at the edges and handed to the rules."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present in UTC, to the millisecond: what a document in MongoDB can keep."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def to_the_millisecond(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)
