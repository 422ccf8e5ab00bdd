"""What a message may look like: with everyday values, and with the longest that this street has."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from services.notify.template.length import length
from services.notify.templates import Templates
from shared.ids import tracking_code
from shared.messages import Messages, Values

_CODE: Final = tracking_code(bytes(range(8)))
_EVENING: Final = {
    "starts": datetime(2026, 3, 12, 10, 0, tzinfo=UTC).isoformat(),
    "ends": datetime(2026, 3, 12, 13, 0, tzinfo=UTC).isoformat(),
}
_OVER_NEW_YEAR: Final = {
    "starts": datetime(2026, 12, 30, 10, 0, tzinfo=UTC).isoformat(),
    "ends": datetime(2026, 12, 31, 13, 0, tzinfo=UTC).isoformat(),
}
_REASONS: Final = "call_up.reason."


@dataclass(frozen=True)
class Examples:
    """Both as placeholders are filled when a message is really sent."""

    usual: dict[str, str]
    longest: dict[str, str]


async def examples(templates: Templates, messages: Messages, template: str, language: str) -> Examples:
    grids, categories = await templates.names(language)
    reasons = {slug.removeprefix(_REASONS): text for slug, text in messages.words(language, _REASONS).items()}
    usual = {
        "code": _CODE,
        "grid": next(iter(grids), "G-1"),
        "category": next(iter(categories), ""),
        "reason": next(iter(reasons)),
        "count": "2",
        **_EVENING,
    }
    longest = {
        "code": _CODE,
        "grid": _longest(grids, usual["grid"]),
        "category": _longest(categories, usual["category"]),
        "reason": _longest(reasons, usual["reason"]),
        "count": "9999",
        **_OVER_NEW_YEAR,
    }
    return Examples(
        await templates.filled(template, usual, language), await templates.filled(template, longest, language)
    )


def _longest(named: dict[str, str], otherwise: str) -> str:
    """The code of what has the longest name; of two as long, the one that no GSM alphabet has."""
    return max(
        named, key=lambda code: (len(named[code]), length(named[code]).encoding == "ucs2"), default=otherwise
    )


def fill(text: str, values: dict[str, str]) -> str:
    """Raises ValueError where the text's braces say nothing."""
    return text.format_map(Values(values))
