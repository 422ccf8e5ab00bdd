"""The parking lot: what could not be used is kept for 30 days, sealed, with the reason, for people to look at."""

from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic_core import to_json

from shared.ids import new_id
from shared.vault import Locksmith

_KEPT_HEADERS = ("ce-id", "ce-type", "lm-version", "lm-cause", "lm-actor", "traceparent")
_LONGEST_WORD = 256  # characters of a subject or header that somebody else wrote
_LARGEST_BOX = 700_000  # bytes: in base64 and with its label it fits into one message


def label(
    locksmith: Locksmith, reason: str, subject: str, headers: Mapping[str, str] | None, data: bytes
) -> bytes:
    """Return what is published on ``parked.<service>``. What is too large to keep whole is kept in part."""
    box = locksmith.seal_for_parking(kept := data)
    while len(box) > _LARGEST_BOX:
        kept = kept[: len(kept) * 9 // 10 * _LARGEST_BOX // len(box)]
        box = locksmith.seal_for_parking(kept)
    headers = headers or {}
    return to_json(
        {
            "id": new_id(),
            "at": datetime.now(UTC),
            "reason": reason,
            "subject": subject[:_LONGEST_WORD],
            "headers": {name: headers[name][:_LONGEST_WORD] for name in _KEPT_HEADERS if name in headers},
            "size": len(data),
            "box": box,
        },
        bytes_mode="base64",
    )
