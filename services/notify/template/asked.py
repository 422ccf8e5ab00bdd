"""What others may ask of the messages' texts: which hold, how one looks, how long and how dear it is, and what the
providers have approved. Read-only.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.notify.gateways.gateway import GatewaySettings
from services.notify.template.checking import mistakes
from services.notify.template.domain import MESSAGE_TEMPLATE, State
from services.notify.template.examples import Examples, examples, fill
from services.notify.template.length import Length, length, signed
from services.notify.template.placeholders import DECLARED, TYPES, Declared
from services.notify.templates import Templates
from shared.bus import Bus
from shared.commands.message_template import template_history
from shared.envelope import History
from shared.events.message_template import TemplateRevised
from shared.messages import LANGUAGES, Messages
from shared.refusal import Refused
from shared.settings import Settings
from shared.words import Code

Json = dict[str, Any]


class WhichTemplate(BaseModel):
    """``zh`` and ``en``: another wording to be looked at, in place of the one that holds."""

    model_config = ConfigDict(extra="forbid")

    template: Code
    zh: str | None = Field(default=None, max_length=2000)
    en: str | None = Field(default=None, max_length=2000)


class Asked:
    def __init__(
        self,
        settings: Settings,
        templates: Templates,
        messages: Messages,
        gateways: Sequence[GatewaySettings],
        bus: Bus,
    ) -> None:
        self._tenant = settings.tenant
        self._templates = templates
        self._messages = messages
        self._gateways = [each for each in gateways if "sms" in each.channels]
        self._bus = bus

    def answer(self) -> None:
        self._bus.answer_queries("MessageTemplates", self.templates)
        self._bus.answer_queries("MessageTemplate", self.template)

    async def templates(self, _asked: Json) -> Json:
        """Every message there is, with the text that holds. Raises what the store raises."""
        rows: list[Json] = []
        for declared in DECLARED.values():
            wording = await self._templates.wording(declared.template)
            rows.append(
                {
                    "template": declared.template,
                    "version": wording.version,
                    **_texts(wording, declared),
                    "stale": [
                        each["gateway"]
                        for each in self._approved(declared.template, wording.version)
                        if each["matches"] is False
                    ],
                }
            )
        return {"items": rows}

    async def template(self, asked: Json) -> Json:
        """One message: its placeholders, its versions, how it looks in both languages, and what it costs where."""
        which = WhichTemplate.model_validate(asked)
        declared = DECLARED.get(which.template)
        if declared is None:
            raise Refused("template_unknown", template=which.template)
        wording = await self._templates.wording(declared.template)
        held = _texts(wording, declared)
        texts = {
            language: said
            if (said := getattr(which, language)) is not None and said.strip() != ""
            else held[language]
            for language in LANGUAGES
        }
        made = {
            language: await examples(self._templates, self._messages, declared.template, language)
            for language in LANGUAGES
        }
        wrong = mistakes(declared, texts)
        odd = {each["field"] for each in wrong}
        return {
            "template": declared.template,
            "version": wording.version,
            "texts": held,
            "catalogue": dict(declared.texts),
            "tried": texts,
            "changed": texts != held,
            "placeholders": [
                {
                    "name": name,
                    "type": TYPES[name],
                    "needed": name in declared.needs,
                    **{language: made[language].usual.get(name, "") for language in LANGUAGES},
                }
                for name in declared.offers
            ],
            "mistakes": wrong,
            "previews": {
                language: None if language in odd else self._preview(texts[language], made[language])
                for language in LANGUAGES
            },
            "approved": self._approved(declared.template, wording.version),
            "versions": await self._versions(declared.template),
        }

    def _preview(self, text: str, made: Examples) -> Json:
        """How one text looks and what it costs, usually and at its longest."""
        usual, longest = fill(text, made.usual), fill(text, made.longest)
        return {
            "text": usual,
            "length": _told(length(usual)),
            "longest_text": longest,
            "longest": _told(length(longest)),
            "gateways": [_costs(each, usual, longest) for each in self._gateways],
        }

    def _approved(self, template: str, version: int) -> list[Json]:
        """``matches`` is null where the provider takes any text, and false where it approved another one, or none."""
        rows: list[Json] = []
        for each in self._gateways:
            approvals = each.approvals
            approval = None if approvals is None else approvals.get(template)
            rows.append(
                {
                    "gateway": each.name,
                    "id": approval.id if approval else None,
                    "version": approval.version if approval else None,
                    "values": approval.model_dump(mode="json").get("values") if approval else None,
                    "matches": None
                    if approvals is None
                    else approval is not None and approval.version == version,
                }
            )
        return rows

    async def _versions(self, template: str) -> list[Json]:
        """Newest first; the catalogue's is 0."""
        history = History(
            self._tenant, MESSAGE_TEMPLATE.owner, MESSAGE_TEMPLATE.aggregate, template_history(template)
        )
        found = [
            {
                "version": fact.version,
                "at": fact.event.at.isoformat(),
                "actor": fact.actor,
                "note": fact.event.note,
                "zh": fact.event.zh,
                "en": fact.event.en,
            }
            async for fact in self._bus.journal.catch_up(history, 0)
            if isinstance(fact.event, TemplateRevised)
        ]
        return found[::-1]


def _texts(wording: State, declared: Declared) -> dict[str, str]:
    if wording.zh is not None and wording.en is not None:
        return {"zh": wording.zh, "en": wording.en}
    return dict(declared.texts)


def _told(said: Length) -> Json:
    return {
        "characters": said.characters,
        "units": said.units,
        "encoding": said.encoding,
        "parts": said.parts,
    }


def _costs(gateway: GatewaySettings, usual: str, longest: str) -> Json:
    """Its own signature counts. A cost is a decimal in words, null where no price is set."""
    parts = length(signed(usual, gateway.signature)).parts
    most = length(signed(longest, gateway.signature)).parts
    price = gateway.price
    return {
        "gateway": gateway.name,
        "parts": parts,
        "cost": None if price is None else str(price * parts),
        "longest_parts": most,
        "longest_cost": None if price is None else str(price * most),
        "currency": gateway.currency,
    }
