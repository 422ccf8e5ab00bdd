"""A workbook's styles: which cells show days, and one more colour for those that nobody could fill."""

import re
from collections.abc import Mapping

from shared.sheets.marks import prefix_at, tag_end, walk, without

_DAYS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
"""Built-in formats of days and times (ECMA-376 part 1, 18.8.30)."""
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_COLOUR = "FFFFF2A8"


class Styles:
    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        self._formats: dict[int, str] = {}
        self._cells: list[tuple[int, int, int]] = []
        """Of each style of a cell: its first byte, the byte after it, its format."""
        self._path: list[str] = []
        self._fills = 0
        self._ends: dict[str, int] = {}
        self._starts: dict[str, int] = {}
        self._missing: dict[int, int] = {}
        self._fresh: list[bytes] = []
        walk(xml, self._opened, self._closed)

    def _opened(self, name: str, given: Mapping[str, str], start: int) -> None:
        within = self._path[-1] if self._path else ""
        self._path.append(name)
        if name == "numFmt" and within == "numFmts" and given.get("numFmtId", "").isdigit():
            self._formats[int(given["numFmtId"])] = given.get("formatCode", "")
        elif name in ("fills", "cellXfs"):
            self._starts[name] = start
        elif name == "fill" and within == "fills":
            self._fills += 1
        elif name == "xf" and within == "cellXfs":
            number = given.get("numFmtId", "0")
            self._cells.append((start, 0, int(number) if number.isdigit() else 0))

    def _closed(self, name: str, start: int, after: int) -> None:
        self._path.pop()
        if name in ("fills", "cellXfs"):
            self._ends[name] = start
        elif name == "xf" and self._path and self._path[-1] == "cellXfs":
            first, _, number = self._cells[-1]
            self._cells[-1] = (first, after, number)

    def is_day(self, style: int) -> bool:
        if not 0 <= style < len(self._cells):
            return False
        number = self._cells[style][2]
        code = _LITERAL.sub("", self._formats.get(number, "")).lower()
        return number in _DAYS or "y" in code or ("d" in code and "m" in code)

    def missing_like(self, style: int) -> int | None:
        """Return a style that is like this one but for its colour; None where there are none to be like."""
        if not self._cells or self._ends.get("fills", 0) <= self._starts.get("fills", 0):
            return None
        style = style if 0 <= style < len(self._cells) else 0
        if style not in self._missing:
            start, end, _ = self._cells[style]
            inner = tag_end(self._xml, start)
            tag = without(self._xml[start:inner], "fillId", "applyFill")
            close = b"/>" if tag.endswith(b"/>") else b">"
            tag = tag[: -len(close)].rstrip() + b' fillId="%d" applyFill="1"' % self._fills + close
            self._missing[style] = len(self._cells) + len(self._fresh)
            self._fresh.append(tag + self._xml[inner:end])
        return self._missing[style]

    def written(self) -> bytes | None:
        """Return the styles with those that were asked for; None: they are as they were."""
        if not self._fresh:
            return None
        p = prefix_at(self._xml, self._starts["fills"])
        fill = (
            f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{_COLOUR}"/><{p}bgColor indexed="64"/>'
            f"</{p}patternFill></{p}fill>"
        ).encode()
        xml = self._xml
        more = {
            "fills": (fill, self._fills + 1),
            "cellXfs": (b"".join(self._fresh), len(self._cells) + len(self._fresh)),
        }
        for name in sorted(more, key=lambda each: -self._starts[each]):
            content, count = more[name]
            start, end = self._starts[name], self._ends[name]
            inner = tag_end(xml, start)
            tag = without(xml[start:inner], "count")[:-1].rstrip() + b' count="%d">' % count
            xml = xml[:start] + tag + xml[inner:end] + content + xml[end:]
        return xml
