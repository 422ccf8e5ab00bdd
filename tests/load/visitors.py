"""Load over HTTP: connections that are kept, one request after the other on each, as fast as they go or at a rate.

A generator of our own, so that the bench needs no program beside it; it takes some 25 µs a request.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from pydantic_core import to_json

from lastmile.demo import street
from shared.ids import new_id

_SETTLES_WITHIN = 30.0  # seconds for the last answers


@dataclass
class Visits:
    """What a crowd was told. ``waited`` in seconds, of accepted ones."""

    accepted: int = 0
    refused: int = 0
    took: float = 0.0
    waited: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.accepted / self.took

    def waited_for(self, share: float) -> float:
        return quantile(self.waited, share)


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def submissions(host: str, path: str = "/v1/requests") -> Iterator[bytes]:
    """POSTs as residents of the demo street would send them, each under a key of its own, for ever."""
    chance = random.Random(7)
    buildings = list(street.buildings().values())
    texts = [
        (category, text) for category, all_of_it in street.texts()["requests"].items() for text in all_of_it
    ]
    bodies: list[bytes] = []
    for _ in range(500):
        category, text = chance.choice(texts)
        building = chance.choice(buildings)
        said = {
            "text": text.replace("{where}", building.code),
            "category": category,
            "location": {"lon": building.lon, "lat": building.lat, "building": building.code, "unit": "602"},
            "reporter": {"name": "王芳", "phone": f"138{chance.randrange(10**8):08}"},
        }
        bodies.append(to_json(said))
    start = f"POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\nidempotency-key: {new_id()}-"
    first, number = start.encode(), 0
    while True:
        body = bodies[number % len(bodies)]
        yield b"%b%09d\r\ncontent-length: %d\r\n\r\n%b" % (first, number, len(body), body)
        number += 1


class _Visitor(asyncio.Protocol):
    """One connection."""

    def __init__(self, told: Callable[["_Visitor", int], None]) -> None:
        self._told = told
        self._heard = b""
        self._transport: Any = None
        self.asked = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def ask(self, request: bytes, since: float | None = None) -> None:
        self.asked = time.perf_counter() if since is None else since
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._heard = heard = self._heard + data
        head = heard.find(b"\r\n\r\n")
        if head < 0:
            return
        length = heard.lower().find(b"content-length: ", 0, head)
        assert length > 0, "an answer that says how long it is"
        end = heard.find(b"\r\n", length)
        if len(heard) - head - 4 < int(heard[length + 16 : end]):
            return
        self._heard = b""
        self._told(self, int(heard[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        self._told(self, 0)

    def leave(self) -> None:
        self._told = lambda _visitor, _status: None
        self._transport.close()


async def visit(
    url: str, requests: Iterator[bytes], *, connections: int, seconds: float, rate: float | None = None
) -> Visits:
    """Ask for so long, wait for the last answers, and return what was said. With a rate, whoever must wait for a free
    connection has waited since its turn came: a slow door does not slow the crowd down.
    """
    at = urlsplit(url)
    loop = asyncio.get_running_loop()
    visits, free, under_way = Visits(), list[_Visitor](), 0
    due: list[float] = []
    done = loop.create_future()
    started = time.perf_counter()
    open_until = started + seconds

    def told(visitor: _Visitor, status: int) -> None:
        nonlocal under_way
        under_way -= 1
        if status == 201:
            visits.accepted += 1
            visits.waited.append(time.perf_counter() - visitor.asked)
        else:
            visits.refused += 1
        if status:
            go_on(visitor)
        if not under_way and time.perf_counter() >= open_until and not done.done():
            done.set_result(None)

    def go_on(visitor: _Visitor) -> None:
        nonlocal under_way
        if rate is None:
            if time.perf_counter() < open_until:
                under_way += 1
                visitor.ask(next(requests))
        elif due:
            under_way += 1
            visitor.ask(next(requests), due.pop(0))
        else:
            free.append(visitor)

    visitors = [
        (await loop.create_connection(lambda: _Visitor(told), at.hostname, at.port))[1]
        for _ in range(connections)
    ]
    started = time.perf_counter()
    open_until = started + seconds
    for visitor in visitors:
        go_on(visitor)
    if rate is not None:
        for turn in range(int(rate * seconds)):
            moment = started + turn / rate
            if (pause := moment - time.perf_counter()) > 0.001:
                await asyncio.sleep(pause)
            due.append(moment)
            if free:
                go_on(free.pop())
    await asyncio.sleep(max(0.0, open_until - time.perf_counter()))
    if under_way:
        await asyncio.wait_for(done, _SETTLES_WITHIN)
    visits.took = time.perf_counter() - started
    for visitor in visitors:
        visitor.leave()
    return visits


def median(values: list[float]) -> float:
    return statistics.median(values)
