"""When and why somebody is called, in words: what a delivery keeps are moments and slugs."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.messages import Messages


def occasion(values: Mapping[str, str], zone: ZoneInfo, messages: Messages, language: str) -> dict[str, str]:
    """Return ``time`` (from and to, on the street's clock), ``reason`` and ``count``, where they were said."""
    said = {"count": values.get("count", "")}
    if reason := values.get("reason"):
        said["reason"] = messages.text(language, f"call_up.reason.{reason}")
    if "starts" in values and "ends" in values:
        starts, ends = (datetime.fromisoformat(values[name]).astimezone(zone) for name in ("starts", "ends"))
        until = f"{ends:%H:%M}" if ends.date() == starts.date() else f"{ends.month}-{ends.day} {ends:%H:%M}"
        said["time"] = f"{starts.month}-{starts.day} {starts:%H:%M}–{until}"
    return said
