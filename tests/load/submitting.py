"""Submits a second over SMPP, each with its receipt: ours against the bare client of ``smpp34``, to the same SMSC in turns.

``python -m tests.load.submitting``: ours cuts, paces, remembers by name and tells each receipt to somebody who only counts
it; the bare loop submits and counts. Both have 64 on their way.
"""

import asyncio
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import smpp34
import uvloop

from lastmile.ports import LOOPBACK
from services.notify.gateways.gateway import Accepted, Message, Parts
from services.notify.gateways.smpp.smpp import SmppSettings
from shared.vault import Locksmith
from tests.fixtures.smsc import Smsc, account, smsc
from tests.load.figures import Pairs

_ROUNDS, _MESSAGES, _ON_THEIR_WAY = 7, 4000, 64
_LINE = 10_000
"""Receipts that the bare client may have in line: with fewer it ends the session under this load."""
_TEXT = "【梧桐里街道】您的诉求已收到，编号 7KQ2。查进展：https://x.cn/7KQ2"


Spent = tuple[float, float]
"""Seconds on the clock, and of our own work: the second says more where the machine has other things to do."""


class Counting:
    def __init__(self, wanted: int) -> None:
        self.left = wanted
        self.all = asyncio.Event()
        self.receipts = self.replies = self.whose = self

    async def came(self, _gateway: str, *, delivery: str | None, **_: Any) -> None:
        assert delivery is not None
        self.one()

    def one(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.all.set()


async def ours(there: Smsc, number: int) -> Spent:
    locksmith = Locksmith(b"m" * 32)
    said = account(there) | {"per_second": 1e6, "window": _ON_THEIR_WAY, "at_once": 1000, "timeout": 30.0}
    settings = SmppSettings.model_validate(
        said | {"password": locksmith.seal_setting("secret")}, context={"locksmith": locksmith}
    )
    gateway, counting = settings.open(Parts(None, None)), Counting(number)  # pyright: ignore[reportArgumentType]
    life = asyncio.create_task(gateway.run(counting))  # pyright: ignore[reportArgumentType]
    while not gateway.bound:
        await asyncio.sleep(0.01)

    async def send(place: int) -> None:
        message = Message(f"d{place}", "sms", f"+8613{800000000 + place}", _TEXT)
        assert isinstance(await gateway.send(message), Accepted)

    seconds = await _timed(send, number, counting)
    life.cancel()
    with suppress(asyncio.CancelledError):
        await life
    return seconds


async def bare(there: Smsc, number: int) -> Spent:
    client = smpp34.Client(
        host=LOOPBACK, port=there.port, system_id="street", password="secret", bind_type="TRX",
        window_size=_ON_THEIR_WAY, inbound_capacity=_LINE,
    )  # fmt: skip
    session, counting = await client.connect(), Counting(number)
    octets = _TEXT.encode("utf-16-be")

    async def hear() -> None:
        while isinstance(await session.next(), smpp34.DeliverSmEvent):
            counting.one()

    async def send(place: int) -> None:
        answer = await session.submit_sm(
            f"8613{800000000 + place}", octets, source_addr="10690001", data_coding=8, registered_delivery=1
        )
        assert answer.is_success

    hearing = asyncio.create_task(hear())
    seconds = await _timed(send, number, counting)
    await session.unbind()
    await client.stop()
    hearing.cancel()
    return seconds


async def _timed(send: Any, number: int, counting: Counting) -> Spent:
    places = iter(range(number))

    async def hand() -> None:
        for place in places:
            await send(place)

    started, worked = time.monotonic(), time.process_time()
    await asyncio.gather(*(hand() for _ in range(_ON_THEIR_WAY)), counting.all.wait())
    return time.monotonic() - started, time.process_time() - worked


async def main(number: int) -> None:
    rates, works = Pairs(), Pairs()
    with tempfile.TemporaryDirectory() as directory:
        async with smsc(Path(directory), receipts="text") as there:
            for _ in range(_ROUNDS):
                this, that = await ours(there, number), await bare(there, number)
                rates.add(number / this[0], number / that[0])
                works.add(this[1], that[1])
                print(
                    f"ours {number / this[0]:,.0f} a second, {this[1] / number * 1e6:.0f} µs of work each; "
                    f"the bare client {number / that[0]:,.0f}, {that[1] / number * 1e6:.0f} µs",
                    flush=True,
                )
    print(f"submits a second against the bare client: {rates}; work: {works}")


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else _MESSAGES))
