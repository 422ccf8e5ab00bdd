"""The way out: the first message to a number says where one can opt out and choose what one hears of."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.notify.addresses import Addresses
from services.notify.preference.holders import Holders
from services.notify.preference.rules import GRAVE
from services.notify.topics import sort_of
from shared.documents import Body


@dataclass(frozen=True)
class WaysOut:
    addresses: Addresses
    holders: Holders

    async def links(self, tenant: str, some: Sequence[tuple[str, Body, str | None]]) -> dict[str, str]:
        """Return the link of each contact whose first message this delivery is, by delivery: asked for many at once, as
        (delivery, its document of the outbox, address). What is grave says only what is grave.
        """
        meant = [
            each
            for each in some
            if each[2] and each[1].get("level") not in GRAVE and not sort_of(each[1]["template"]).answers
        ]
        first: dict[str, str] = {}
        for delivery, wanted, _ in meant:  # one by one: its holder was found when it was requested
            holder = wanted.get("holder") or ""
            if holder.startswith("contact:") and await self.holders.is_first(holder, delivery):
                first[delivery] = await self.holders.link_of(holder) or ""
        unheard = {
            delivery: (wanted["recipient"], to)
            for delivery, wanted, to in meant
            if to and not wanted.get("holder") and wanted["recipient"].startswith("resident:")
        }
        keys = await self.addresses.keys(tenant, [recipient for recipient, _ in unheard.values()])
        told = {
            delivery: (to, keys[recipient])
            for delivery, (recipient, to) in unheard.items()
            if recipient in keys
        }
        first |= await self.holders.first_links(told)
        return {delivery: link for delivery, link in first.items() if link}
