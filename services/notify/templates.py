"""What a message says: the office's wording or the catalogue's, with the names of places and categories from the plan that holds."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.notify.guidance.held import Guidances
from services.notify.occasions import occasion
from services.notify.template.domain import MESSAGE_TEMPLATE, State
from services.notify.template.placeholders import ASKING
from shared.areas import Areas
from shared.commands.message_template import template_history
from shared.documents import document_id
from shared.ids import read_code, request_id, request_token
from shared.messages import LANGUAGES, Messages, Values
from shared.plans import PresentPlan
from shared.settings import Settings
from shared.store import Store

_PAGES = {
    "sms.worker.confirmation": "/mediations",
    "sms.worker.follow_up": "/mediations",
    "sms.worker.unanswered": "/visits",
    "sms.worker.recheck": "/patrols",
    "sms.worker.patrol_missed": "/patrols",
    "sms.worker.called_up": "/call-ups",
    "sms.worker.placed": "/call-ups",
    "sms.worker.reserve": "/call-ups",
    "sms.worker.moved_up": "/call-ups",
    "sms.worker.shift_soon": "/call-ups",
    "sms.worker.relieved": "/call-ups",
    "sms.worker.stood_down": "/call-ups",
    "sms.worker.called_off": "/call-ups",
    "sms.worker.call_up_short": "/call-ups",
    "sms.worker.alert_unseen": "/alerts",
    "sms.worker.relay": "/relay-cards",
    "sms.worker.wish_waiting": "/wishes",
    "sms.worker.wish_claimed": "/wishes",
    "sms.worker.wish_released": "/wishes",
    "sms.worker.wish_fulfilled": "/wishes",
    "sms.worker.wish_thanked": "/wishes",
}
"""Where a message leads that is not about a request."""


@dataclass(frozen=True)
class Rendered:
    """``values`` are what its placeholders stand for, as people read them; ``version`` 0 is the catalogue's text."""

    text: str
    version: int
    values: Mapping[str, str]


class Templates:
    def __init__(
        self, settings: Settings, messages: Messages, present: PresentPlan, store: Store, guidances: Guidances
    ) -> None:
        self._settings = settings
        self._messages = messages
        self._present = present
        self._store = store
        self._guidances = guidances

    async def render(
        self, template: str, values: Mapping[str, str], language: str = LANGUAGES[0]
    ) -> Rendered:
        """Return one message. Nothing in it is personal. Raises what the store raises."""
        return await self.worded(template, await self.filled(template, values, language), language)

    async def worded(self, template: str, filled: Mapping[str, str], language: str) -> Rendered:
        """Return a message whose placeholders are filled already."""
        wording = await self.wording(template)
        own = {"zh": wording.zh, "en": wording.en}.get(language) if wording.version else None
        text = own.format_map(Values(filled)) if own else self._messages.text(language, template, **filled)
        return Rendered(text, wording.version, filled)

    async def wording(self, template: str) -> State:
        """Return the office's own wording that holds; version 0: the catalogue's."""
        named = document_id(self._settings.tenant, template_history(template))
        row = await self._store.documents(MESSAGE_TEMPLATE.aggregate).find_one({"_id": named})
        return MESSAGE_TEMPLATE.state(row["body"] if row else {})

    async def filled(self, template: str, values: Mapping[str, str], language: str) -> dict[str, str]:
        """Return what each placeholder stands for."""
        grids, categories = await self.names(language)
        whose = template.split(".")[1]
        staff = whose in ("worker", "department")
        base = self._settings.console_url if staff else self._settings.public_url
        page = _PAGES.get(template) or {
            "worker": "/mine",
            "department": "/joint-tasks",
            "giver": "/wishes",
            "contact": values.get("page", "/"),
            "reporter": f"/r/{values.get('code', '')}",
            "supporter": f"/r/{values.get('code', '')}",
        }.get(whose, "/")
        token = self._token(template, values)
        reply = await self._reply(values, language) if "guidance" in values else ""
        other = self._messages.text(language, "message.category.other")
        return {
            "sender": self._settings.tenant_name,
            "code": values.get("code", ""),
            "grid": grids.get(values.get("grid", ""), values.get("grid", "")),
            "category": categories.get(values.get("category", ""), values.get("category", "")) or other,
            **occasion(values, self._settings.zone, self._messages, language),
            "guidance": reply,
            "url": base.rstrip("/") + page + (token and f"#{token}"),
            "page": page.lstrip("/"),
            **({"token": token} if token else {}),
        }

    def _token(self, template: str, values: Mapping[str, str]) -> str:
        if template not in ASKING or (code := read_code(values.get("code", ""))) is None:
            return ""
        tenant = self._settings.tenant
        return request_token(self._settings.door, tenant, request_id(tenant, code))

    async def _reply(self, values: Mapping[str, str], language: str) -> str:
        """A worded reply as it stood in the set that it was sent from."""
        held = await self._guidances.of(int(values["guidance_version"]))
        entry = held.named(values["guidance"]) if held else None
        return "" if entry is None else {"zh": entry.zh, "en": entry.en}[language]

    async def names(self, language: str) -> tuple[dict[str, str], dict[str, str]]:
        """Return what the plan calls its areas and its categories, by code."""
        if (present := await self._present.get()) is None:
            return {}, {}
        plan = present[1]
        grids = {area.code: getattr(area, language) or area.zh for area in Areas(plan).values()}
        return grids, {c["code"]: c.get(language) or c["zh"] for c in plan.get("categories", ())}
