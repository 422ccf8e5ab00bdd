"""XML from strangers, read as a plain tree: no document type, no entities, and bounds on everything.

Without a document type there is nothing to expand and nothing to fetch (CWE-611, CWE-776), so one is refused as such.
"""

import codecs
import re
from dataclasses import dataclass, field
from xml.parsers import expat

from shared.commands.alert import LARGEST_FILE

LARGEST = LARGEST_FILE
"""Bytes; a warning with every polygon of a province has less."""
_DEEPEST, _MOST = 12, 5_000  # elements
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
"""UTF-32 before UTF-16, whose mark begins alike."""
_BEGINNINGS = (
    (b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"),
)  # fmt: skip
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._:-]{0,39})["']""")
_OF_TEXTS = re.compile(
    r"utf-8|gb18030|gbk|gb2312|big5(hkscs)?|ascii|iso8859-\d+|cp125\d|euc_(jp|kr)|shift_jis|koi8-r"
)
"""As Python names them; it knows encodings that are none of texts, too."""


class UnusableXmlError(Exception):
    """``reason`` is a slug, ``at`` the line."""

    def __init__(self, reason: str, at: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


@dataclass
class Element:
    """``name`` is local, ``space`` its namespace."""

    name: str
    space: str = ""
    said_here: list[str] = field(default_factory=list[str])
    parts: list["Element"] = field(default_factory=list["Element"])

    @property
    def text(self) -> str:
        return "".join(self.said_here)

    def all(self, name: str) -> list["Element"]:
        """Of this element's own namespace: what others have put in beside is theirs."""
        return [part for part in self.parts if part.name == name and part.space == self.space]

    def said(self, name: str) -> str | None:
        """Return the words of the first part of that name, or None when it is missing or empty."""
        return next((words for part in self.all(name) if (words := part.text.strip())), None)


def parse(data: bytes) -> Element:
    """Raises UnusableXmlError: too_large, unknown_encoding, document_type, too_deep, too_many_elements or
    not_well_formed.
    """
    if len(data) > LARGEST:
        raise UnusableXmlError("too_large")
    top, seen = Element(""), 0
    open_now = [top]
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.buffer_text = True

    def starts(name: str, _attributes: dict[str, str]) -> None:
        nonlocal seen
        seen += 1
        if len(open_now) > _DEEPEST:
            raise UnusableXmlError("too_deep", parser.CurrentLineNumber)
        if seen > _MOST:
            raise UnusableXmlError("too_many_elements", parser.CurrentLineNumber)
        space, _, local = name.rpartition(" ")
        element = Element(local, space)
        open_now[-1].parts.append(element)
        open_now.append(element)

    def ends(_name: str) -> None:
        open_now.pop()

    def speaks(text: str) -> None:
        open_now[-1].said_here.append(text)

    def declares(*_: object) -> None:
        raise UnusableXmlError("document_type", parser.CurrentLineNumber)

    parser.StartElementHandler, parser.EndElementHandler = starts, ends
    parser.CharacterDataHandler = speaks
    parser.StartDoctypeDeclHandler = declares
    parser.EntityDeclHandler = declares
    try:
        parser.Parse(_in_utf8(data), True)
    except (expat.ExpatError, ValueError) as broken:
        raise UnusableXmlError("not_well_formed", getattr(broken, "lineno", 0)) from broken
    return top.parts[0]


def _in_utf8(data: bytes) -> bytes:
    """Chinese systems write GB 18030, and Windows UTF-16: read as marked, else as declared. Raises UnusableXmlError,
    ValueError.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.removeprefix(mark).decode(encoding).encode()
    for beginning, encoding in _BEGINNINGS:
        if data.startswith(beginning):
            return data.decode(encoding).encode()
    declared = _DECLARED.match(data)
    if declared is None:
        return data
    name = declared[1].decode("ascii")
    try:
        encoding = codecs.lookup(name).name
    except LookupError:
        encoding = ""
    if name.lower().startswith(
        ("utf-16", "utf-32")
    ):  # its beginning was none: written anew, and the word left
        return data
    if not _OF_TEXTS.fullmatch(encoding):
        raise UnusableXmlError("unknown_encoding", 1)
    # Whoever declares one of the older two writes characters of the newest, too.
    encoding = {"gb2312": "gb18030", "gbk": "gb18030"}.get(encoding, encoding)
    return data if encoding in ("utf-8", "ascii") else data.decode(encoding).encode()
