"""One sheet of a workbook: its cells, and a few of them written anew while every other byte of the file stays."""

from array import array
from bisect import bisect_left
from collections.abc import Mapping

from shared.cells import harmless
from shared.sheets.cells import Cell, Changes, Merged, UnusableSheetError, name_of, place_of
from shared.sheets.marks import Closed, Opened, prefix_at, saying, tag_end, walk, with_attribute, without
from shared.sheets.reader import Reader
from shared.sheets.workbook import Workbook

_ROW_LOOKS = ("s", "customFormat", "ht", "customHeight")


def sheets_of(data: bytes) -> list["Worksheet"]:
    """Return the sheets of a workbook; those that are to be seen come first. Raises UnusableSheetError."""
    book = Workbook(data)
    if not book.named:
        raise UnusableSheetError("sheet_unreadable")
    return [Worksheet(book, name, path) for name, path, _ in sorted(book.named, key=lambda one: not one[2])]


class Worksheet:
    """Rows that say nothing are known by where they stand, and by nothing else."""

    def __init__(self, book: Workbook, name: str, path: str) -> None:
        self.name = name
        self.broken: dict[int, str] = {}
        self.rows: dict[int, dict[int, Cell]] = {}
        self.merged: list[Merged] = []
        self._book = book
        self._path = path
        self._xml = book.package.part(path)
        self._numbers, self._starts, self._ends = array("L"), array("Q"), array("Q")
        self._data = (0, 0)
        self._dimension: tuple[int, str] | None = None
        reader = Reader(book)
        walk(self._xml, self._opened_by(reader), self._closed_by(reader), reader.said)
        self.rows = reader.rows
        if not self._data[1]:
            raise UnusableSheetError("sheet_unreadable")

    def _opened_by(self, reader: Reader) -> Opened:
        def opened(name: str, given: Mapping[str, str], start: int) -> None:
            match name:
                case "row":
                    reader.row_opened(given)
                    if self._numbers and reader.row <= self._numbers[-1]:
                        raise UnusableSheetError("sheet_unreadable")
                    self._numbers.append(reader.row)
                    self._starts.append(start)
                case "c":
                    reader.cell_opened(given)
                case "sheetData":
                    self._data = (start, 0)
                case "mergeCell":
                    self._merge(given.get("ref", ""))
                case "dimension":
                    self._dimension = (start, given.get("ref", ""))
                case _:
                    reader.part_opened(name)

        return opened

    def _closed_by(self, reader: Reader) -> Closed:
        def closed(name: str, start: int, after: int) -> None:
            match name:
                case "row":
                    self._ends.append(after)
                case "c":
                    reader.cell_closed()
                case "sheetData":
                    self._data = (self._data[0], start)
                case _:
                    reader.part_closed(name)

        return closed

    def _merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        (top, left), (bottom, right) = place_of(first), place_of(last or first)
        self.merged.append(Merged(top, left, bottom, right))

    def written(self, changes: Changes, like: int) -> bytes:
        """Return the workbook with these cells. A row that does not stand yet looks like the row ``like``."""
        xml, pieces, at = self._xml, list[bytes](), 0
        start, end = self._data
        opened = tag_end(xml, start)
        empty = xml[opened - 2 : opened] == b"/>"
        p = prefix_at(xml, start)
        if empty:
            pieces += [xml[:start], xml[start : opened - 2].rstrip() + b">"]
            at = opened
        for row in changes.rows:
            place = bisect_left(self._numbers, row)
            if place < len(self._numbers) and self._numbers[place] == row:
                pieces += [xml[at : self._starts[place]], self._row(row, place, changes, p)]
                at = self._ends[place]
            else:
                before = self._starts[place] if place < len(self._starts) else (at if empty else end)
                pieces += [xml[at:before], self._new_row(row, changes, like, p)]
                at = before
        if empty:
            pieces.append(f"</{p}sheetData>".encode())
        pieces.append(xml[at:])
        return self._book.written(self._path, self._spread(b"".join(pieces), changes))

    def _spread(self, xml: bytes, changes: Changes) -> bytes:
        """Let the sheet say how far it reaches now."""
        if self._dimension is None or not changes.rows:
            return xml
        at, ref = self._dimension
        first, _, last = ref.partition(":")
        (top, left), (bottom, right) = place_of(first or "A1"), place_of(last or first or "A1")
        rows = [top, bottom, *changes.rows]
        columns = [left, right, *(column for row in changes.rows for column in changes.columns(row))]
        whole = f"{name_of(min(rows), min(columns))}:{name_of(max(rows), max(columns))}"
        end = tag_end(xml, at)
        return xml[:at] + with_attribute(xml[at:end], "ref", whole) + xml[end:]

    def _parts(self, place: int) -> tuple[bytes, bytes]:
        """Return the start tag of a row that stands, and what is within."""
        start, end = self._starts[place], self._ends[place]
        opened = tag_end(self._xml, start)
        inner = b"" if opened == end else self._xml[opened : self._xml.rindex(b"<", opened, end)]
        return self._xml[start:opened], inner

    def _row(self, row: int, place: int, changes: Changes, p: str) -> bytes:
        tag, inner = self._parts(place)
        cells, wanted = _cells(inner), changes.columns(row)
        pieces: list[tuple[int, bytes]] = []
        for column, (first, last, style) in cells.items():
            if column in wanted:
                pieces.append((column, self._cell(row, column, style, changes, p)))
            else:
                pieces.append((column, inner[first:last]))
        pieces += [(c, self._cell(row, c, None, changes, p)) for c in wanted if c not in cells]
        after = max((last for _, last, _ in cells.values()), default=0)
        tag = without(tag, "spans")
        tag = tag[:-2].rstrip() + b">" if tag.endswith(b"/>") else tag
        return tag + b"".join(piece for _, piece in sorted(pieces)) + inner[after:] + f"</{p}row>".encode()

    def _new_row(self, row: int, changes: Changes, like: int, p: str) -> bytes:
        looks, styles = "", dict[int, int | None]()
        place = bisect_left(self._numbers, like)
        if place < len(self._numbers) and self._numbers[place] == like:
            tag, inner = self._parts(place)

            def seen(name: str, given: Mapping[str, str], _start: int) -> None:
                nonlocal looks
                if name == "row":
                    looks = "".join(f' {key}="{given[key]}"' for key in _ROW_LOOKS if key in given)

            shut = b"" if tag.endswith(b"/>") else f"</{p}row>".encode()
            walk(tag + shut, seen, lambda _name, _start, _after: None)
            styles = {column: style for column, (_, _, style) in _cells(inner).items() if style is not None}
        wanted = {*changes.columns(row), *styles}
        cells = b"".join(self._cell(row, c, styles.get(c), changes, p) for c in sorted(wanted))
        return f'<{p}row r="{row}"{looks}>'.encode() + cells + f"</{p}row>".encode()

    def _cell(self, row: int, column: int, style: int | None, changes: Changes, p: str) -> bytes:
        value = changes.texts.get(row, {}).get(column)
        if value is None and column in changes.missing.get(row, ()) and self._book.styles:
            style = self._book.styles.missing_like(style or 0)
        looks = f' s="{style}"' if style is not None else ""
        where = f'<{p}c r="{name_of(row, column)}"{looks}'
        if value is None:
            return f"{where}/>".encode()
        if isinstance(value, int):
            return f"{where}><{p}v>{value}</{p}v></{p}c>".encode()
        text = saying(harmless(value))
        return (
            f'{where} t="inlineStr"><{p}is><{p}t xml:space="preserve">{text}</{p}t></{p}is></{p}c>'.encode()
        )


def _cells(inner: bytes) -> dict[int, tuple[int, int, int | None]]:
    """Return each cell of a row: from which byte to which it stands, and its style."""
    found: dict[int, tuple[int, int, int | None]] = {}
    opened_at: list[tuple[int, int, int | None]] = []
    shift = len(b"<row>")
    column = 0

    def opened(name: str, given: Mapping[str, str], start: int) -> None:
        nonlocal column
        if name == "c":
            column = place_of(given["r"])[1] if "r" in given else column + 1
            style = given.get("s", "")
            opened_at.append((column, start - shift, int(style) if style.isdigit() else None))

    def closed(name: str, _start: int, after: int) -> None:
        if name == "c":
            at, first, style = opened_at.pop()
            found[at] = (first, after - shift, style)

    walk(b"<row>" + inner + b"</row>", opened, closed)
    return found
