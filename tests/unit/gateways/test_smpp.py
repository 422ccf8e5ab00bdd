"""SMPP against an SMSC that others wrote: what was sent is what it got, and whatever it does has an outcome."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.notify.gateways.gateway import Accepted, Confirmed, Rejected, RetryLater, Unknown
from services.notify.gateways.smpp.text import parts_of, read
from services.notify.template.length import length
from shared.clock import now
from tests.fixtures.smpp import CHINESE, message, running
from tests.fixtures.smsc import Smsc, smsc
from tests.fixtures.waiting import until


@given(some.text(max_size=700), some.integers(0, 255))
def test_what_was_cut_reads_as_it_was(text: str, reference: int):
    """In as many parts as the desk was told that it would cost, and no character is ever cut in two."""
    text = text.encode("utf-16-be", "replace").decode("utf-16-be")
    parts = parts_of(text, "parts", reference)
    pieces = [read(part.octets, part.data_coding, part.esm_class) for part in parts]
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.number for piece in pieces] == list(range(1, len(parts) + 1))
    assert len(parts) == length(text).parts
    assert all(len(part.octets) <= 160 for part in parts)


async def test_a_long_chinese_message_is_whole_at_the_smsc(tmp_path):
    """Cut by us, put together by software that is not ours."""
    async with smsc(tmp_path) as there, running(there, system_type="VMA", source_ton=5) as gateway:
        outcome = await gateway.send(message(CHINESE))
        assert isinstance(outcome, Accepted)
        assert outcome.parts == len(there.took) == length(CHINESE).parts == 5
        assert outcome.reference.split() == [each["took"] for each in there.took]
        assert [each["text"] for each in there.took if each["text"]] == [CHINESE]
        assert {each["data_coding"] for each in there.took} == {8}
        assert there.took[0]["ton"] == [5, 0, 1, 1]
        assert there.took[0]["to"] == "8613800000101"
        assert there.said("bound")[0] == {
            "bound": "transmitter",
            "system_id": "street",
            "system_type": "VMA",
            "status": 0,
        }


async def test_the_smsc_may_cut_it_itself(tmp_path):
    async with smsc(tmp_path) as there, running(there, long="payload") as gateway:
        assert isinstance(await gateway.send(message(CHINESE)), Accepted)
        assert [(each["text"], each["payload"]) for each in there.took] == [(CHINESE, True)]


async def test_what_the_gsm_alphabet_can_say_goes_in_it(tmp_path):
    """160 characters in one SMS instead of 70."""
    text = "Ticket [7KQ2] ~ 5€ @ door, £ ñ Ω " + "x" * 90
    async with smsc(tmp_path) as there, running(there) as gateway:
        assert isinstance(await gateway.send(message(text)), Accepted)
        assert [(each["text"], each["data_coding"]) for each in there.took] == [(text, 0)]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (0x58, RetryLater("RTHROTTLED", timedelta(seconds=5))),
        (0x14, RetryLater("RMSGQFUL", timedelta(seconds=5))),
        (0x0A, RetryLater("RINVSRCADR")),
        (0x0B, Rejected("RINVDSTADR")),
        (0x01, Rejected("RINVMSGLEN")),
        (0x08, Unknown("RSYSERR")),
        (0x4FF, RetryLater("0x4FF")),
    ],
)
async def test_a_status_is_what_it_proves(tmp_path, status, outcome):
    async with smsc(tmp_path, status=status) as there, running(there) as gateway:
        assert await gateway.send(message()) == outcome


async def test_a_part_that_was_throttled_follows_the_others(tmp_path):
    """They have the first: it is not for the whole to be sent again."""
    async with smsc(tmp_path, statuses=[0, 0x58, 0, 0x14]) as there, running(there) as gateway:
        outcome = await gateway.send(message(CHINESE))
        assert isinstance(outcome, Accepted)
        assert [each["text"] for each in there.took if each["text"]] == [CHINESE]


async def test_a_message_of_which_a_part_is_refused_has_failed(tmp_path):
    async with smsc(tmp_path, statuses=[0, 0, 0x0B]) as there, running(there) as gateway:
        assert await gateway.send(message(CHINESE)) == Rejected("4 of 5 parts taken: RINVDSTADR")


async def test_nobody_there_took_nothing(tmp_path):
    there = Smsc(tmp_path / "log")
    async with running(there) as gateway:
        assert await gateway.send(message()) == RetryLater("not bound")


async def test_a_wrong_password_takes_nothing_and_is_tried_again(tmp_path):
    async with smsc(tmp_path) as there, running(there, password="another") as gateway:
        assert await gateway.send(message()) == RetryLater("not bound")
        await until(lambda: len(there.said("bound")) >= 2)


async def test_who_says_nothing_is_asked_and_left(tmp_path):
    """A connection that nobody holds at the other end looks like one in order."""
    async with (
        smsc(tmp_path, silent=True) as there,
        running(there, enquire_every=0.2, timeout=0.5) as gateway,
    ):
        await gateway.send(message())
        await until(lambda: len(there.said("enquired")) >= 1)
        await until(lambda: len(there.said("bound")) >= 2, what="it comes again")


async def test_garbage_is_unknown_and_the_next_one_goes_over_a_new_connection(tmp_path):
    async with smsc(tmp_path, garbage=True) as there, running(there) as gateway:
        assert isinstance(await gateway.send(message()), Unknown)
        await there.shall(garbage=False)
        await until(lambda: len(there.said("bound")) == 2)
        await until(lambda: gateway.bound)
        assert isinstance(await gateway.send(message("二")), Accepted)


async def test_no_more_are_on_their_way_than_the_window_lets(tmp_path):
    async with smsc(tmp_path, after=300) as there, running(there, window=2) as gateway:
        begun = asyncio.get_running_loop().time()
        outcomes = await asyncio.gather(*(gateway.send(message(name=f"d{n}")) for n in range(6)))
        assert all(isinstance(each, Accepted) for each in outcomes)
        assert asyncio.get_running_loop().time() - begun > 0.85, "three times two"


async def test_it_is_asked_what_became_of_a_message(tmp_path):
    """With the ids that it gave; without any there is nothing to ask with."""
    async with smsc(tmp_path) as there, running(there, query=True) as gateway:
        await gateway.send(message(CHINESE))
        assert await gateway.became_of(message(CHINESE), now()) == Confirmed()
        await there.shall(stat="EXPIRED")
        assert isinstance(await gateway.became_of(message(CHINESE), now()), Rejected)
        assert isinstance(await gateway.became_of(message(name="another"), now()), Unknown)
