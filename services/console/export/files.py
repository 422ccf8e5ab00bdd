"""A table as CSV or as a workbook, written while it is read: neither is ever held whole in memory."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Sequence
from tempfile import TemporaryFile
from typing import Literal

import openpyxl

from shared.cells import harmless, text_cell

Form = Literal["csv", "xlsx"]
Lines = AsyncIterator[list[list[str]]]
MEDIA: dict[Form, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BOM = "\ufeff"
_CHUNK = 256 * 1024


def file_of(form: Form, header: Sequence[str], lines: Lines) -> AsyncIterator[bytes]:
    return csv_file(header, lines) if form == "csv" else workbook(header, lines)


async def csv_file(header: Sequence[str], lines: Lines) -> AsyncIterator[bytes]:
    """UTF-8 with a byte order mark, which spreadsheets need to know it by."""
    yield _BOM.encode() + _csv([header])
    async for some in lines:
        yield _csv(some)


def _csv(lines: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in line] for line in lines)
    return text.getvalue().encode()


async def workbook(header: Sequence[str], lines: Lines) -> AsyncIterator[bytes]:
    """A workbook is an archive whose parts know each other: it goes to a file first, in a thread, and then out."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("ledger")

    def add(some: Sequence[Sequence[str]]) -> None:
        for line in some:
            sheet.append([text_cell(sheet, cell) for cell in line])

    add([header])
    async for some in lines:
        await asyncio.to_thread(add, some)
    with TemporaryFile() as file:
        await asyncio.to_thread(book.save, file)
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk
