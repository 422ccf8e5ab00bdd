"""CSV as a sheet: a record that nobody changes keeps its very characters, quotes and all."""

import csv
import io
from collections.abc import Iterator

from shared.cells import harmless
from shared.sheets.cells import Cell, Changes, Merged, UnusableSheetError
from shared.sheets.package import LARGEST_PACKED

_ENCODINGS = ("utf-8-sig", "gb18030")
_SEPARATORS = ",\t;"
_MOST_ROWS = 1_000_000


class CommaSheet:
    """Raises UnusableSheetError."""

    def __init__(self, data: bytes, name: str) -> None:
        if len(data) > LARGEST_PACKED:
            raise UnusableSheetError("sheet_too_large")
        self.name = name
        self.merged: list[Merged] = []
        self.rows: dict[int, dict[int, Cell]] = {}
        self.broken: dict[int, str] = {}
        self._encoding, text = _read(data)
        self._with_mark = data.startswith(b"\xef\xbb\xbf")
        first = next((line for line in text.split("\n") if any(each in line for each in _SEPARATORS)), "")
        self._separator = max(_SEPARATORS, key=first.count)
        self._ending = "\r\n" if "\r\n" in text else "\n"
        self._raw: list[str] = []
        self._fields: list[list[str]] = []
        for number, (raw, fields) in enumerate(self._records(text), start=1):
            self._raw.append(raw)
            self._fields.append(fields)
            cells = {place: Cell(said.strip()) for place, said in enumerate(fields, start=1) if said.strip()}
            if cells:
                self.rows[number] = cells
            if number > _MOST_ROWS:
                raise UnusableSheetError("sheet_too_large")

    def _records(self, text: str) -> Iterator[tuple[str, list[str]]]:
        lines = io.StringIO(text, newline="").readlines()
        reader = csv.reader(iter(lines), delimiter=self._separator)
        at = 0
        while True:
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error:
                fields = []
                self.broken[len(self._raw) + 1] = "unreadable"
            yield "".join(lines[at : reader.line_num]), fields
            at = reader.line_num

    def written(self, changes: Changes, like: int) -> bytes:
        """Return the file with these cells; one that is missing stays empty."""
        width = len(self._fields[like - 1]) if 0 < like <= len(self._fields) else 0
        pieces = list(self._raw)
        if pieces and not pieces[-1].endswith(("\n", "\r")):
            pieces[-1] += self._ending
        for row in (row for row in changes.rows if changes.texts.get(row)):
            while len(pieces) < row:
                pieces.append(self._ending)
            old = self._fields[row - 1] if row <= len(self._fields) else []
            texts = changes.texts[row]
            fields = [*old, *[""] * (max(width, *texts) - len(old))]
            for column, value in texts.items():
                fields[column - 1] = harmless(str(value))
            out = io.StringIO(newline="")
            csv.writer(out, delimiter=self._separator, lineterminator=self._ending).writerow(fields)
            pieces[row - 1] = out.getvalue()
        text = "".join(pieces)
        if self._encoding == "utf-8-sig":
            return (b"\xef\xbb\xbf" if self._with_mark else b"") + text.encode()
        return text.encode(self._encoding)


def _read(data: bytes) -> tuple[str, str]:
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return encoding, text
    raise UnusableSheetError("sheet_unreadable")
