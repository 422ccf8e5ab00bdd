"""What a message says: texts of the catalogue, with the names of places and categories from the plan that holds."""

from collections.abc import Mapping

from services.notify.occasions import occasion
from shared.areas import Areas
from shared.messages import Messages
from shared.plans import PresentPlan
from shared.settings import Settings

_OTHER = {"zh": "其他", "en": "other"}
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
    "sms.worker.wish_waiting": "/wishes",
    "sms.worker.wish_claimed": "/wishes",
    "sms.worker.wish_released": "/wishes",
    "sms.worker.wish_fulfilled": "/wishes",
    "sms.worker.wish_thanked": "/wishes",
}
"""Where a message leads that is not about a request."""


class Templates:
    def __init__(self, settings: Settings, messages: Messages, present: PresentPlan) -> None:
        self._settings = settings
        self._messages = messages
        self._present = present

    async def render(self, template: str, values: Mapping[str, str], language: str = "zh") -> str:
        """Return the text of one message. Nothing in it is personal."""
        grids, categories = await self._names(language)
        whose = template.split(".")[1]
        staff = whose in ("worker", "department")
        base = self._settings.console_url if staff else self._settings.public_url
        page = _PAGES.get(template) or {
            "worker": "/mine",
            "department": "/joint-tasks",
            "giver": "/wishes",
            "reporter": f"/r/{values.get('code', '')}",
        }.get(whose, "/")
        filled = {
            "sender": self._settings.tenant_name,
            "code": values.get("code", ""),
            "grid": grids.get(values.get("grid", ""), values.get("grid", "")),
            "category": categories.get(values.get("category", ""), values.get("category", ""))
            or _OTHER[language],
            **occasion(values, self._settings.zone, self._messages, language),
            "url": base.rstrip("/") + page,
        }
        return self._messages.text(language, template, **filled)

    async def _names(self, language: str) -> tuple[dict[str, str], dict[str, str]]:
        if (present := await self._present.get()) is None:
            return {}, {}
        plan = present[1]
        grids = {area.code: getattr(area, language) or area.zh for area in Areas(plan).values()}
        return grids, {c["code"]: c.get(language) or c["zh"] for c in plan.get("categories", ())}
