"""SMPP against an SMSC that others wrote: what was sent is what it got, and whatever it does has an outcome."""

import asyncio
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as some

from lastmile import gateways
from lastmile.ports import LOOPBACK
from services.notify.gateways.gateway import (
    Accepted,
    Confirmed,
    Message,
    Parts,
    Rejected,
    RetryLater,
    Unknown,
)
from services.notify.gateways.registry import UnusableGatewaysError, parse_gateways
from services.notify.gateways.smpp.smpp import Smpp, SmppSettings
from services.notify.gateways.smpp.text import parts_of, read
from services.notify.template.length import length
from shared.clock import now
from shared.vault import Locksmith
from tests.fixtures.smsc import Smsc, account, smsc
from tests.fixtures.waiting import until

LOCKSMITH = Locksmith(b"m" * 32)
CHINESE = "【梧桐里街道】您反映的问题已办结。" + "楼道照明已全部更换，请您在门口查看并评价。" * 12 + "𠮷祥"


def settings(there: Smsc, **said: Any) -> SmppSettings:
    sealed = {"password": LOCKSMITH.seal_setting(said.pop("password", "secret"))}
    return SmppSettings.model_validate(account(there) | said | sealed, context={"locksmith": LOCKSMITH})


def message(text: str = "您好", name: str = "d1") -> Message:
    return Message(name, "sms", "+8613800000101", text)


class Heard:
    """Whoever is told, and may be away."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.away = 0
        self.receipts = self.replies = self.whose = self

    async def came(self, gateway: str, **said: Any) -> None:
        await self._keep({"gateway": gateway} | said)

    async def hear(self, gateway: str, **said: Any) -> None:
        await self._keep({"gateway": gateway} | said)

    async def _keep(self, said: dict[str, Any]) -> None:
        if self.away:
            self.away -= 1
            raise TimeoutError
        self.told.append(said)

    async def named(self, gateway: str, reference: str) -> None:
        return None

    async def lost(self, *_: object) -> None:
        return None


@asynccontextmanager
async def running(there: Smsc, heard: Heard | None = None, **said: Any) -> AsyncIterator[Smpp]:
    gateway = settings(there, **said).open(Parts(None, None))  # pyright: ignore[reportArgumentType]
    life = asyncio.create_task(gateway.run(heard))  # pyright: ignore[reportArgumentType]
    try:
        yield gateway
    finally:
        life.cancel()
        with suppress(asyncio.CancelledError):
            await life


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


async def test_it_is_asked_what_became_of_a_message(tmp_path):
    """With the ids that it gave; without any there is nothing to ask with."""
    async with smsc(tmp_path) as there, running(there, query=True) as gateway:
        await gateway.send(message(CHINESE))
        assert await gateway.became_of(message(CHINESE), now()) == Confirmed()
        await there.shall(stat="EXPIRED")
        assert isinstance(await gateway.became_of(message(CHINESE), now()), Rejected)
        assert isinstance(await gateway.became_of(message(name="another"), now()), Unknown)


def test_a_password_in_clear_is_refused(tmp_path):
    file = tmp_path / "gateways.toml"
    file.write_text(
        '[[gateway]]\nkind = "smpp"\nname = "o"\nhost = "h"\nsystem_id = "s"\npassword = "clear"\n'
    )
    with pytest.raises(UnusableGatewaysError, match="stands sealed"):
        parse_gateways(file, LOCKSMITH)


async def test_it_speaks_tls_to_an_smsc_that_its_authority_vouches_for(tmp_path):
    """And to nobody else."""
    key, certificate = self_signed(tmp_path)
    async with smsc(tmp_path, key=key, cert=certificate) as there:
        async with running(there, tls=True, ca=certificate) as gateway:
            assert isinstance(await gateway.send(message()), Accepted)
        async with running(there, tls=True) as gateway:
            assert await gateway.send(message()) == RetryLater("not bound")


def self_signed(directory: Path) -> tuple[str, str]:
    """Files of a key and of its certificate for the loopback address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "smsc")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = directory / "key.pem", directory / "certificate.pem"
    pem = serialization.Encoding.PEM
    files[0].write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    files[1].write_bytes(certificate.public_bytes(pem))
    return str(files[0]), str(files[1])


async def test_the_commands_check_it_and_send_over_it(tmp_path, monkeypatch):
    """As an operator tries a new account out: bound to send alone, so what comes in waits for notify."""
    for name in ("MASTER_KEY", "DOOR_KEY", "STAFF_KEY"):
        monkeypatch.setenv(f"LASTMILE_{name}", b64encode(b"m" * 32).decode())
    file = tmp_path / "gateways.toml"
    async with smsc(tmp_path, receipts="text") as there:
        said = account(there) | {"password": gateways.sealed(None, "secret")}
        lines = (
            f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}"
            for name, value in said.items()
        )
        file.write_text("[[gateway]]\n" + "\n".join(lines))
        assert [(each.name, each.kind) for each in gateways.read(None, file).gateway] == [
            ("operator", "smpp")
        ]
        trial = gateways.trial("+8613800000101", CHINESE, "", {})
        outcome = await gateways.send(None, file, "operator", trial)
        assert isinstance(outcome, Accepted)
        assert [each["text"] for each in there.took if each["text"]] == [CHINESE]
        assert [each["bound"] for each in there.said("bound")] == ["transmitter"]
        assert len(there.said("unbound")) == 1
