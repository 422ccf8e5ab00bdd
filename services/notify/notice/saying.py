"""What a notice says, in one message: its title and text as they were written, with where all of it can be read."""

from collections.abc import Collection

from services.notify.notice.domain import NOTICE
from shared.desk import Desk
from shared.documents import document_id
from shared.events.notice import NoticePublished
from shared.messages import Messages
from shared.settings import Settings
from shared.store import Store

_REMEMBERED = 64


class Sayings:
    def __init__(self, store: Store, desk: Desk, settings: Settings, messages: Messages) -> None:
        self._store = store
        self._desk = desk
        self._settings = settings
        self._messages = messages
        self._texts: dict[tuple[str, str, str], str] = {}

    async def cancelled(self, tenant: str, notices: Collection[str | None]) -> set[str]:
        """Return those that were cancelled."""
        names = [document_id(tenant, notice) for notice in notices if notice is not None]
        if not names:
            return set()
        asked = {"_id": {"$in": names}, "body.stage": "cancelled"}
        return {row["id"] async for row in self._store.documents(NOTICE.aggregate).find(asked, {"id": 1})}

    async def text(self, tenant: str, notice: str, language: str) -> str:
        """Return the whole message. Raises TimeoutError while nobody here knows the notice."""
        known = (tenant, notice, language)
        if known not in self._texts:
            said = (await self._desk.state(NOTICE.aggregate, tenant, notice)).said
            if said is None:
                raise TimeoutError("the notice was not seen yet")
            if len(self._texts) >= _REMEMBERED:
                self._texts.clear()
            self._texts[known] = self.of(said, language, notice)
        return self._texts[known]

    def of(self, said: NoticePublished, language: str, notice: str) -> str:
        return message_of(self._messages, self._settings, said, language, notice)


def message_of(
    messages: Messages, settings: Settings, said: NoticePublished, language: str, notice: str
) -> str:
    """In English where it was written in English, too."""
    in_english = language == "en" and bool(said.text.en)
    title, text = (
        (said.title.en or said.title.zh, said.text.en) if in_english else (said.title.zh, said.text.zh)
    )
    url = f"{settings.public_url.rstrip('/')}/n/{notice}"
    named = {"sender": settings.tenant_name, "title": title, "text": text, "url": url}
    return messages.text("en" if in_english else "zh", "sms.notice", **named)
