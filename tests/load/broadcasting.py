"""A broadcast over three gateways: what both the bench and the storm send, and how far it has come."""

from typing import Any

from shared.bus import Bus
from shared.clock import now
from shared.commands.notice import PublishNotice
from shared.events.notice import Audience, Words
from shared.ids import new_id

GATEWAYS = "\n".join(
    f'[[gateway]]\nkind = "sandbox"\nname = "sandbox-{number}"\nweight = {weight}\nper_second = 3000\n'
    for number, weight in ((1, 3), (2, 2), (3, 1))
)
Json = dict[str, Any]


async def publish(bus: Bus, tenant: str) -> str:
    """Publish a notice to everybody in the grid book; return its id."""
    notice = new_id()
    command = PublishNotice(
        id=new_id(),
        tenant=tenant,
        actor="staff:bench",
        at=now(),
        notice=notice,
        title=Words(zh="停水通知"),
        text=Words(zh="因管道检修，明日九时至十二时停水，请提前储水。"),
        audience=Audience(everyone=True),
    )
    reply = await bus.send(command)
    assert reply.ok, reply
    return notice


async def status(bus: Bus, notice: str) -> Json:
    return (await bus.ask("query.notify.Notices", {"notice": notice}, timeout=30))[0]
