"""What a delivery says at the moment of sending: its own text, the latest of several changes, or a list of matters."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.notify.delivery.folding import Folding
from services.notify.delivery.projection import OUTBOX
from services.notify.notice.saying import Sayings
from services.notify.preference.holders import Holders
from services.notify.preference.rules import GRAVE, Language
from services.notify.templates import Rendered, Templates
from services.notify.topics import sort_of
from shared.documents import Body, document_id
from shared.ids import named_id
from shared.messages import Messages
from shared.settings import Settings
from shared.store import Store

_LINES = 6
"""A longer list is read by nobody; the page has the rest."""
_SENDER = re.compile(r"^[【\[][^】\]]*[】\]]\s*")


@dataclass(frozen=True)
class Composed:
    """Some gateways send the text, and some fill the ``template`` that the provider approved with ``values``."""

    text: str
    template: str
    values: Mapping[str, str]
    version: int = 0
    """Of the text: 0 is the catalogue's."""


@dataclass(frozen=True)
class Composing:
    store: Store
    folding: Folding
    templates: Templates
    sayings: Sayings
    holders: Holders
    messages: Messages
    settings: Settings

    async def compose(
        self, tenant: str, delivery: str, wanted: Body, language: Language, *, way_out: str | None
    ) -> Composed:
        """``way_out``: the link of whoever is told something for the first time."""
        others = await self.folding.taken_in(tenant, *_names(delivery, wanted))
        all_of_it = [*await self._rows(tenant, others), wanted | {"id": delivery}]
        matters = _latest_of_each(all_of_it)
        if len(matters) > 1:
            said = await self._list(tenant, matters, len(others) + 1, wanted, language)
        else:
            said = await self._one(tenant, len(others) + 1, wanted, language)
        if way_out is None and len(matters) > 1:
            way_out = await self._link_in_lists(wanted)
        return said if way_out is None else self._with_link(said, way_out, language)

    async def _one(self, tenant: str, count: int, wanted: Body, language: Language) -> Composed:
        values = dict(wanted["values"])
        if sort_of(wanted["template"]).answers and (link := await self.holders.link_of(wanted["recipient"])):
            values["page"] = f"/p/{link}"
        said = await self._text(tenant, {**wanted, "values": values}, language)
        text = (
            self.messages.text(language, "message.more", message=said.text, count=count)
            if count > 1
            else said.text
        )
        return Composed(text, wanted["template"], {**said.values, "changes": str(count)}, said.version)

    async def _list(
        self, tenant: str, matters: Sequence[Body], count: int, wanted: Body, language: Language
    ) -> Composed:
        staff = _is_staff(wanted)
        said = [await self._text(tenant, each, language) for each in matters[-_LINES:]]
        lines = [f"· {_SENDER.sub('', each.text)}" for each in said]
        if more := len(matters) - len(lines):
            lines.append(self.messages.text(language, "message.further", count=more))
        template = "sms.worker.digest" if staff else "sms.contact.digest"
        url = f"{self._base(console=True)}/mine" if staff else self._base()
        values = {"sender": self.settings.tenant_name, "count": str(count), "url": url}
        all_of_it = await self.templates.worded(template, values | {"lines": "\n".join(lines)}, language)
        return Composed(all_of_it.text, template, values, all_of_it.version)

    async def _link_in_lists(self, wanted: Body) -> str | None:
        """Whoever gets lists can choose again, where nothing grave is said."""
        holder = wanted.get("holder") or ""
        if not holder.startswith("contact:") or wanted.get("level") in GRAVE:
            return None
        return await self.holders.link_of(holder)

    def _with_link(self, said: Composed, link: str, language: Language) -> Composed:
        url = f"{self._base()}/p/{link}"
        ending = self.messages.text(language, "message.link", link=url)
        values = {**said.values, "preferences": url, "preferences_page": f"p/{link}"}
        return replace(said, text=f"{said.text} {ending}", values=values)

    async def _text(self, tenant: str, wanted: Body, language: Language) -> Rendered:
        """A notice's text is its own."""
        if (notice := wanted.get("notice")) is not None:
            return await self.sayings.said(tenant, notice, language)
        return await self.templates.render(wanted["template"], wanted["values"], language)

    def _base(self, *, console: bool = False) -> str:
        return (self.settings.console_url if console else self.settings.public_url).rstrip("/")

    async def _rows(self, tenant: str, deliveries: Sequence[str]) -> list[Body]:
        names = [document_id(tenant, each) for each in deliveries]
        found = self.store.documents(OUTBOX.name).find({"_id": {"$in": names}}).sort("body.at", 1)
        return [row["body"] | {"id": row["id"]} async for row in found]


def _names(delivery: str, wanted: Body) -> list[str]:
    """What waited was folded into this one; or into the chat message in whose place it goes by SMS."""
    names = [delivery] if wanted.get("held") else []
    if wanted["channel"] == "sms" and not wanted["bulk"]:
        names.append(named_id("delivery", wanted["because"], wanted["recipient"], "chat"))
    return names


def _is_staff(wanted: Body) -> bool:
    return wanted["recipient"].startswith(("worker:", "department:"))


def _latest_of_each(rows: Sequence[Body]) -> list[Body]:
    """In the order in which they were last heard of; what is about no matter stands for itself."""
    latest: dict[str, Body] = {}
    for row in sorted(rows, key=lambda row: row["at"]):
        matter = row["values"].get("code") or row["id"]
        latest.pop(matter, None)
        latest[matter] = row
    return list(latest.values())
