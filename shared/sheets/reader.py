"""What cells say, as a person reads them: no formula is computed, days are days, whole numbers have no point."""

from collections.abc import Mapping

from shared.sheets.cells import Cell, UnusableSheetError, place_of
from shared.sheets.marks import heard
from shared.sheets.workbook import Workbook

_MOST_CELLS = 1_000_000
"""Cells that say something; those that say nothing cost nothing."""


class Reader:
    """Told of every mark of one sheet in order; then ``rows`` has its cells. Raises UnusableSheetError."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self.rows: dict[int, dict[int, Cell]] = {}
        self.row = 0
        self._column = 0
        self._count = 0
        self._type = self._style = ""
        self._parts: list[str] = []
        self._within: list[str] = []
        self._formula = self._in_cell = False

    def row_opened(self, given: Mapping[str, str]) -> None:
        number = given.get("r", "")
        self.row = int(number) if number.isdigit() else self.row + 1
        self._column = 0

    def cell_opened(self, given: Mapping[str, str]) -> None:
        self._column = place_of(given["r"])[1] if "r" in given else self._column + 1
        self._type, self._style = given.get("t", "n"), given.get("s", "")
        self._formula, self._in_cell = False, True

    def part_opened(self, name: str) -> None:
        if self._in_cell:
            self._within.append(name)
            self._formula = self._formula or name == "f"

    def part_closed(self, _name: str) -> None:
        if self._within:
            self._within.pop()

    def said(self, text: str) -> None:
        if self._within and self._within[-1] in ("v", "t") and "rPh" not in self._within:
            self._parts.append(text)

    def cell_closed(self) -> None:
        self._in_cell = False
        raw = "".join(self._parts)
        self._parts.clear()
        text = self._text(raw)
        if text or self._formula:
            self._count += 1
            if self._count > _MOST_CELLS:
                raise UnusableSheetError("sheet_too_large")
            self.rows.setdefault(self.row, {})[self._column] = Cell(text, self._formula)

    def _text(self, raw: str) -> str:
        match self._type:
            case "s":
                strings = self._book.strings
                if not raw.strip().isdigit() or int(raw) >= len(strings):
                    raise UnusableSheetError("sheet_unreadable")
                return strings[int(raw)].strip()
            case "n" if raw:
                styles = self._book.styles
                if styles and self._style.isdigit() and styles.is_day(int(self._style)):
                    return self._book.day(raw) or raw
                return _number(raw)
            case _:
                return heard(raw).strip()


def _number(raw: str) -> str:
    try:
        value = float(raw)
    except ValueError:
        return raw.strip()
    return str(int(value)) if value.is_integer() and abs(value) < 10**15 else raw.strip()
