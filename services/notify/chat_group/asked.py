"""Which chat groups the grids have, and which gateway reaches each: for the desk's page."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from services.notify.chat_group.groups import PERSON, Group, Groups
from services.notify.gateways.lanes import Lanes
from shared.answering import BadRequestError
from shared.words import Code, Token

Json = dict[str, Any]


class AskGroups(BaseModel):
    """Of these grids (``within``), or of all; ``group``: this one alone."""

    model_config = ConfigDict(extra="forbid")

    within: tuple[Code, ...] | None = None
    group: Token | None = None


@dataclass(frozen=True)
class ChatGroups:
    groups: Groups
    lanes: Lanes
    tenant: str

    async def asked(self, asked: Json) -> Json:
        """Raises BadRequestError and what the store raises."""
        try:
            ask = AskGroups.model_validate(asked)
        except ValidationError as invalid:
            raise BadRequestError(str(invalid.errors()[0]["loc"])) from None
        if ask.group is not None:
            one = await self.groups.named(self.tenant, f"group:{ask.group}")
            found = [one] if one else []
        else:
            found = await self.groups.of(self.tenant, ask.within)
        return {"items": [self._shown(each) for each in found], "gateways": self.lanes.names("chat")}

    def _shown(self, group: Group) -> Json:
        """``gateway``: what brings messages there; ``person``: a worker carries them."""
        lane = None if group.address == PERSON else self.lanes.reaching("chat", group.address)
        return {
            "group": group.id,
            "grid": group.grid,
            "name": group.name,
            "address": group.address,
            "gateway": lane.name if lane else PERSON,
        }
