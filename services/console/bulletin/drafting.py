"""Drafting a bulletin: count, put into words, and send it to notify, whose it is. Each week by itself, too."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.console.bulletin.counting import Counting
from services.console.bulletin.wording import Wording
from services.console.moments import Day
from services.console.rooms import Rooms
from shared.areas import Areas, Level
from shared.bulletins import BULLETINS, Days, bulletin_id, span_after, span_around, span_before
from shared.clock import now
from shared.commands.bulletin import DraftBulletin
from shared.documents import Body, document_id
from shared.events.bulletin import Span
from shared.ids import new_id
from shared.messages import Messages
from shared.refusal import Refused
from shared.words import Code, in_one_line

_SERVICE = "service:console"


class AskDraft(BaseModel):
    """Whose bulletin of when: ``day`` lies in the week or month; without one, the last that is over."""

    model_config = ConfigDict(extra="forbid")

    area: Annotated[
        Code, AfterValidator(in_one_line), Field(description="a community, a grid, or the street")
    ]
    span: Span = "week"
    day: Day | None = None


class Drafting:
    def __init__(self, rooms: Rooms, messages: Messages) -> None:
        self._rooms = rooms
        self._messages = messages
        self._settings = rooms.service.settings

    async def counted(self, wanted: AskDraft) -> Body:
        """Return what DraftBulletin says of it. Nobody is told, nothing is kept. Raises Refused."""
        plan = await self._rooms.grids.plan()
        areas = Areas(plan)
        if wanted.area not in areas:
            raise Refused("unknown_area")
        if not (grids := _grids_of(areas, wanted.area)):
            raise Refused("area_without_grids")
        days = self._days(wanted.span, wanted.day)
        settings = self._settings
        counting = Counting(settings.tenant, self._rooms.service.store, settings.zone)
        following = span_after(wanted.span, days)
        counted = await counting.count(grids, days, following)
        wording = Wording(plan, self._messages)
        level = areas[wanted.area].level
        return {
            "bulletin": bulletin_id(settings.tenant, wanted.area, wanted.span, days[0]),
            "area": wanted.area,
            "community": None if level is Level.STREET else areas.community_of(wanted.area),
            "grids": grids,
            "span": wanted.span,
            "since": days[0],
            "until": days[1],
            "title": wording.title(wanted.area, wanted.span, days),
            "lines": wording.lines(counted, following),
        }

    def command(self, counted: Body, actor: str) -> DraftBulletin:
        envelope = {"id": new_id(), "tenant": self._settings.tenant, "actor": actor, "at": now()}
        return DraftBulletin.model_validate(counted | envelope)

    async def draft_the_week(self) -> None:
        """Each community's last week, once, where there is anything to tell. What a person has withdrawn stays so."""
        areas = Areas(await self._rooms.grids.plan())
        days = self._days("week", None)
        for area in areas.values():
            if area.level is not Level.COMMUNITY or not _grids_of(areas, area.code):
                continue
            if await self._stands(area.code, days):
                continue
            counted = await self.counted(AskDraft(area=area.code))
            if counted["lines"]:
                await self._rooms.bus.send(self.command(counted, _SERVICE))

    async def _stands(self, area: str, days: Days) -> bool:
        name = document_id(self._settings.tenant, bulletin_id(self._settings.tenant, area, "week", days[0]))
        found: Any = await self._rooms.service.store.documents(BULLETINS.name).find_one(
            {"_id": name}, {"_id": 1}
        )
        return found is not None

    def _days(self, span: Span, day: date | None) -> Days:
        if day is not None:
            return span_around(span, day)
        return span_before(span, now().astimezone(self._settings.zone).date())


def _grids_of(areas: Areas, area: str) -> list[str]:
    return sorted(code for code in areas.within(area) if areas[code].level in (Level.GRID, Level.MICRO_GRID))
