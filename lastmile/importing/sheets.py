"""Workbooks (XLSX) read row by row."""

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from lastmile.importing.tables import Row, Table, open_table
from lastmile.trouble import Trouble
from shared.records.fields import recognise
from shared.records.heading import find
from shared.sheets.cells import UnusableSheetError
from shared.sheets.package import LARGEST_PACKED
from shared.sheets.worksheet import sheets_of
from shared.words import RecordKind

_LARGEST = 1024**3  # bytes, unpacked


@dataclass(frozen=True)
class Sheet:
    """The first sheet of a workbook; its ``heading`` names the columns: the first row, unless they stand under a title."""

    path: Path
    columns: tuple[str, ...]
    heading: int = 1

    @cached_property
    def rows(self) -> int:
        """How many rows say something."""
        return sum(1 for _ in self)

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes: the same file is known again."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def __iter__(self) -> Iterator[Row]:
        book = _open(self.path)
        try:
            lines = book.worksheets[0].iter_rows()
            number = 0
            for shown, cells in enumerate(islice(lines, self.heading, None), start=self.heading + 1):
                texts = [_text(cell.value) for cell in cells]
                if not any(texts):
                    continue
                number += 1
                values = dict(zip(self.columns, texts, strict=False))
                formulas = [
                    name for name, cell in zip(self.columns, cells, strict=False) if cell.data_type == "f"
                ]
                trouble = f"a formula stands in {', '.join(formulas)}" if formulas else None
                if any(texts[len(self.columns) :]):
                    trouble = "it has more fields than the header"
                yield Row(number, shown, {name: value for name, value in values.items() if name}, trouble)
        finally:
            book.close()


def open_rows(path: Path, kind: RecordKind | None = None) -> Table | Sheet:
    """Open a CSV file or a workbook by its first bytes: names lie. With ``kind``, headings of records may stand under a title.

    Raises Trouble.
    """
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}.") from error
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Trouble(
            f"{path} is an old workbook (.xls), or a protected one.", "Save it as .xlsx without a password."
        )
    if not start.startswith(b"PK"):
        return open_table(path)
    book = _open(path)
    try:
        header = [_text(cell) for cell in next(book.worksheets[0].iter_rows(values_only=True), ())]
    finally:
        book.close()
    while header and not header[-1]:
        header.pop()
    if kind is not None and not recognise(kind, header) and (sheet := _under_a_title(path, kind)) is not None:
        return sheet
    if not any(header):
        raise Trouble(f"{path} has no header row.", "The first row must name the columns.")
    if doubled := {name for name in header if name and header.count(name) > 1}:
        raise Trouble(f"{path} names columns twice: {', '.join(sorted(doubled))}.", "Rename one of each.")
    return Sheet(path, tuple(header))


def _under_a_title(path: Path, kind: RecordKind) -> Sheet | None:
    """Superiors' tables, ours to read back as well. Columns that nobody knows have no name, and are not used."""
    with path.open("rb") as file:
        data = file.read(LARGEST_PACKED + 1)
    try:
        heading = find(sheets_of(data)[0], kind)
    except UnusableSheetError:
        return None
    named = {column: field.zh[0] for column, field in heading.columns.items()}
    columns = tuple(named.get(column, "") for column in range(1, max(*named, heading.width) + 1))
    return Sheet(path, columns, heading.bottom)


def _open(path: Path) -> Any:
    """Formulas are read as formulas and nobody computes them."""
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > _LARGEST:
                raise Trouble(f"{path} unpacks to more than a gigabyte.", "Save it as CSV, or in parts.")
        book = openpyxl.load_workbook(path, read_only=True, data_only=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, ParseError, OSError) as odd:
        raise Trouble(f"{path} is no workbook that can be read.", "Save it as .xlsx anew.") from odd
    if not book.worksheets:
        raise Trouble(f"{path} has no sheet.")
    book.worksheets[0].reset_dimensions()  # programs write wrong ones
    return book


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case float() if value.is_integer() and abs(value) < 10**15:
            return str(int(value))
        case datetime():  # a spreadsheet keeps a fraction of a day: whole seconds are what was meant
            at = (value + timedelta(milliseconds=500)).replace(microsecond=0)
            return at.date().isoformat() if at.time() == time() else at.isoformat(sep=" ")
        case _:
            return str(value).strip()
