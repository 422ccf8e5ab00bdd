"""A superior's table filled from the grid book: what the book knows goes into empty cells, and nothing else changes.

A table that lists nobody gets a row for every record in its scope; one that lists somebody gets what is missing in those
rows. What the book does not know stays empty, is marked, and is told.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.cells import as_meant
from shared.records.checks import tidy
from shared.records.gaps import MAY_BE_EMPTY
from shared.records.heading import Heading, find
from shared.records.known import TELLING, Known, in_order, plain, same, value_of
from shared.records.making import Content
from shared.sheets.cells import Changes, Sheet, UnusableSheetError
from shared.sheets.comma import CommaSheet
from shared.sheets.worksheet import sheets_of
from shared.words import RecordKind

_EXAMPLE = re.compile(r"^\(?(示例|样例|例[:如]|example)", re.IGNORECASE)
_FOOT = re.compile(
    r"^\(?(合计|总计|小计|共计|注[:\d]|备注:|说明:|填表|填报|制表|审核|负责人:|单位|日期|联系电话:|total|note|prepared|signed)",
    re.IGNORECASE,
)
"""Both are held against ``tidy`` text: brackets and colons have one width there."""


@dataclass(frozen=True)
class Line:
    """What was not as it should be in one row; never with a word of it. ``record`` where it is known."""

    row: int
    slug: str
    fields: tuple[str, ...] = ()
    record: str | None = None


@dataclass
class Filled:
    data: bytes
    rows: int = 0
    """Rows that stand for a record of the book."""
    cells: int = 0
    """Cells that were filled."""
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By record, the fields that the table asks for and nobody knows."""
    lines: list[Line] = field(default_factory=list)


class Template:
    def __init__(self, sheet: Sheet, heading: Heading) -> None:
        self.sheet = sheet
        self.heading = heading
        self._listed, self._foot = self._look_through()

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(one.slug for one in self.heading.columns.values())

    @property
    def lists_somebody(self) -> bool:
        return bool(self._listed)

    @property
    def room(self) -> int | None:
        """How many rows there are before what stands at the foot; None: as many as one likes."""
        return None if self._foot is None else self._foot - self.heading.bottom - 1

    def _look_through(self) -> tuple[list[int], int | None]:
        """Return the rows that list somebody, and the row at which the foot begins."""
        listed: list[int] = []
        for row in sorted({*self.sheet.rows, *self.sheet.broken}):
            if row <= self.heading.bottom:
                continue
            said = {
                column: cell
                for column, cell in self.sheet.rows.get(row, {}).items()
                if column != self.heading.numbering or not cell.text.isdigit()
            }
            if not said:
                if row in self.sheet.broken:
                    listed.append(row)
                continue
            first = min(said)
            text = tidy(said[first].text)
            if _FOOT.match(text) or self._spans(row, first):
                return listed, row
            if not _EXAMPLE.match(text) and (row in self.sheet.broken or {*said} & {*self.heading.columns}):
                listed.append(row)
        return listed, None

    def _spans(self, row: int, column: int) -> bool:
        """Whether this cell shows over several columns."""
        return any((one.top, one.left) == (row, column) and one.right > column for one in self.sheet.merged)

    def fill(self, book: Mapping[str, Content]) -> Filled:
        """Fill from these records, by id: those of the scope. Raises UnusableSheetError when there is no room."""
        filled, changes = Filled(b""), Changes()
        found = self._matched(book, filled) if self.lists_somebody else self._placed(book, changes)
        for row, record in found.items():
            self._row(row, record, book[record], changes, filled)
        filled.rows = len(found)
        filled.lines.sort(key=lambda line: line.row)
        filled.data = self.sheet.written(changes, self._like())
        return filled

    def _like(self) -> int:
        """New rows look like the first one under the headings."""
        return self.heading.bottom + 1 if not isinstance(self.sheet, CommaSheet) else self.heading.bottom

    def _placed(self, book: Mapping[str, Content], changes: Changes) -> dict[int, str]:
        records = sorted(book, key=lambda record: in_order(record, book[record]))
        start = self.heading.bottom + 1
        examples = [
            row
            for row in self.sheet.rows
            if row > self.heading.bottom
            and (self._foot is None or row < self._foot)
            and any(_EXAMPLE.match(tidy(cell.text)) for cell in self.sheet.rows[row].values())
        ]
        start = max((start, *(row + 1 for row in examples)))
        room = None if self._foot is None else self._foot - start
        if room is not None and len(records) > room:
            raise UnusableSheetError("sheet_no_room", rows=len(records), room=room)
        placed = {start + place: record for place, record in enumerate(records)}
        for number, row in enumerate(placed, start=1):
            if self.heading.numbering is not None and self.heading.numbering not in self.sheet.rows.get(
                row, {}
            ):
                changes.write(row, self.heading.numbering, number)
        return placed

    def _row(self, row: int, record: str, content: Content, changes: Changes, filled: Filled) -> None:
        cells, missing, differs = self.sheet.rows.get(row, {}), list[str](), list[str]()
        for column, about in self.heading.columns.items():
            value = value_of(content, about.slug)
            cell = cells.get(column)
            if cell is not None:
                if not cell.formula and value is not None and not same(about.slug, cell.text, str(value)):
                    differs.append(about.slug)
                continue
            if value is not None:
                if not self._covered(row, column):
                    changes.write(row, column, value)
                    filled.cells += 1
            elif about.slug not in MAY_BE_EMPTY:
                missing.append(about.slug)
                changes.miss(row, column)
        if missing:
            filled.missing[record] = tuple(missing)
            filled.lines.append(Line(row, "missing", tuple(missing), record))
        if differs:
            filled.lines.append(Line(row, "differs", tuple(differs), record))

    def _covered(self, row: int, column: int) -> bool:
        return any(one.has(row, column) and (one.top, one.left) != (row, column) for one in self.sheet.merged)

    def _matched(self, book: Mapping[str, Content], filled: Filled) -> dict[int, str]:
        known = Known(book)
        found: dict[int, str] = {}
        first: dict[str, int] = {}
        for row in self._listed:
            cells = self.sheet.rows.get(row, {})
            formulas = tuple(
                f.slug
                for c, f in self.heading.columns.items()
                if c in cells and cells[c].formula and f.slug in TELLING
            )
            if row in self.sheet.broken:
                filled.lines.append(Line(row, self.sheet.broken[row]))
                continue
            if formulas:
                filled.lines.append(Line(row, "formula", formulas))
                continue
            said = {
                f.slug: plain(f.slug, as_meant(cells[c].text))
                for c, f in self.heading.columns.items()
                if c in cells
            }
            record = known.who(said)
            if record is None or record not in book:
                filled.lines.append(Line(row, record or "not_in_the_book"))
            elif record in first:
                filled.lines.append(Line(row, "twice", record=record))
            else:
                found[row] = record
                first[record] = row
        return found


def read_template(
    data: bytes, name: str, kind: RecordKind | None = None, sheet: str | None = None
) -> Template:
    """Open a workbook or a CSV file by its first bytes and find the headings. Raises UnusableSheetError."""
    if not data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        table = CommaSheet(data, name)
        return Template(table, find(table, kind))
    trouble = UnusableSheetError("sheet_no_known_column")
    best: Template | None = None
    for one in sheets_of(data):
        if sheet is not None and one.name != sheet:
            continue
        try:
            heading = find(one, kind)
        except UnusableSheetError as unusable:
            trouble = unusable if trouble.slug == "sheet_no_known_column" else trouble
            continue
        if best is None or len(heading.columns) > len(best.heading.columns):
            best = Template(one, heading)
    if best is None:
        raise trouble
    return best
