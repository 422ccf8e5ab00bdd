"""Messages as they come off the wire. nats-py's client parses each one's headers with care, queues it and wakes a task
for it; where many come, that is most of the time. This file and shared/publisher.py alone reach into the client.
"""

from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from nats.aio.client import Client
from nats.aio.subscription import Subscription


@dataclass(slots=True)
class Raw:
    """``headers``: the whole block, unparsed. Of a consumer's message, where it stands is in ``reply``."""

    subject: bytes
    reply: bytes
    headers: bytes
    data: bytes


Sink = Callable[[Raw], None]
_SINKS: WeakKeyDictionary[Client, dict[int, Sink]] = WeakKeyDictionary()


def take(client: Client, subscription: Subscription, sink: Sink) -> None:
    """From now on this subscription's messages go straight to ``sink``, which must not fail."""
    if client not in _SINKS:
        _SINKS[client] = {}
        _divert(client, _SINKS[client])
    _SINKS[client][_number(subscription)] = sink


def let_go(client: Client, subscription: Subscription) -> None:
    """The opposite."""
    _SINKS.get(client, {}).pop(_number(subscription), None)


def _number(subscription: Subscription) -> int:
    return subscription._id  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


def _divert(client: Client, sinks: dict[int, Sink]) -> None:
    others = client._process_msg  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

    async def to_its_sink(sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes) -> None:
        if (sink := sinks.get(sid)) is not None:
            sink(Raw(subject, reply, headers, data))
        else:
            await others(sid, subject, reply, data, headers)

    client._process_msg = to_its_sink  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
