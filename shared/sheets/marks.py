"""XML read without building a tree: where each element begins and ends, so that a few bytes can be changed and the rest
stays as it is. A document type (and with it every entity of one's own) is refused.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

from shared.sheets.cells import UnusableSheetError

_TAG = re.compile(rb"""<[^\s/>]+(?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""")
_READ_AS = {None, "utf-8", "us-ascii", "ascii"}
_ODD = re.compile(r"_(x[0-9A-Fa-f]{4}_)")
_CODED = re.compile(r"_x([0-9A-Fa-f]{4})_")

Opened = Callable[[str, Mapping[str, str], int], None]
Closed = Callable[[str, int, int], None]
"""Called with the name, where the end tag begins, and the byte after it: the same where a tag closes itself."""
Said = Callable[[str], None]


def walk(xml: bytes, opened: Opened, closed: Closed, said: Said | None = None) -> None:
    """Tell of every element by its local name and the byte at which its tag begins. Raises UnusableSheetError."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def declared(_version: str, encoding: str | None, _alone: int) -> None:
        if (encoding.lower() if encoding else None) not in _READ_AS:
            raise UnusableSheetError("sheet_unreadable")

    def refuse(*_about: Any) -> None:
        raise UnusableSheetError("sheet_unreadable")

    parser.XmlDeclHandler = declared
    parser.StartDoctypeDeclHandler = refuse
    starts: list[int] = []

    def begins(name: str, given: Mapping[str, str]) -> None:
        starts.append(parser.CurrentByteIndex)
        opened(_local(name), given, starts[-1])

    def ends(name: str) -> None:
        start, at = starts.pop(), parser.CurrentByteIndex  # after a tag that closes itself, expat is past it
        by_itself = xml[at - 2 : at] == b"/>" and tag_end(xml, start) == at
        closed(_local(name), at, at if by_itself else xml.index(b">", at) + 1)

    parser.StartElementHandler = begins
    parser.EndElementHandler = ends
    if said is not None:
        parser.CharacterDataHandler = said
    if xml.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnusableSheetError("sheet_unreadable")
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as broken:
        raise UnusableSheetError("sheet_unreadable") from broken


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def tag_end(xml: bytes, start: int) -> int:
    """Return the byte after the start tag that begins here. Raises UnusableSheetError."""
    found = _TAG.match(xml, start)
    if found is None:
        raise UnusableSheetError("sheet_unreadable")
    return found.end()


def prefix_at(xml: bytes, start: int) -> str:
    """Return ``x:`` where the tag that begins here is ``<x:row``."""
    found = re.compile(rb"</?([^\s/>:]+:)?").match(xml, start)
    return found[1].decode() if found and found[1] else ""


def without(tag: bytes, *names: str) -> bytes:
    """Return a start tag without these attributes."""
    for name in names:
        tag = re.sub(rb"""\s""" + name.encode() + rb"""\s*=\s*(?:"[^"]*"|'[^']*')""", b"", tag, count=1)
    return tag


def with_attribute(tag: bytes, name: str, value: str) -> bytes:
    """Return a start tag in which this attribute says this; ``value`` stands as XML holds it."""
    tag = without(tag, name)
    close = b"/>" if tag.endswith(b"/>") else b">"
    return tag[: -len(close)].rstrip() + f' {name}="{value}"'.encode() + close


def saying(text: str) -> str:
    """Return a text as XML holds it; what a workbook would take for a coded character is coded itself."""
    return escape(_ODD.sub(r"_x005F_\1", text))


def heard(text: str) -> str:
    return _CODED.sub(lambda found: chr(int(found[1], 16)), text)
