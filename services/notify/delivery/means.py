"""What it takes to send."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.notify.addresses import Addresses
from services.notify.delivery.composing import Composing
from services.notify.delivery.due import Made
from services.notify.delivery.folding import Folding
from services.notify.delivery.ways_out import WaysOut
from services.notify.gateways.gateway import Message
from services.notify.gateways.lanes import Lanes
from services.notify.preference.rules import Language
from services.notify.telling import Telling
from shared.desk import Desk
from shared.documents import Body
from shared.messages import LANGUAGES
from shared.store import Store


@dataclass(frozen=True)
class Means:
    store: Store
    desk: Desk
    lanes: Lanes
    addresses: Addresses
    telling: Telling
    folding: Folding
    composing: Composing
    ways_out: WaysOut

    async def message(
        self,
        tenant: str,
        delivery: str,
        wanted: Body,
        to: str,
        language: Language | None = None,
        *,
        ways_out: Mapping[str, str] | None = None,
    ) -> Made:
        """Return what the delivery says to this address: in this language, or else in the one it was requested in.
        ``ways_out``: by delivery, where they were asked for many at once.
        """
        if ways_out is None:
            ways_out = await self.ways_out.links(tenant, [(delivery, wanted, to)])
        said = await self.composing.compose(
            tenant,
            delivery,
            wanted,
            language or wanted.get("language") or LANGUAGES[0],
            way_out=ways_out.get(delivery),
        )
        message = Message(
            id=delivery,
            channel=wanted["channel"],
            to=to,
            text=said.text,
            template=said.template,
            values=said.values,
        )
        return message, said.version
