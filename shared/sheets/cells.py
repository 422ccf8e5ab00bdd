"""What a sheet of any kind is to whoever fills it: texts at places, and what may be written where."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

_PLACE = re.compile(r"^\$?([A-Z]{1,3})\$?(\d{1,7})$")


class UnusableSheetError(Exception):
    """Why nothing can be done with it; never with the words in it. ``slug`` for programs."""

    def __init__(self, slug: str, **detail: int | str) -> None:
        super().__init__(slug)
        self.slug, self.detail = slug, detail


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that says something. Columns and rows count from 1."""

    text: str
    formula: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """A rectangle that shows its first cell; bounds included."""

    top: int
    left: int
    bottom: int
    right: int

    def has(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right


@dataclass
class Changes:
    """What is to be written: by row, then by column. A missing cell says nothing and is coloured where that is possible."""

    texts: dict[int, dict[int, str | int]] = field(default_factory=dict)
    missing: dict[int, set[int]] = field(default_factory=dict)

    def write(self, row: int, column: int, value: str | int) -> None:
        self.texts.setdefault(row, {})[column] = value

    def miss(self, row: int, column: int) -> None:
        self.missing.setdefault(row, set()).add(column)

    @property
    def rows(self) -> list[int]:
        return sorted({*self.texts, *self.missing})

    def columns(self, row: int) -> set[int]:
        return {*self.texts.get(row, ()), *self.missing.get(row, ())}


class Sheet(Protocol):
    """One sheet of a workbook, or a CSV file."""

    @property
    def name(self) -> str: ...
    @property
    def rows(self) -> Mapping[int, Mapping[int, Cell]]: ...
    @property
    def merged(self) -> Sequence[Merged]: ...
    @property
    def broken(self) -> Mapping[int, str]: ...
    def written(self, changes: Changes, like: int) -> bytes: ...


def place_of(name: str) -> tuple[int, int]:
    """Return row and column of ``BC12``. Raises UnusableSheetError."""
    found = _PLACE.match(name)
    if found is None:
        raise UnusableSheetError("sheet_unreadable")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column


def name_of(row: int, column: int) -> str:
    letters = ""
    while column:
        column, left = divmod(column - 1, 26)
        letters = chr(ord("A") + left) + letters
    return f"{letters}{row}"
