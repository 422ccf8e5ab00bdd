"""What people are told of a warning: the issuer's words as they stand, in a frame of ours that says whose they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.events.alert import Hazard, Message, Wording
from shared.events.notice import Words
from shared.messages import Messages
from shared.settings import Settings

_SHORT = 200
"""Characters of advice that still go into an SMS; what is longer, the page tells."""


@dataclass(frozen=True)
class Telling:
    messages: Messages
    settings: Settings

    def title(self, message: Message, about: Sequence[Hazard]) -> Words:
        """``about``: what it is about, where the message itself says nothing more than that it is over."""
        return self._both(about, lambda language: self._title(language, message, about))

    def text(
        self, message: Message, about: Sequence[Hazard], *, short: bool, acknowledge: bool = False
    ) -> Words:
        def said(language: str) -> str:
            parts = [self._hazard(language, message, each, short=short) for each in about]
            if acknowledge:
                url = f"{self.settings.console_url.rstrip('/')}/alerts"
                parts.append(self.messages.text(language, "alert.told.acknowledge", url=url))
            source = self.messages.text(language, "alert.told.source", identifier=message.identifier)
            return "\n".join([*(part for part in parts if part), *([] if short else [source])])

        return self._both(about, said)

    def _both(self, about: Sequence[Hazard], said: Callable[[str], str]) -> Words:
        """In English only where the issuer says it in English: nothing is translated here."""
        english = bool(about) and all(each.english is not None for each in about)
        return Words(zh=said("zh"), en=said("en") if english else "")

    def _title(self, language: str, message: Message, about: Sequence[Hazard]) -> str:
        first = about[0] if about else Hazard()
        wording = _wording(language, first)
        level = self.messages.text(language, f"alert.level.{first.level.value if first.level else 'none'}")
        return self.messages.text(
            language,
            f"alert.title.{message.kind}",
            level=level,
            what=wording.headline or f"{wording.issuer or message.sender} {wording.event}".strip(),
        )

    def _hazard(self, language: str, message: Message, one: Hazard, *, short: bool) -> str:
        wording = _wording(language, one)
        advice = wording.instruction if not short or len(wording.instruction) <= _SHORT else ""
        words = (
            wording.description if not short or (not advice and len(wording.description) <= _SHORT) else ""
        )
        slug = "alert.told.until" if one.expires and message.kind != "Cancel" else "alert.told.by"
        by = self.messages.text(
            language,
            slug,
            issuer=wording.issuer or message.sender,
            sent=self._moment(message.sent),
            expires=self._moment(one.expires) if one.expires else "",
        )
        headed = advice and not short and self.messages.text(language, "alert.told.advice", advice=advice)
        return "\n".join(part for part in (words, headed or advice, by) if part)

    def _moment(self, at: datetime) -> str:
        here = at.astimezone(self.settings.zone)
        return f"{here.month}-{here.day} {here:%H:%M}"


def _wording(language: str, one: Hazard) -> Wording:
    return one.english if language == "en" and one.english is not None else one.said
