"""What is recorded of a message that no program can finish: a relay card, or a gateway that waits for a group's owner."""

from datetime import datetime, timedelta
from typing import Any

from services.notify.chat_group.groups import Group
from services.notify.delivery.domain import PERSON, RELAYED_WITHIN
from shared.commands.delivery import HandOverDelivery, RecordOutcome

_FIRST_LOOK = timedelta(minutes=5)
Named = dict[str, Any]
"""What every command of one delivery says: its id, the tenant, the actor, the time and the delivery."""


def card(named: Named, group: Group | None) -> HandOverDelivery:
    """For the workers of the group's grid, who have a day."""
    return HandOverDelivery(
        **named,
        gateway=PERSON,
        grid=group.grid if group else None,
        group=group.name if group else "",
        again_at=named["at"] + RELAYED_WITHIN,
    )


def waits(named: Named, gateway: str, reference: str, since: datetime | None) -> HandOverDelivery:
    """It is looked at again after five minutes, and then after as long as it has waited, until the day is over."""
    at: datetime = named["at"]
    began = since or at
    last = max(began + RELAYED_WITHIN, at + _FIRST_LOOK)
    again_at = min(at + max(_FIRST_LOOK, at - began), last)
    return HandOverDelivery(**named, gateway=gateway, reference=reference, again_at=again_at)


def lapsed(named: Named, gateway: str) -> RecordOutcome:
    return RecordOutcome(**named, gateway=gateway, outcome="failed", detail="nobody_relayed")
