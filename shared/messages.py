"""What people read: a folder of catalogues a language, Chinese first. A slug names a text; code never holds one.

Catalogues are gettext PO files, so translators work with the tools they have; they are read at start, not compiled.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po

LANGUAGES: Final = ("zh", "en")
"""The first one stands in where another lacks a text."""

LOCALE: Final = Path(__file__).parent / "locale"


class Messages:
    """The catalogues in memory: ``messages.text("zh", "sms.worker.assigned", code=…)``."""

    def __init__(self, folder: Path = LOCALE) -> None:
        self._texts = {language: _read(folder / language) for language in LANGUAGES}

    def text(self, lang: str, slug: str, **values: object) -> str:
        """Return a text with its ``{placeholders}`` filled. A text that nobody wrote is shown as its slug, which is
        ugly and honest; a value that is missing leaves a gap, since a half sentence beats a failed message.
        """
        found = self._texts.get(lang, {}).get(slug) or self._texts[LANGUAGES[0]].get(slug)
        return slug if found is None else found.format_map(Values(values))

    def words(self, lang: str, *prefixes: str) -> dict[str, str]:
        """Return the raw texts under these prefixes, for a page's scripts: ``words("zh", "status.", "kind.")``."""
        first = self._texts[LANGUAGES[0]]
        return {
            slug: self._texts.get(lang, first).get(slug) or text
            for slug, text in first.items()
            if slug.startswith(prefixes)
        }

    def slugs(self, lang: str) -> Mapping[str, str]:
        """Return one language's catalogue as it was written."""
        return self._texts[lang]


def choose(*wishes: str | None) -> str:
    """Return the first language asked for that we have: of the address, the cookie, then Accept-Language."""
    for wish in wishes:
        for part in (wish or "").split(","):
            language = part.split(";")[0].split("-")[0].strip().lower()
            if language in LANGUAGES:
                return language
    return LANGUAGES[0]


class Values(dict[str, object]):
    """What a text's placeholders stand for; a missing one leaves a gap."""

    def __missing__(self, key: str) -> str:
        return ""


def _read(folder: Path) -> dict[str, str]:
    """Raises ValueError where two catalogues of one language name the same text."""
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=folder.name, abort_invalid=True)
        found = {str(m.id): str(m.string) for m in catalogue if m.id and m.string}
        if twice := texts.keys() & found.keys():
            message = f"{path.name} says again what another catalogue says: {', '.join(sorted(twice))}"
            raise ValueError(message)
        texts |= found
    return texts
