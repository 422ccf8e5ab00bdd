"""Messages into Matrix rooms, to a real Synapse: said once, whatever is repeated."""

from datetime import timedelta

import httpx
import pytest

from services.notify.gateways.gateway import Accepted, Message, Parts, Rejected, RetryLater, Unknown
from services.notify.gateways.matrix import Matrix, MatrixSettings
from shared.clock import now
from shared.ids import new_id
from shared.vault import Locksmith
from tests.fixtures import synapse
from tests.fixtures.provider import hangs_up, provider, says, silence

LOCKSMITH = Locksmith(b"m" * 32)


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory):
    here = synapse.Synapse(tmp_path_factory.mktemp("synapse"))
    await here.start()
    try:
        yield here
    finally:
        here.kill()


def gateway(url: str, token: str, http: httpx.AsyncClient, timeout: float = 10) -> Matrix:
    said = {"kind": "matrix", "name": "matrix", "server": url, "timeout": timeout}
    sealed = said | {"access_token": LOCKSMITH.seal_setting(token)}
    return MatrixSettings.model_validate(sealed, context={"locksmith": LOCKSMITH}).open(Parts(http, None))


def message(room: str, text: str = "停水通知", **more) -> Message:
    return Message(new_id(), "chat", f"matrix:{room}", text, **more)


async def test_a_message_stands_in_the_room_and_once_however_often_it_is_said(server):
    """An unknown outcome is asked about by saying the same again: the server knows the transaction."""
    async with synapse.account(server) as there, httpx.AsyncClient(trust_env=False) as http:
        sends = gateway(server.url, there.token, http)
        notice = message(there.room)
        first = await sends.send(notice)
        assert isinstance(first, Accepted)
        assert first.reference.startswith("$")
        assert await sends.send(notice) == first
        assert await sends.became_of(notice, now()) == first
        assert await there.said() == ["停水通知"]


async def test_what_never_arrived_is_said_when_it_is_asked_about(server):
    async with synapse.account(server) as there, httpx.AsyncClient(trust_env=False) as http:
        async with provider() as broken:
            broken.answers.append(hangs_up)
            lost = message(there.room)
            assert isinstance(await gateway(broken.url, there.token, http).send(lost), Unknown)
        assert isinstance(await gateway(server.url, there.token, http).became_of(lost, now()), Accepted)
        assert await there.said() == ["停水通知"]


async def test_what_the_server_has_forgotten_is_not_said_a_second_time(server):
    async with synapse.account(server) as there, httpx.AsyncClient(trust_env=False) as http:
        sends = gateway(server.url, there.token, http)
        old = now() - timedelta(hours=24)
        assert isinstance(await sends.became_of(message(there.room), old), Unknown)
        assert await there.said() == []


async def test_who_says_too_much_is_told_when_to_come_again(server):
    async with synapse.account(server) as there, httpx.AsyncClient(trust_env=False) as http:
        sends = gateway(server.url, there.token, http)
        outcomes = [await sends.send(message(there.room, str(number))) for number in range(20)]
        later = [each for each in outcomes if isinstance(each, RetryLater)]
        assert later
        assert all(
            each.after is not None and timedelta() < each.after < timedelta(minutes=1) for each in later
        )
        taken = [each for each in outcomes if isinstance(each, Accepted)]
        assert len(taken) + len(later) == 20
        assert len(await there.said()) == len(taken)


async def test_a_room_that_is_not_ours_and_a_token_that_is_no_more(server):
    """Both can be mended within the day: nothing was said, and it is tried again."""
    async with (
        synapse.account(server) as there,
        synapse.account(server) as other,
        httpx.AsyncClient(trust_env=False) as http,
    ):
        stranger = await gateway(server.url, there.token, http).send(message(other.room))
        assert stranger == RetryLater("M_FORBIDDEN")
        nobody = await gateway(server.url, "no-such-token", http).send(message(there.room))
        assert nobody == RetryLater("M_UNKNOWN_TOKEN")
        assert await other.said() == []


async def test_what_is_too_long_is_refused_for_good(server):
    async with synapse.account(server) as there, httpx.AsyncClient(trust_env=False) as http:
        sends = gateway(server.url, there.token, http)
        assert await sends.send(message(there.room, "水" * 40000)) == Rejected("M_TOO_LARGE")
        assert await sends.send(message("qinghe-3")) == Rejected("no such room")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (says({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2500}, "429 Too Many Requests"), "later"),
        (says({"errcode": "M_LIMIT_EXCEEDED"}, "429 Too Many Requests", retry_after="3"), "later"),
        (says({"errcode": "M_UNKNOWN"}, "500 Internal Server Error"), "unknown"),
        (says({}), "unknown"),
        (says(b"<html>"), "unknown"),
        (silence, "unknown"),
        (hangs_up, "unknown"),
    ],
)
async def test_a_server_on_a_bad_day(answer, outcome):
    async with provider() as there, httpx.AsyncClient(trust_env=False) as http:
        there.answers.append(answer)
        said = await gateway(there.url, "t", http, timeout=1.5).send(message("!r:example.org"))
        if outcome == "later":
            assert isinstance(said, RetryLater)
            assert said.after in (timedelta(seconds=2.5), timedelta(seconds=3))
        else:
            assert isinstance(said, Unknown)


async def test_a_server_that_is_not_there_was_told_nothing():
    async with httpx.AsyncClient(trust_env=False) as http:
        said = await gateway("http://127.0.0.1:1", "t", http).send(message("!r:example.org"))
        assert isinstance(said, RetryLater)
