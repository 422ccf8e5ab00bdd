"""Questions go to whoever knows, and other systems' messages to whoever takes them in."""

import json
from typing import Any

import pytest
from nats.aio.client import Client

from shared.answering import BadRequestError
from shared.journal import UnavailableError
from shared.refusal import Refused
from tests.conftest import MakeSettings, OpenBus
from tests.fixtures.parked import bytes_of, last_parked


async def test_a_question_is_answered(bus: OpenBus) -> None:
    here = await bus("routing")

    async def where(question: dict[str, Any]) -> dict[str, Any]:
        return {"grid": question["grid"], "box": b"\x00\xff"}

    here.answer_queries("Where", where)
    await here.start()
    answer = await (await bus("console")).ask("query.routing.Where", {"grid": "青禾-01"})
    assert answer == {"grid": "青禾-01", "box": "AP8="}


@pytest.mark.parametrize(
    ("raised", "expected", "why"),
    [
        (Refused("unknown_grid"), Refused, "unknown_grid"),
        (BadRequestError("a code is expected"), Refused, "malformed"),
        (UnavailableError("mongod is away"), UnavailableError, "query"),
        (ZeroDivisionError(), Refused, "failed"),
    ],
)
async def test_a_question_that_cannot_be_answered_says_why(
    bus: OpenBus, raised: Exception, expected: type[Exception], why: str
) -> None:
    here = await bus("routing")

    async def answer(_question: dict[str, Any]) -> None:
        raise raised

    here.answer_queries("Where", answer)
    await here.start()
    with pytest.raises(expected, match=why):
        await (await bus("console", command_timeout=2.0)).ask("query.routing.Where", {})


@pytest.mark.parametrize("data", [b"{", b"[1]", b"\xff", b'"text"'])
async def test_what_another_system_sent_and_nobody_can_use_is_parked(
    bus: OpenBus, admin: Client, settings: MakeSettings, data: bytes
) -> None:
    here = await bus("intake")

    async def take(message: dict[str, Any]) -> dict[str, Any]:
        return message

    here.answer_inbound("inbound.sms.request", take)
    await here.start()
    answer = await admin.request("inbound.sms.request", data, timeout=5)
    assert json.loads(answer.data)["reason"] == "malformed"
    row = await last_parked(admin, "intake")
    kept = bytes_of(row, settings)
    assert (row["subject"], kept) == ("inbound.sms.request", data)
    answer = await admin.request("inbound.sms.request", b'{"text": "x"}', timeout=5)
    assert json.loads(answer.data) == {"ok": True, "answer": {"text": "x"}}
