"""XLSX: what the sheets of one workbook share, and the workbook with one sheet written anew while every other byte stays."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property

from shared.sheets.marks import heard, prefix_at, tag_end, walk, with_attribute
from shared.sheets.package import Package
from shared.sheets.styles import Styles

_DAY_ZERO, _DAY_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)


class Workbook:
    """Raises UnusableSheetError."""

    def __init__(self, data: bytes) -> None:
        self.package = Package(data)
        mains = [path for kind, path in self.package.related("").values() if kind == "officeDocument"]
        self.main = mains[0] if mains else "xl/workbook.xml"
        self._related = self.package.related(self.main)
        self.named: list[tuple[str, str, bool]] = []
        """Its sheets: name, part, and whether it is to be seen."""
        self._marks: dict[str, tuple[int, int]] = {}
        self._from_1904 = False
        walk(self.package.part(self.main), self._opened, self._closed)

    def _opened(self, name: str, given: Mapping[str, str], start: int) -> None:
        self._marks[name] = (start, start)
        if name == "sheet":
            ids = [value for key, value in given.items() if key.endswith(":id")]
            kind, path = self._related.get(ids[0] if ids else "", ("", ""))
            if kind == "worksheet":
                self.named.append((given.get("name", ""), path, given.get("state", "visible") == "visible"))
        elif name == "workbookPr":
            self._from_1904 = given.get("date1904") in ("1", "true")

    def _closed(self, name: str, _start: int, after: int) -> None:
        self._marks[name] = (self._marks[name][0], after)

    @cached_property
    def strings(self) -> list[str]:
        found: list[str] = []
        paths = [path for kind, path in self._related.values() if kind == "sharedStrings"]
        if not paths or not self.package.has(paths[0]):
            return found
        parts: list[str] = []
        path: list[str] = []

        def opened(name: str, _given: Mapping[str, str], _start: int) -> None:
            path.append(name)

        def closed(name: str, _start: int, _after: int) -> None:
            path.pop()
            if name == "si":
                found.append(heard("".join(parts)))
                parts.clear()

        def said(text: str) -> None:
            if path[-1] == "t" and "rPh" not in path:  # how a word is pronounced is no part of it
                parts.append(text)

        walk(self.package.part(paths[0]), opened, closed, said)
        return found

    @cached_property
    def styles(self) -> Styles | None:
        paths = [path for kind, path in self._related.values() if kind == "styles"]
        return Styles(self.package.part(paths[0])) if paths and self.package.has(paths[0]) else None

    def day(self, serial: str) -> str | None:
        """Return the ISO date of a number of days since the workbook's day zero; None: it is none."""
        try:
            return (
                (_DAY_ZERO_1904 if self._from_1904 else _DAY_ZERO) + timedelta(days=int(float(serial)))
            ).isoformat()
        except (ValueError, OverflowError):
            return None

    def written(self, path: str, sheet: bytes) -> bytes:
        """Return the workbook with this part for a sheet."""
        changed = {path: sheet, self.main: self._computed_anew()}
        styles = self.styles.written() if self.styles else None
        if styles is not None:
            changed[next(path for kind, path in self._related.values() if kind == "styles")] = styles
        return self.package.written(changed)

    def _computed_anew(self) -> bytes:
        """Formulas over what was filled are computed when the file is opened."""
        xml = self.package.part(self.main)
        if "calcPr" in self._marks:
            start = self._marks["calcPr"][0]
            end = tag_end(xml, start)
            return xml[:start] + with_attribute(xml[start:end], "fullCalcOnLoad", "1") + xml[end:]
        last = max(
            self._marks[name][1]
            for name in ("sheets", "functionGroups", "externalReferences", "definedNames")
            if name in self._marks
        )
        p = prefix_at(xml, self._marks["sheets"][0])
        return xml[:last] + f'<{p}calcPr fullCalcOnLoad="1"/>'.encode() + xml[last:]
