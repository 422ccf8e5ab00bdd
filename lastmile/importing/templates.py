"""`lastmile records fill`: a superior's template in, the filled one out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lastmile.corridor import ask, plan_that_holds, send
from lastmile.records import at_the_book
from lastmile.trouble import Trouble
from shared.areas import grids_in
from shared.bus import Bus
from shared.records.filling import Filling, Scope
from shared.records.template import Filled, Template, read_template
from shared.settings import Settings
from shared.sheets.cells import UnusableSheetError
from shared.sheets.package import LARGEST_PACKED
from shared.words import RecordKind

ACTOR = "staff:cli"
_ADVICE = {
    "sheet_old_workbook": (
        "It is an old workbook (.xls), or a protected one.",
        "Save it as .xlsx without a password.",
    ),
    "sheet_unreadable": ("It is no table that can be read.", "Save it as .xlsx or as CSV anew."),
    "sheet_too_large": ("It is larger than anybody fills in.", "Fill it in parts, or as CSV."),
    "sheet_no_known_column": (
        "No heading of it is known.",
        "docs/records.md lists those that are; --sheet names a sheet.",
    ),
    "sheet_which_kind": ("Its headings fit several kinds.", "--kind says which."),
    "sheet_too_many": ("More records are in its scope than are filled at once.", "--area, --care"),
    "sheet_no_room": (
        "There are more records than rows before what stands at its foot.",
        "Insert rows there, or --grid.",
    ),
}


@dataclass(frozen=True)
class Wish:
    """What to fill, from which sheet, for which part of the street."""

    path: Path
    kind: RecordKind | None
    sheet: str | None
    areas: Sequence[str]


def read(wish: Wish) -> Template:
    """Raises Trouble."""
    try:
        with wish.path.open("rb") as file:
            data = file.read(LARGEST_PACKED + 1)  # of what is larger, no more need be read
        return read_template(data, wish.path.stem, wish.kind, wish.sheet)
    except OSError as error:
        raise Trouble(f"{wish.path} cannot be read: {error.strerror}.") from error
    except UnusableSheetError as unusable:
        raise trouble(wish.path, unusable) from unusable


def trouble(path: Path, unusable: UnusableSheetError) -> Trouble:
    what, todo = _ADVICE[unusable.slug]
    detail = ", ".join(f"{name} {value}" for name, value in unusable.detail.items())
    return Trouble(f"{path} cannot be filled. {what}{f' ({detail})' if detail else ''}", todo)


async def fill(template: Template, wish: Wish, scope: Scope, data: Path | None) -> Filled:
    """Raises Trouble, Refused, UnavailableError."""
    async with at_the_book(data) as (bus, settings, vault):
        grids = await grids_of(bus, settings, wish.areas)

        async def asked(subject: str, question: dict[str, Any]) -> Any:
            return await ask(bus, subject, question)

        async def sent(command: Any) -> Any:
            return await send(bus, command)

        filling = Filling(asked, sent, vault, settings, ACTOR)
        try:
            return await filling.fill(template, Scope(**{**vars(scope), "grids": grids}))
        except UnusableSheetError as unusable:
            raise trouble(wish.path, unusable) from unusable


async def grids_of(bus: Bus, settings: Settings, areas: Sequence[str]) -> tuple[str, ...] | None:
    """Return the grids of these communities and grids; None: of the whole street. Raises Trouble."""
    if not areas:
        return None
    plan = await plan_that_holds(bus, settings.tenant)
    found: set[str] = set()
    for area in areas:
        theirs = grids_in(plan, [area])
        if not theirs:
            raise Trouble(f"There is no area {area}.", "Name a grid or a community of the plan.")
        found |= theirs
    return tuple(sorted(found))
