"""Where the headings of somebody else's table are, and which of them we know.

They may stand under a title, in merged cells, and in two or three rows: a group (联系方式) over its parts (手机, 固定电话).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.records.fields import Field, field_of, plain
from shared.sheets.cells import Cell, Merged, Sheet, UnusableSheetError
from shared.words import RecordKind

_LOOKED_THROUGH = 30  # rows
_DEEPEST = 4
_WIDEST = 400  # columns
_NUMBERING = {"序号", "序", "no", "号", "number", "编序"}
_NOT_KEPT = {"dwelling"}
"""The book has a dwelling's name as a keyed hash alone, so it cannot be told."""


@dataclass(frozen=True)
class Heading:
    kind: RecordKind
    top: int
    bottom: int
    columns: Mapping[int, Field]
    unknown: tuple[str, ...]
    numbering: int | None
    """The column that only counts the rows."""
    title: str
    width: int
    """The last column that is called something."""


def find(sheet: Sheet, kind: RecordKind | None = None) -> Heading:
    """Return the rows in which most fields are known: of one kind when it is said. Raises UnusableSheetError."""
    found: list[tuple[int, Heading]] = []
    for top in sorted(sheet.rows)[:_LOOKED_THROUGH]:
        bottom = _bottom(sheet, top)
        names = _names(sheet, top, bottom)
        for each in RecordKind if kind is None else (kind,):
            columns = _known(each, names)
            if columns:
                found.append((len(columns), _heading(sheet, each, (top, bottom), names, columns)))
    if not found:
        raise UnusableSheetError("sheet_no_known_column")
    most = max(score for score, _ in found)
    best = [heading for score, heading in found if score == most]
    first = min(heading.top for heading in best)
    chosen = [heading for heading in best if heading.top == first]
    if len(chosen) > 1:
        raise UnusableSheetError("sheet_which_kind", kinds=", ".join(one.kind.value for one in chosen))
    return chosen[0]


def _bottom(sheet: Sheet, top: int) -> int:
    """A heading reaches as far down as its merged cells; and what stands under a group belongs to it."""
    bottom = top
    while bottom - top < _DEEPEST:
        reach = [
            one.bottom
            for one in sheet.merged
            if top <= one.top <= bottom < one.bottom
            and one.top in sheet.rows
            and one.left in sheet.rows[one.top]
        ]
        if reach:
            bottom = min(max(reach), top + _DEEPEST - 1)
            if bottom == top + _DEEPEST - 1:
                return bottom
            continue
        groups = [
            one
            for one in sheet.merged
            if one.bottom == bottom
            and one.top >= top
            and one.right > one.left
            and _says(sheet, one.top, one.left)
        ]
        row = sheet.rows.get(bottom + 1, {})
        other = [c for c in sheet.rows.get(bottom, {}) if not any(g.left <= c <= g.right for g in groups)]
        parts = [sum(g.left <= c <= g.right for c in row) for g in groups]
        if not (groups and other and all(count > 1 for count in parts)) or any(
            _looks_like_data(row[c]) for c in row
        ):
            return bottom
        bottom += 1
    return bottom


def _says(sheet: Sheet, row: int, column: int) -> bool:
    return column in sheet.rows.get(row, {})


def _looks_like_data(cell: Cell) -> bool:
    return cell.formula or bool(re.fullmatch(r"[\d\s.,/:+-]+", cell.text))


def _names(sheet: Sheet, top: int, bottom: int) -> dict[int, list[str]]:
    """Return what each column may be called: the lowest words, then all of them together, then those above."""
    columns = {c for row in range(top, bottom + 1) for c in sheet.rows.get(row, {})}
    spread: dict[int, list[str]] = {}
    merged = [one for one in sheet.merged if one.top <= bottom and one.bottom >= top]
    for one in merged:
        if _says(sheet, one.top, one.left):
            columns |= {*range(one.left, min(one.right, _WIDEST) + 1)}
    for column in sorted(columns):
        texts: list[str] = []
        for row in range(top, bottom + 1):
            said = _shown(sheet, merged, row, column)
            if said and (not texts or texts[-1] != said):
                texts.append(said)
        if texts:
            spread[column] = [texts[-1], "".join(texts), *reversed(texts[:-1])] if len(texts) > 1 else texts
    return spread


def _shown(sheet: Sheet, merged: Sequence[Merged], row: int, column: int) -> str:
    for one in merged:
        if one.has(row, column):
            row, column = one.top, one.left
            break
    cell = sheet.rows.get(row, {}).get(column)
    return cell.text if cell else ""


def _known(kind: RecordKind, names: Mapping[int, list[str]]) -> dict[int, Field]:
    """Of two columns for one field, the first stands; one that is called so itself goes before one whose group is."""
    found: dict[int, Field] = {}
    taken: set[str] = set()
    for depth in range(_DEEPEST + 1):
        for column, said in names.items():
            if column in found or depth >= len(said) or _numbers(said[0]):
                continue
            field = field_of(kind, said[depth])
            if field and field.slug not in taken and field.slug not in _NOT_KEPT:
                found[column] = field
                taken.add(field.slug)
    return dict(sorted(found.items()))


def _numbers(said: str) -> bool:
    return plain(said) in _NUMBERING


def _heading(
    sheet: Sheet,
    kind: RecordKind,
    rows: tuple[int, int],
    names: Mapping[int, list[str]],
    columns: Mapping[int, Field],
) -> Heading:
    numbering = next((c for c, said in names.items() if _numbers(said[0]) and c not in columns), None)
    unknown = tuple(said[0] for c, said in names.items() if c not in columns and c != numbering)
    above = [cell.text for row in range(1, rows[0]) for cell in sheet.rows.get(row, {}).values()]
    return Heading(kind, *rows, columns, unknown, numbering, next(iter(above), sheet.name), max(names))
