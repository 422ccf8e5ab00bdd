"""XML from strangers, read as a plain tree: no document type, no entities, and bounds on everything.

Without a document type there is nothing to expand and nothing to fetch (CWE-611, CWE-776), so one is refused as such.
"""

from dataclasses import dataclass, field
from xml.parsers import expat

LARGEST = 512 * 1024
"""Bytes; a warning with every polygon of a province has less, and it fits into one message of the bus."""
_DEEPEST, _MOST = 12, 20_000  # elements


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
    text: str = ""
    parts: list["Element"] = field(default_factory=list["Element"])

    def all(self, name: str) -> list["Element"]:
        return [part for part in self.parts if part.name == name]

    def said(self, name: str) -> str | None:
        """Return the words of the first part of that name, or None when it is missing or empty."""
        return next((part.text.strip() for part in self.all(name) if part.text.strip()), None)


def parse(data: bytes) -> Element:
    """Raises UnusableXmlError: too_large, document_type, too_deep, too_many_elements or not_well_formed."""
    if len(data) > LARGEST:
        raise UnusableXmlError("too_large")
    top, seen = Element(""), 0
    open_now = [top]
    parser = expat.ParserCreate(namespace_separator=" ")
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
        open_now[-1].text += text

    def declares(*_: object) -> None:
        raise UnusableXmlError("document_type", parser.CurrentLineNumber)

    parser.StartElementHandler, parser.EndElementHandler = starts, ends
    parser.CharacterDataHandler = speaks
    parser.StartDoctypeDeclHandler = declares
    parser.EntityDeclHandler = declares
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as broken:
        raise UnusableXmlError("not_well_formed", getattr(broken, "lineno", 0)) from broken
    return top.parts[0]
