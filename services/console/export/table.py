"""The ledger as a table that leaves the house: its columns, and a row in words, in the office's time."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

from shared.documents import Body
from shared.messages import Messages

COLUMNS: Final = (
    "code", "status", "kind", "category", "text", "place", "community", "grid", "worker", "channel", "severity",
    "people", "vulnerable", "at", "accept_by", "due_at", "paused", "solved", "satisfaction", "matter", "source_key",
)  # fmt: skip
_OF_PEOPLE: Final = "text"
_WORDED: Final = ("status", "kind", "channel", "severity")


class Table:
    """``names`` has what codes are called, by column; a code without a name stands for itself."""

    def __init__(
        self,
        messages: Messages,
        lang: str,
        zone: tzinfo,
        names: Mapping[str, Mapping[str, str]],
        *,
        texts: bool,
    ) -> None:
        self._messages = messages
        self._lang = lang
        self._zone = zone
        self._names = names
        self.columns = tuple(name for name in COLUMNS if texts or name != _OF_PEOPLE)
        self.header = [messages.text(lang, f"ledger.column.{name}") for name in self.columns]

    def line(self, row: Body) -> list[str]:
        return [self._cell(name, row.get(name)) for name in self.columns]

    def _cell(self, name: str, value: Any) -> str:
        match value:
            case None:
                return ""
            case bool():
                return self._messages.text(self._lang, "ledger.yes" if value else "ledger.no")
            case datetime():
                return f"{value.astimezone(self._zone):%Y-%m-%d %H:%M}"
            case dict():
                return str(value.get("building") or "")
            case _ if name in _WORDED:
                return self._messages.text(self._lang, f"{name}.{value}")
            case _:
                return self._names.get(name, {}).get(value, str(value))
