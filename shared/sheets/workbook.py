"""XLSX: the cells of each sheet, and a few of them written anew while every other byte of the file stays."""

from array import array
from bisect import bisect_left
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property

from shared.cells import harmless
from shared.sheets.cells import Cell, Changes, Merged, UnusableSheetError, name_of, place_of
from shared.sheets.marks import Closed, Opened, heard, prefix_at, saying, tag_end, walk, without
from shared.sheets.package import Package
from shared.sheets.styles import Styles

_MOST_CELLS = 1_000_000
"""Cells that say something; those that say nothing cost nothing."""
_DAY_ZERO, _DAY_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)
_ROW_LOOKS = ("s", "customFormat", "ht", "customHeight")


class Workbook:
    """Raises UnusableSheetError."""

    def __init__(self, data: bytes) -> None:
        self.package = Package(data)
        mains = [path for kind, path in self.package.related("").values() if kind == "officeDocument"]
        self.main = mains[0] if mains else "xl/workbook.xml"
        self._related = self.package.related(self.main)
        self._named: list[tuple[str, str, bool]] = []
        self._marks: dict[str, tuple[int, int]] = {}
        self._from_1904 = False
        walk(self.package.part(self.main), self._opened, self._closed)

    def _opened(self, name: str, given: Mapping[str, str], start: int) -> None:
        self._marks[name] = (start, start)
        if name == "sheet":
            ids = [value for key, value in given.items() if key.endswith(":id")]
            kind, path = self._related.get(ids[0] if ids else "", ("", ""))
            if kind == "worksheet":
                self._named.append((given.get("name", ""), path, given.get("state", "visible") == "visible"))
        elif name == "workbookPr":
            self._from_1904 = given.get("date1904") in ("1", "true")

    def _closed(self, name: str, _start: int, after: int) -> None:
        self._marks[name] = (self._marks[name][0], after)

    def sheets(self) -> list["WorkbookSheet"]:
        """Those that are to be seen come first."""
        if not self._named:
            raise UnusableSheetError("sheet_unreadable")
        return [
            WorkbookSheet(self, name, path)
            for name, path, _ in sorted(self._named, key=lambda one: not one[2])
        ]

    @cached_property
    def strings(self) -> list[str]:
        found: list[str] = []
        paths = [path for kind, path in self._related.values() if kind == "sharedStrings"]
        if not paths or not self.package.has(paths[0]):
            return found
        parts: list[str] = []
        path: list[str] = []

        def opened(name: str, _given: Mapping[str, str], _start: int) -> None:
            path.append(name)

        def closed(name: str, _start: int, _after: int) -> None:
            path.pop()
            if name == "si":
                found.append(heard("".join(parts)))
                parts.clear()

        def said(text: str) -> None:
            if path[-1] == "t" and "rPh" not in path:  # how a word is pronounced is no part of it
                parts.append(text)

        walk(self.package.part(paths[0]), opened, closed, said)
        return found

    @cached_property
    def styles(self) -> Styles | None:
        paths = [path for kind, path in self._related.values() if kind == "styles"]
        return Styles(self.package.part(paths[0])) if paths and self.package.has(paths[0]) else None

    def day(self, serial: str) -> str | None:
        try:
            return (
                (_DAY_ZERO_1904 if self._from_1904 else _DAY_ZERO) + timedelta(days=int(float(serial)))
            ).isoformat()
        except (ValueError, OverflowError):
            return None

    def written(self, path: str, sheet: bytes) -> bytes:
        changed = {path: sheet, self.main: self._computed_anew()}
        styles = self.styles.written() if self.styles else None
        if styles is not None:
            changed[next(path for kind, path in self._related.values() if kind == "styles")] = styles
        return self.package.written(changed)

    def _computed_anew(self) -> bytes:
        """Formulas over what was filled are computed when the file is opened."""
        xml = self.package.part(self.main)
        if "calcPr" in self._marks:
            start = self._marks["calcPr"][0]
            end = tag_end(xml, start)
            tag = without(xml[start:end], "fullCalcOnLoad")
            close = b"/>" if tag.endswith(b"/>") else b">"
            return xml[:start] + tag[: -len(close)].rstrip() + b' fullCalcOnLoad="1"' + close + xml[end:]
        last = max(
            self._marks[name][1]
            for name in ("sheets", "functionGroups", "externalReferences", "definedNames")
            if name in self._marks
        )
        p = prefix_at(xml, self._marks["sheets"][0])
        return xml[:last] + f'<{p}calcPr fullCalcOnLoad="1"/>'.encode() + xml[last:]


class WorkbookSheet:
    """One sheet. Rows that say nothing are known by where they stand, and by nothing else."""

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
        reader = _Reader(book, self._xml)
        walk(self._xml, self._opened_by(reader), self._closed_by(reader), reader.said)
        self.rows = reader.rows
        if not self._data[1]:
            raise UnusableSheetError("sheet_unreadable")

    def _opened_by(self, reader: "_Reader") -> Opened:
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

    def _closed_by(self, reader: "_Reader") -> Closed:
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
        if self._dimension is None:
            return xml
        at, ref = self._dimension
        first, _, last = ref.partition(":")
        (top, left), (bottom, right) = place_of(first or "A1"), place_of(last or first or "A1")
        columns = [
            c for row in changes.rows for c in (*changes.texts.get(row, ()), *changes.missing.get(row, ()))
        ]
        whole = (
            f"{name_of(min(top, *changes.rows, top), min(left, *columns, left))}:{name_of(max(bottom, *changes.rows, bottom), max(right, *columns, right))}"
            if columns
            else ref
        )
        end = tag_end(xml, at)
        tag = without(xml[at:end], "ref")
        close = b"/>" if tag.endswith(b"/>") else b">"
        return xml[:at] + tag[: -len(close)].rstrip() + f' ref="{whole}"'.encode() + close + xml[end:]

    def _row(self, row: int, place: int, changes: Changes, p: str) -> bytes:
        start, end = self._starts[place], self._ends[place]
        opened = tag_end(self._xml, start)
        tag = without(self._xml[start:opened], "spans")
        inner = b"" if opened == end else self._xml[opened : self._xml.rindex(b"<", opened, end)]
        cells = _cells(inner)
        wanted = {*changes.texts.get(row, ()), *changes.missing.get(row, ())}
        pieces: list[tuple[int, bytes]] = []
        for column, (first, last, style) in cells.items():
            if column in wanted:
                pieces.append((column, self._cell(row, column, style, changes, p)))
            else:
                pieces.append((column, inner[first:last]))
        pieces += [(c, self._cell(row, c, None, changes, p)) for c in wanted if c not in cells]
        after = max((last for _, last, _ in cells.values()), default=0)
        tag = tag[:-2].rstrip() + b">" if tag.endswith(b"/>") else tag
        return tag + b"".join(piece for _, piece in sorted(pieces)) + inner[after:] + f"</{p}row>".encode()

    def _new_row(self, row: int, changes: Changes, like: int, p: str) -> bytes:
        looks, styles = "", dict[int, int | None]()
        place = bisect_left(self._numbers, like)
        if place < len(self._numbers) and self._numbers[place] == like:
            start, end = self._starts[place], self._ends[place]
            opened = tag_end(self._xml, start)

            def seen(name: str, given: Mapping[str, str], _start: int) -> None:
                nonlocal looks
                if name == "row":
                    looks = "".join(f' {key}="{given[key]}"' for key in _ROW_LOOKS if key in given)

            shut = b"" if self._xml[start:opened].endswith(b"/>") else f"</{p}row>".encode()
            walk(self._xml[start:opened] + shut, seen, lambda _name, _start, _after: None)
            inner = b"" if opened == end else self._xml[opened : self._xml.rindex(b"<", opened, end)]
            styles = {column: style for column, (_, _, style) in _cells(inner).items() if style is not None}
        wanted = {*changes.texts.get(row, ()), *changes.missing.get(row, ()), *styles}
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


class _Reader:
    """What cells say, as a person reads them: no formula is computed, days are days, whole numbers have no point."""

    def __init__(self, book: Workbook, xml: bytes) -> None:
        self._book = book
        self._xml = xml
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
