"""Cells of tables that leave the house, written so that no spreadsheet takes them for a formula."""

from typing import Any

from openpyxl.cell import WriteOnlyCell

_EVIL = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """What a spreadsheet would compute gets an apostrophe before it (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(_EVIL) else text


def as_meant(text: str) -> str:
    """The same the other way, for a file that we wrote."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_EVIL) else text


def text_cell(sheet: Any, value: str) -> Any:
    """A text and nothing else, whatever it begins with; long numbers keep their digits. What openpyxl takes for a text
    by itself is left to it: a cell of one's own costs twice the time.
    """
    if not value.startswith("#"):  # #N/A would be an error, and not two words about it
        return harmless(value) or None
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell
