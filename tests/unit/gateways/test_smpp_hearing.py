"""What an SMSC brings: late answers, receipts and what people write back; acknowledged when it is kept."""

from collections import Counter
from typing import Any

import pytest

from services.notify.gateways.gateway import Accepted, Unknown
from services.notify.gateways.smpp.text import parts_of
from tests.fixtures.smpp import CHINESE, Heard, message, running
from tests.fixtures.smsc import smsc
from tests.fixtures.waiting import until


async def test_silence_is_unknown_and_an_answer_that_comes_late_is_heard(tmp_path):
    heard = Heard()
    async with smsc(tmp_path, after=1500) as there, running(there, heard, timeout=1.0) as gateway:
        assert await gateway.send(message()) == Unknown("no answer in time")
        await until(lambda: len(heard.told) == 1)
        said = heard.told[0]
        assert (said["delivery"], said["outcome"], said["reference"]) == ("d1", "accepted", "1000")


@pytest.mark.parametrize(("status", "outcome"), [(0x58, "absent"), (0x0B, "failed")])
async def test_a_refusal_that_comes_late_says_that_they_never_had_it(tmp_path, status, outcome):
    """What they refused only for now may be sent again, unknown as it was."""
    heard = Heard()
    async with (
        smsc(tmp_path, after=1500, status=status) as there,
        running(there, heard, timeout=1.0) as gateway,
    ):
        assert await gateway.send(message()) == Unknown("no answer in time")
        await until(lambda: len(heard.told) == 1)
        assert (heard.told[0]["delivery"], heard.told[0]["outcome"]) == ("d1", outcome)


@pytest.mark.parametrize("receipts", ["text", "tlv"])
@pytest.mark.parametrize("ids", ["decimal", "hex"])
async def test_receipts_name_what_was_sent(tmp_path, receipts, ids):
    """Their id is given in hexadecimal and told in decimal, by some."""
    heard, kind = Heard(), "decimal" if ids == "hex" else "same"
    async with (
        smsc(tmp_path, receipts=receipts, ids=ids) as there,
        running(there, heard, receipt_ids=kind) as gateway,
    ):
        assert await gateway.send(message()) == Accepted("3e8" if ids == "hex" else "1000")
        await until(lambda: len(heard.told) == 1)
        said = heard.told[0]
        assert (said["delivery"], said["outcome"]) == ("d1", "confirmed")
        await there.shall(stat="UNDELIV")
        await gateway.send(message(name="d2"))
        await until(lambda: len(heard.told) == 2)
        said = heard.told[1]
        assert (said["delivery"], said["outcome"], said["why"]) == (
            "d2",
            "failed",
            "UNDELIV" if receipts == "tlv" else "UNDELIV 11",
        )


async def test_what_we_could_not_keep_is_not_acknowledged_and_comes_again(tmp_path):
    heard = Heard()
    heard.away = 2
    async with smsc(tmp_path, receipts="text") as there, running(there, heard) as gateway:
        await gateway.send(message())
        await until(lambda: len(there.said("acknowledged")) == 3)
        assert [each["acknowledged"] for each in there.said("acknowledged")] == [0x64, 0x64, 0]
        assert len(heard.told) == 1


async def test_what_people_write_back_is_heard_in_order(tmp_path):
    """And a receipt that somebody wrote himself is only a text."""
    heard = Heard()
    async with smsc(tmp_path) as there, running(there, heard) as gateway:
        await until(lambda: gateway.bound)
        texts = ["TD", "id:1000 stat:DELIVRD err:000", "楼道灯又坏了", "T"]
        for text in texts:
            await there.shall(
                deliver={"source_addr": "8613800000101", "source_addr_ton": 1, "short_message": text}
            )
        await until(lambda: len(heard.told) == len(texts))
        assert [each["text"] for each in heard.told] == texts
        assert {each["number"] for each in heard.told} == {"+8613800000101"}
        assert len({each["name"] for each in heard.told}) == len(texts)


def written(text: str) -> list[dict[str, Any]]:
    """As a phone sends it: in parts, where it is long."""
    return [
        {
            "source_addr": "8613800000101",
            "source_addr_ton": 1,
            "hex": part.octets.hex(),
            "data_coding": part.data_coding,
            "esm_class": part.esm_class,
        }
        for part in parts_of(text, "parts", 7)
    ]


async def test_a_long_text_that_somebody_wrote_is_one_reply(tmp_path):
    """Whatever the order, and none of it is acknowledged before all of it is kept."""
    heard = Heard()
    heard.away = 1
    async with smsc(tmp_path) as there, running(there, heard) as gateway:
        await until(lambda: gateway.bound)
        for pdu in reversed(written(CHINESE)):
            await there.shall(deliver=pdu)
        await until(lambda: len(heard.told) == 1)
        assert heard.told[0]["text"] == CHINESE
        await until(lambda: len(there.said("acknowledged")) == 10)
        assert Counter(each["acknowledged"] for each in there.said("acknowledged")) == {0x64: 5, 0: 5}


async def test_an_smsc_that_waits_for_each_acknowledgement_is_not_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr("services.notify.gateways.smpp.pieces._PATIENCE", 0.2)
    heard = Heard()
    async with smsc(tmp_path) as there, running(there, heard) as gateway:
        await until(lambda: gateway.bound)
        for place, pdu in enumerate(written("灯" * 100), start=1):
            await there.shall(deliver=pdu)
            await until(lambda: len(there.said("acknowledged")) == place)  # noqa: B023 - asked at once
        assert [each["text"] for each in heard.told] == ["(1/2) " + "灯" * 67, "(2/2) " + "灯" * 33]


async def test_a_pair_sends_over_one_connection_and_hears_over_the_other(tmp_path):
    heard = Heard()
    async with smsc(tmp_path, receipts="text") as there, running(there, heard, bind="pair") as gateway:
        await until(lambda: len(there.said("bound")) == 2)
        await gateway.send(message())
        await until(lambda: len(heard.told) == 1)
        assert {each["bound"] for each in there.said("bound")} == {"transmitter", "receiver"}
    assert len(there.said("unbound")) == 2, "who leaves says so"
