"""What a notice says, in one message: its title and text as they were written, with where all of it can be read."""

from collections.abc import Collection

from services.notify.notice.domain import NOTICE
from services.notify.preference.holders import LINK
from services.notify.templates import Rendered
from shared.desk import Desk
from shared.documents import document_id
from shared.events.notice import NoticePublished
from shared.ids import short
from shared.messages import Messages
from shared.settings import Settings
from shared.store import Store

_REMEMBERED = 64
LONGEST = 500
"""Characters of a text in one message: eight SMS, and what a group's robot takes. The rest stands on the page."""
_ENDS = "。！？；\n.!?;"


class Sayings:
    def __init__(self, store: Store, desk: Desk, settings: Settings, messages: Messages) -> None:
        self._store = store
        self._desk = desk
        self._settings = settings
        self._messages = messages
        self._said: dict[tuple[str, str, str], Rendered] = {}

    async def cancelled(self, tenant: str, notices: Collection[str | None]) -> set[str]:
        """Return those that were cancelled."""
        names = [document_id(tenant, notice) for notice in notices if notice is not None]
        if not names:
            return set()
        asked = {"_id": {"$in": names}, "body.stage": "cancelled"}
        return {row["id"] async for row in self._store.documents(NOTICE.aggregate).find(asked, {"id": 1})}

    async def said(self, tenant: str, notice: str, language: str) -> Rendered:
        """Return the whole message. Raises TimeoutError while nobody here knows the notice."""
        known = (tenant, notice, language)
        if known not in self._said:
            said = (await self._desk.state(NOTICE.aggregate, tenant, notice)).said
            if said is None:
                raise TimeoutError("the notice was not seen yet")
            if len(self._said) >= _REMEMBERED:
                self._said.clear()
            self._said[known] = message_of(self._messages, self._settings, said, language, notice)
        return self._said[known]

    def of(self, said: NoticePublished, language: str, notice: str) -> tuple[str, str]:
        """Return the whole message, and the same with the way out, as whoever is told something for the first time gets it."""
        text = message_of(self._messages, self._settings, said, language, notice).text
        link = f"{self._settings.public_url.rstrip('/')}/p/{'A' * LINK}"
        return text, f"{text} {self._messages.text(language, 'message.link', link=link)}"


def message_of(
    messages: Messages, settings: Settings, said: NoticePublished, language: str, notice: str
) -> Rendered:
    """In English where it was written in English, too. ``values`` are for providers who fill a text that they approved: an
    address has to stand in that, so they get what comes after ours (``page``).
    """
    in_english = language == "en" and bool(said.text.en)
    title, text = (
        (said.title.en or said.title.zh, said.text.en) if in_english else (said.title.zh, said.text.zh)
    )
    page = f"n/{short(notice)}"
    if said.brief is not None:
        text = (said.brief.en if in_english else "") or said.brief.zh
    text = shortened(text)
    url = f"{settings.public_url.rstrip('/')}/{page}"
    named = {"sender": settings.tenant_name, "title": title, "text": text, "url": url}
    message = messages.text("en" if in_english else "zh", "sms.notice", **named)
    return Rendered(message, 0, named | {"page": page})


def shortened(text: str) -> str:
    """Cut at the end of a sentence where there is one, else in it, and say that there is more."""
    if len(text) <= LONGEST:
        return text
    head = text[: LONGEST - 1]
    end = max(head.rfind(mark) for mark in _ENDS) + 1
    return (head[:end] if end > LONGEST // 2 else head).rstrip() + "…"
