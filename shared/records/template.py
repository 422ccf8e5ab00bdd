"""A superior's table filled from the grid book: what the book knows goes into empty cells, and nothing else changes.

A table that lists nobody gets a row for every record in its scope; one that lists somebody gets what is missing in those
rows. What the book does not know stays empty, is marked, and is told.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shared.cells import as_meant
from shared.records.checks import doubt_of_id, read_date, tidy
from shared.records.gaps import MAY_BE_EMPTY
from shared.records.heading import Heading, find
from shared.records.making import Content
from shared.sheets.cells import Changes, Sheet, UnusableSheetError
from shared.sheets.comma import CommaSheet
from shared.sheets.workbook import Workbook
from shared.words import RecordKind

_EXAMPLE = re.compile(r"^\(?(示例|样例|例[:如]|example)", re.IGNORECASE)
_FOOT = re.compile(
    r"^\(?(合计|总计|小计|共计|注[:\d]|备注:|说明:|填表|填报|制表|审核|负责人:|单位|日期|联系电话:|total|note|prepared|signed)",
    re.IGNORECASE,
)
"""Both are held against ``tidy`` text: brackets and colons have one width there."""
_STRONG = ("key", "id_number")
_TELLING = ("key", "id_number", "name", "phone", "born", "building", "entrance", "unit")
_UPPER = {"key", "id_number"}
_CROWD = 200
"""More records that could all be meant are not gone through one by one."""


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
        listed: list[int] = []
        for row in (
            row for row in sorted({*self.sheet.rows, *self.sheet.broken}) if row > self.heading.bottom
        ):
            cells = self.sheet.rows.get(row, {})
            said = {
                column: cell
                for column, cell in cells.items()
                if column != self.heading.numbering or not cell.text.isdigit()
            }
            if not said and row not in self.sheet.broken:
                continue
            first = tidy(said[min(said)].text) if said else ""
            merged = (
                any(
                    one.top == row and one.right > one.left and min(said) == one.left
                    for one in self.sheet.merged
                )
                if said
                else False
            )
            if _FOOT.match(first) or merged:
                return listed, row
            if not _EXAMPLE.match(first) and (row in self.sheet.broken or {*said} & {*self.heading.columns}):
                listed.append(row)
        return listed, None

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
        records = sorted(book, key=lambda record: _order(record, book[record]))
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
                if not cell.formula and value is not None and not _same(about.slug, cell.text, str(value)):
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
        known = _Known(book)
        found: dict[int, str] = {}
        first: dict[str, int] = {}
        for row in self._listed:
            cells = self.sheet.rows.get(row, {})
            formulas = tuple(
                f.slug
                for c, f in self.heading.columns.items()
                if c in cells and cells[c].formula and f.slug in _TELLING
            )
            if row in self.sheet.broken:
                filled.lines.append(Line(row, self.sheet.broken[row]))
                continue
            if formulas:
                filled.lines.append(Line(row, "formula", formulas))
                continue
            said = {
                f.slug: _plain(f.slug, as_meant(cells[c].text))
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


class _Known:
    """Records by what tells them apart."""

    def __init__(self, book: Mapping[str, Content]) -> None:
        self._said = {
            record: {
                slug: _plain(slug, str(value))
                for slug in _TELLING
                if (value := value_of(content, slug)) is not None
            }
            for record, content in book.items()
        }
        self._by: dict[tuple[str, str], list[str]] = {}
        for record, said in self._said.items():
            for slug in _TELLING:
                if slug in said:
                    self._by.setdefault((slug, said[slug]), []).append(record)

    def who(self, said: Mapping[str, str]) -> str | None:
        """Return the record, or why there is none: a slug that is the name of no record."""
        for slug in _STRONG:
            if said.get(slug) and (found := self._by.get((slug, said[slug]))):
                return found[0] if len(found) == 1 else self._one_of(slug, said) or "several_match"
        name = next((slug for slug in ("name", "unit") if said.get(slug)), None)
        if name is None or (name == "unit" and not said.get("building")):
            return "not_in_the_book" if any(said.get(slug) for slug in _STRONG) else "nothing_identifies_it"
        return self._one_of(name, said)

    def _one_of(self, anchor: str, said: Mapping[str, str]) -> str | None:
        """Return the one that says the same there and nothing else anywhere; None: none. In a crowd, only who says more of the
        same is looked at, so that no table makes us compare everybody with everybody.
        """
        found = self._by.get((anchor, said[anchor]), [])
        if len(found) > _CROWD:
            told = [self._by.get((slug, said[slug]), []) for slug in _TELLING if said.get(slug)]
            found = min((one for one in told if one), key=len)
        if len(found) > _CROWD:
            return "several_match"
        mine = said[anchor]
        agreeing = [one for one in found if self._said[one].get(anchor) == mine and self._agrees(one, said)]
        return agreeing[0] if len(agreeing) == 1 else "several_match" if agreeing else None

    def _agrees(self, record: str, said: Mapping[str, str]) -> bool:
        have = self._said[record]
        return all(have.get(slug, said[slug]) == said[slug] for slug in _TELLING if said.get(slug))


def read_template(
    data: bytes, name: str, kind: RecordKind | None = None, sheet: str | None = None
) -> Template:
    """Open a workbook or a CSV file by its first bytes and find the headings. Raises UnusableSheetError."""
    if not data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        table = CommaSheet(data, name)
        return Template(table, find(table, kind))
    trouble = UnusableSheetError("sheet_no_known_column")
    best: Template | None = None
    for one in Workbook(data).sheets():
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


def value_of(content: Content, slug: str) -> str | int | None:
    """Return what the book says; of a sound id number also the day of birth and the sex that it holds (GB 11643)."""
    value = content.words.get(slug) if slug in content.words else content.public.get(slug)
    if value not in (None, "") and not isinstance(value, bool):
        return value if isinstance(value, int) else str(value)
    if slug in ("born", "sex") and content.kind is RecordKind.PERSON:
        number = content.words.get("id_number", "")
        if number and doubt_of_id(number) is None and (day := read_date(number[6:14])) is not None:
            return day.isoformat() if slug == "born" else "男" if int(number[16]) % 2 else "女"
    if slug == "address" and content.public.get("building") and content.words.get("unit"):
        return f"{content.public['building']}{content.words.get('entrance', '')}{content.words['unit']}"
    return None


def _plain(slug: str, text: str) -> str:
    plain = re.sub(r"\s+", "", tidy(text))
    if slug == "born" and (day := read_date(plain)) is not None:
        return day.isoformat()
    if slug == "phone":
        return re.sub(r"[^\d]", "", plain.removeprefix("+86"))
    return plain.upper() if slug in _UPPER else plain


def _same(slug: str, one: str, other: str) -> bool:
    return _plain(slug, as_meant(one)) == _plain(slug, other)


def _order(record: str, content: Content) -> tuple[list[tuple[int, str]], str]:
    said = (
        content.public.get("grid"),
        content.public.get("building"),
        content.words.get("entrance"),
        content.words.get("unit"),
        content.words.get("name"),
    )
    return [piece for text in said for piece in (*_natural(text or ""), (-1, ""))], record


def _natural(text: str) -> Iterable[tuple[int, str]]:
    return (
        (int(piece), "") if piece.isdecimal() else (10**9, piece)
        for piece in re.findall(r"\d{1,9}|\D+", text)
    )
