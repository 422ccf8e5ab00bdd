"""`lastmile records export`: what stands in the book, opened, as a file; that it was taken is on record first."""

import csv
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import openpyxl

from lastmile.corridor import ask
from shared.bus import Bus
from shared.cells import harmless, text_cell
from shared.records.fields import FIELDS
from shared.records.making import Content
from shared.records.opening import open_records
from shared.vault import Vault
from shared.words import RecordKind

_PAGE = 500


async def contents(
    bus: Bus, vault: Vault, tenant: str, kind: RecordKind, grids: tuple[str, ...]
) -> AsyncIterator[tuple[str, Content]]:
    """Yield every standing record with its id, a page at a time."""
    question: dict[str, Any] = {"kind": kind.value, "limit": _PAGE}
    if grids:
        question["grids"] = list(grids)
    while True:
        answer = await ask(bus, "query.routing.Records", question)
        for one in (await open_records(vault, tenant, answer["items"])).items():
            yield one
        if answer["next"] is None:
            return
        question["after"] = answer["next"]


def row_of(content: Content) -> list[str]:
    """Return what a record says in the order of its fields; a dwelling's name is ours alone and stays."""
    said = {**content.public, "dwelling": None, "care": None, **content.words}
    return ["" if (value := said.get(f.slug)) is None else str(value) for f in FIELDS[content.kind]]


async def write(path: Path, kind: RecordKind, found: AsyncIterator[tuple[str, Content]]) -> int:
    """Write CSV (UTF-8 with BOM: spreadsheets know it) or XLSX, by the file's name. Returns how many rows."""
    header = [field.zh[0] for field in FIELDS[kind]]
    count = 0
    if path.suffix.lower() == ".xlsx":
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("records")
        sheet.append(header)
        async for _, content in found:
            sheet.append([text_cell(sheet, value) for value in row_of(content)])
            count += 1
        book.save(path)
        return count
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(header)
        async for _, content in found:
            rows.writerow([harmless(value) for value in row_of(content)])
            count += 1
    return count
