"""Reading tables as people send them: UTF-8 with or without BOM, else GB18030; rows that do not fit are named."""

import codecs
import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from lastmile.trouble import Trouble

_ENCODINGS = ("utf-8-sig", "gb18030")
_CHUNK = 1024 * 1024  # bytes
_LARGEST_FIELD = 1024 * 1024  # characters


@dataclass(frozen=True)
class Row:
    """``number`` counts rows that say something, from 1; ``shown`` is the number that a spreadsheet shows: the header is row 1."""

    number: int
    shown: int
    values: dict[str, str]
    trouble: str | None = None


@dataclass(frozen=True)
class Table:
    path: Path
    encoding: str
    digest: str
    """SHA-256 of the bytes: the same file is known again."""
    columns: tuple[str, ...]
    rows: int

    def __iter__(self) -> Iterator[Row]:
        number = 0
        for shown, fields in islice(_records(self.path, self.encoding), 1, None):
            if _says_something(fields):
                number += 1
                yield self._row(number, shown, fields)

    def _row(self, number: int, shown: int, fields: list[str] | csv.Error) -> Row:
        if isinstance(fields, csv.Error):
            return Row(number, shown, {}, f"the row cannot be read: {fields}")
        values = {column: field.strip() for column, field in zip(self.columns, fields, strict=False)}
        if len(fields) != len(self.columns):
            return Row(
                number,
                shown,
                values,
                f"it has {len(fields)} fields where the header has {len(self.columns)}",
            )
        return Row(number, shown, values)


def open_table(path: Path) -> Table:
    """Look through the whole file once: its encoding, its header, how many rows. Raises Trouble."""
    try:
        encoding, digest = _encoding(path)
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}.") from error
    records = _records(path, encoding)
    header = next(records, (0, []))[1]
    if isinstance(header, csv.Error) or not header:
        raise Trouble(f"{path} has no header row.", "The first row must name the columns.")
    if len(header) == 1 and (other := next((mark for mark in "\t;" if mark in header[0]), None)):
        named = "tabs" if other == "\t" else "semicolons"
        raise Trouble(f"{path} has {named} between its columns.", "Save it as CSV with commas, or as .xlsx.")
    if doubled := {column for column in header if header.count(column) > 1}:
        raise Trouble(f"{path} names columns twice: {', '.join(sorted(doubled))}.", "Rename one of each.")
    rows = sum(1 for _, fields in records if _says_something(fields))
    return Table(path, encoding, digest, tuple(header), rows)


def _says_something(fields: list[str] | csv.Error) -> bool:
    return isinstance(fields, csv.Error) or any(field.strip() for field in fields)


def _records(path: Path, encoding: str) -> Iterator[tuple[int, list[str] | csv.Error]]:
    csv.field_size_limit(_LARGEST_FIELD)
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file)
        for shown in count(1):
            try:
                fields: list[str] | csv.Error = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                fields = error
            yield shown, fields


def _encoding(path: Path) -> tuple[str, str]:
    decoders = {name: codecs.getincrementaldecoder(name)() for name in _ENCODINGS}
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            _try(decoders, chunk, final=False)
    _try(decoders, b"", final=True)
    for name in _ENCODINGS:
        if name in decoders:
            return name, digest.hexdigest()
    raise Trouble(
        f"{path} is neither UTF-8 nor GB18030.",
        "Save it as UTF-8 (in a spreadsheet: CSV UTF-8), then try again.",
    )


def _try(decoders: dict[str, codecs.IncrementalDecoder], chunk: bytes, *, final: bool) -> None:
    for name in list(decoders):
        try:
            decoders[name].decode(chunk, final)
        except UnicodeDecodeError:
            del decoders[name]
