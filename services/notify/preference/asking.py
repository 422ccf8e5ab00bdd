"""What a person wishes now, and what follows from it for one message: asked before it is requested and before it is sent."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from services.notify.preference.rules import Preference, Quiet, Way, ways
from services.notify.topics import sort_of
from shared.clock import now
from shared.desk import Desk
from shared.events.notice import Level
from shared.ids import preference_id


@dataclass(frozen=True)
class Preferences:
    desk: Desk
    zone: ZoneInfo
    house: Quiet
    """The tenant's quiet hours."""

    async def of(self, tenant: str, whom: str) -> Preference:
        """``whom``: a holder; or a recipient who has no preferences, such as a chat group."""
        if not whom.startswith(("worker:", "contact:")):
            return Preference.of(whom, None, self.house)
        state = await self.desk.state("preference", tenant, preference_id(whom))
        return Preference.of(whom, state.said, self.house)

    async def of_many(self, tenant: str, holders: Collection[str]) -> dict[str, Preference]:
        """The same for many in one find; what was said this very moment may not be in it yet, and is asked again before
        anything is sent.
        """
        ids = {preference_id(holder): holder for holder in holders}
        known = await self.desk.known("preference", tenant, ids.keys())
        said = {ids[name]: state.said for name, state in known.items()}
        return {holder: Preference.of(holder, said.get(holder), self.house) for holder in holders}

    def local(self, at: datetime | None = None) -> datetime:
        """The tenant's clock."""
        return (at or now()).astimezone(self.zone)

    async def ways(
        self,
        tenant: str,
        whom: str,
        template: str,
        *,
        level: Level | None = None,
        duty: bool = False,
        prompt: bool = False,
        at: datetime | None = None,
    ) -> list[Way]:
        sort = sort_of(template)
        return ways(
            await self.of(tenant, whom),
            sort.topic,
            level=level,
            duty=duty or sort.duty,
            prompt=prompt or sort.prompt,
            answers=sort.answers,
            at=self.local(at),
        )
