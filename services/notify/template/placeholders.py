"""What a template may put between its words: each placeholder has a type, and none is about a person.

The catalogue's text is the declaration: what it uses, a message of that kind has at hand. Names, phones, addresses and
what somebody wrote have no type here, so nobody can ask for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Final, Literal

from shared.messages import LANGUAGES, Messages

Type = Literal[
    "sender", "code", "area", "category", "moment", "word", "count", "link", "messages", "guidance"
]

TYPES: Final[Mapping[str, Type]] = {
    "sender": "sender",
    "code": "code",
    "grid": "area",
    "category": "category",
    "time": "moment",
    "reason": "word",
    "count": "count",
    "url": "link",
    "lines": "messages",
    "guidance": "guidance",
}
"""Every placeholder there is. ``sender`` is the office, ``word`` one of the catalogue's, ``link`` an address of ours,
``messages`` several of our own messages in one, ``guidance`` a reply that the office has worded beforehand.
"""

VALUES: Final = frozenset(
    {
        "code", "grid", "category", "reason", "starts", "ends", "count",
        "guidance", "guidance_version",
    }
)  # fmt: skip
"""What a delivery keeps to fill them with: codes, slugs, moments and numbers, never words."""

PERSONAL: Final = frozenset(
    {
        "name", "phone", "mobile", "tel", "number", "address", "room", "unit", "text", "words", "comment", "question",
        "answer", "worker", "reporter", "resident", "person", "giver", "neighbour", "id_card", "chat", "picture",
        "姓名", "电话", "手机", "手机号", "地址", "门牌", "房号", "内容", "原话", "身份证", "网格员", "居民",
    }
)  # fmt: skip
"""What people ask for and never get: told apart from a slip of the pen, so that the refusal can say why."""

_MAY_BE_LEFT_OUT = frozenset({"area", "category", "word"})
"""A message without the grid's name is still understood; one without its code or its link is not."""
_COMES_ALONG = {"code": ("category",)}
"""Whoever has a request's code has its category."""

OF_NOTICES: Final = frozenset({"sms.notice", "sms.alert.notice"})
"""Their words are their own: what they offer to an approved text."""
_OF_A_NOTICE: Final = frozenset({"sender", "title", "text", "url"})
_ALWAYS: Final = frozenset({"sender", "page", "changes"})

ASKING: Final = frozenset(
    f"sms.reporter.{what}" for what in ("received", "resolved", "asked", "waiting_for_you", "not_answered")
)
"""Whoever submitted it can do there what they are asked for, on any telephone: the link brings the ``token``, behind the #,
which no browser sends to a server. In the others it would only cost.
"""

PREFIX: Final = "sms."
_WHOSE_AND_WHAT: Final = 2  # dots


@dataclass(frozen=True)
class Declared:
    """What a message of one kind has at hand (``offers``), and what its text must say (``needs``)."""

    template: str
    texts: Mapping[str, str]
    """The catalogue's: version 0."""
    offers: tuple[str, ...]
    needs: tuple[str, ...]


def used(text: str) -> list[str]:
    """Return the placeholders of a text in their order. Raises ValueError where its braces say nothing."""
    found: list[str] = []
    for _, name, width, conversion in Formatter().parse(text):
        if width or conversion:
            raise ValueError("a placeholder is a name and nothing else")
        if name is not None:
            found.append(name)
    return found


def declared(messages: Messages) -> dict[str, Declared]:
    """What the catalogue brings to somebody, ``sms.<whose>.<what>``: a notice's frame is none, its words are its own. A
    placeholder without a type is on offer to nobody.
    """
    texts = {language: messages.words(language, PREFIX) for language in LANGUAGES}
    return {
        template: _declared(template, {language: texts[language][template] for language in LANGUAGES})
        for template in texts[LANGUAGES[0]]
        if template.count(".") == _WHOSE_AND_WHAT
    }


def _declared(template: str, texts: Mapping[str, str]) -> Declared:
    found = {name for text in texts.values() for name in used(text)}
    along = {more for name in found for more in _COMES_ALONG.get(name, ())}
    needed = set(used(texts[LANGUAGES[0]]))
    return Declared(
        template,
        texts,
        offers=tuple(name for name in TYPES if name in found | along),
        needs=tuple(name for name in TYPES if name in needed and TYPES[name] not in _MAY_BE_LEFT_OUT),
    )


DECLARED: Final[Mapping[str, Declared]] = declared(Messages())


def offered(template: str) -> frozenset[str] | None:
    """Return what an approved text of this message may be filled with; None: there is no such message."""
    if template in OF_NOTICES:
        return _OF_A_NOTICE | _ALWAYS
    known = DECLARED.get(template)
    if known is None:
        return None
    return _ALWAYS.union(known.offers, {"token"} if template in ASKING else ())
