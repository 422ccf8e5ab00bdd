"""Figure 2: from submitting to the grid's worker being assigned, and to the message to that worker being intended.

First the rate that all five services sustain together: stepped up until what is behind them no longer goes away
within a moment. Then the delays at half of it, by the journal's own clock.
"""

from datetime import datetime

from lastmile.corridor import messages
from shared.envelope import Fact, UnreadableError
from shared.journal import fact_of
from tests.load.figures import Line, quantile
from tests.load.ground import Ground
from tests.load.visitors import submissions, visit

_FIVE = ("intake", "routing", "notify", "deliberation", "console")
_STEP = 1.25
_CONNECTIONS = 64
_SLOWEST = 2.0  # requests a second
_A_MOMENT = 2.0  # seconds in which a chain that keeps up has finished
_CALMS_WITHIN = 120.0  # seconds


async def measure(ground: Ground, *, short: bool) -> list[Line]:
    await ground.start(*_FIVE)
    asked = submissions("127.0.0.1")
    seconds = 3.0 if short else 6.0
    rate, sustained = 20.0, 0.0
    while True:
        visits = await visit(
            ground.url("intake"), asked, connections=_CONNECTIONS, seconds=seconds, rate=rate
        )
        if visits.refused or not await ground.calm(_A_MOMENT, *_FIVE):
            if sustained or rate < _SLOWEST:
                break
            rate /= 2  # a busy neighbour: begin lower
            await ground.calm(_CALMS_WITHIN, *_FIVE)
            continue
        sustained, rate = rate, rate * _STEP
    await ground.calm(_CALMS_WITHIN, *_FIVE)
    first = await ground.messages("JOURNAL") + 1
    told = await visit(
        ground.url("intake"), asked, connections=_CONNECTIONS, seconds=2 * seconds, rate=sustained / 2
    )
    await ground.calm(_CALMS_WITHIN, *_FIVE)
    assigned, intended = await _delays(ground, first)
    await ground.stop(*_FIVE[1:])
    alone = await visit(ground.url("intake"), asked, connections=_CONNECTIONS, seconds=seconds)
    await ground.stop("intake")
    whole = len(assigned) == len(intended) == told.accepted
    return [
        Line(
            "rate that the whole chain sustains",
            f"{sustained / alone.rate:.2f}",
            remark=f"of what intake accepts when nothing else runs; roughly {sustained:.0f} requests a second,"
            f" each of which {len(_FIVE)} services follow",
        ),
        Line("submitted → assigned at half of it", _said(assigned), remark=f"{len(assigned)} requests"),
        Line(
            "submitted → delivery intended at half of it",
            _said(intended),
            "one for each accepted request",
            whole,
            f"{told.accepted} accepted, {len(assigned)} assigned, {len(intended)} intended",
        ),
    ]


def _said(delays: list[float]) -> str:
    half, most = quantile(delays, 0.5), quantile(delays, 0.99)
    return f"p99 is {most / half:.1f} × p50 (roughly {half * 1000:.0f} ms and {most * 1000:.0f} ms)"


async def _delays(ground: Ground, first: int) -> tuple[list[float], list[float]]:
    """Seconds from when the door recorded a submission until the assignment, and the message's intent, were stored."""
    submitted: dict[str, datetime] = {}
    cause: dict[str, datetime] = {}
    assigned: list[float] = []
    subjects = ("journal.*.*.intake.submission.>", "journal.*.*.routing.request.>")
    async for fact, stored in _stored(ground, "JOURNAL", *subjects):
        if fact.type == "RequestSubmitted" and fact.revision >= first:
            submitted[fact.history.id] = fact.recorded
        elif fact.type == "GridAssigned" and fact.history.id in submitted:
            cause[fact.id] = submitted[fact.history.id]
            assigned.append((stored - submitted[fact.history.id]).total_seconds())
    intended = [
        (stored - cause[fact.cause]).total_seconds()
        async for fact, stored in _stored(ground, "DELIVERIES", "delivery.>")
        if fact.type == "DeliveryRequested" and fact.cause in cause
    ]
    return assigned, intended


async def _stored(ground: Ground, stream: str, *subjects: str):
    async for message in messages(ground.bus, stream, *subjects):
        fact = fact_of(message)
        assert isinstance(fact, Fact) and not isinstance(fact, UnreadableError)
        yield fact, message.metadata.timestamp
