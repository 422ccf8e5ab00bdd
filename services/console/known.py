"""Whether a filter names something: an empty page for a mistyped grid looks like a grid without troubles."""

from collections.abc import Mapping
from typing import Final

from services.console.rooms import Rooms
from services.console.wanted import Wanted
from shared.answering import BadRequestError
from shared.areas import Areas
from shared.http import ProblemError

_NAMED = ("grid", "community", "category", "worker")
_NO_LINE: Final[Mapping[str, str]] = {}


async def unknown(rooms: Rooms, wanted: Wanted, line: Mapping[str, str]) -> list[str]:
    """Return which of the filters name nothing: neither plan nor post has it, nor any request that there ever was."""
    named = {name: value for name in _NAMED if (value := line.get(name) or getattr(wanted, name)) is not None}
    if not named:
        return []
    plan = await rooms.grids.plan()
    areas = {*Areas(plan)}
    drawn = {
        "grid": areas,
        "community": areas,
        "category": {category["code"] for category in plan.get("categories", ())},
        "worker": {post["worker"] for post in await rooms.grids.posts()},
    }
    return [
        name
        for name, value in named.items()
        if value not in drawn[name] and not await rooms.ledger.names(name, value)
    ]


async def must_be_known(rooms: Rooms, wanted: Wanted, line: Mapping[str, str] = _NO_LINE) -> None:
    """Ask it at the door of what found nothing; ``line`` of the figures by column. Raises ProblemError."""
    if names := await unknown(rooms, wanted, line):
        errors = [{"field": f"query.{name}", "why": _told(name)} for name in names]
        raise ProblemError(422, "invalid", "Some fields cannot be used.", errors=errors)


async def must_be_known_on_the_bus(rooms: Rooms, wanted: Wanted) -> None:
    """As ``must_be_known``. Raises BadRequestError."""
    if names := await unknown(rooms, wanted, _NO_LINE):
        raise BadRequestError("; ".join(map(_told, names)))


def _told(name: str) -> str:
    return f"no {name} is called that"
