"""`lastmile ledger --export`: the ledger as a file, without anybody's words; that it was taken is on record first."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from lastmile.asking import put_on_record, reaching
from lastmile.corridor import ask, in_words
from lastmile.stack import settings_for
from lastmile.trouble import Trouble
from services.console.answers import Row
from services.console.export.files import Form, file_of
from services.console.export.routes import MOST
from services.console.export.table import Table
from shared.bus import Bus
from shared.messages import LANGUAGES, Messages
from shared.refusal import Refused

_PAGE = 200


async def take(data: Path | None, path: Path, asked: dict[str, Any], purpose: str) -> int:
    """Write CSV or XLSX, by the file's name. Returns how many rows. Raises Trouble."""
    form: Form = "xlsx" if path.suffix.lower() == ".xlsx" else "csv"
    table = Table(Messages(), LANGUAGES[0], settings_for(data).zone, {}, texts=False)
    unfinished, count = path.with_name(f"{path.name}.part"), 0

    async def lines() -> AsyncIterator[list[list[str]]]:
        nonlocal count
        async for rows in _pages(bus, asked):
            count += len(rows)
            if count > MOST:
                raise Trouble(f"More than {MOST} rows match.", "Narrow the filters; nothing was written.")
            yield [table.line(row) for row in rows]

    try:
        async with reaching("console", data) as (bus, settings):
            await put_on_record(
                bus,
                settings,
                "ledger",
                grids=[asked["grid"]] if asked.get("grid") else [],
                fields=table.columns,
                purpose=purpose,
            )
            with unfinished.open("wb") as file:
                async for chunk in file_of(form, table.header, lines()):
                    file.write(chunk)
        unfinished.replace(path)
    except Refused as refused:
        raise Trouble(f"Console says: {in_words(refused)}.") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return count


async def _pages(bus: Bus, asked: dict[str, Any]) -> AsyncIterator[list[dict[str, Any]]]:
    question = asked | {"limit": _PAGE}
    while True:
        page = await ask(bus, "query.console.Ledger", question)
        yield [Row.model_validate(row | {"text": None}).model_dump() for row in page["items"]]
        if page["next"] is None:
            return
        question["after"] = page["next"]
