"""What one call to a provider proves, whatever the provider does."""

from datetime import timedelta

import httpx
import pytest

from services.notify.gateways.calling import call
from services.notify.gateways.gateway import GatewaySettings, Message, RetryLater, Unknown
from services.notify.gateways.lanes import Lane
from tests.fixtures.provider import drips, hangs_up, provider, says, silence


async def called(url: str):
    async with httpx.AsyncClient() as http:
        return await call(http, url, content=b"{}", headers={}, timeout=2.0)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (says({"Code": "OK"}), {"Code": "OK"}),
        (says({"Code": "isv.X"}, "400 Bad Request"), {"Code": "isv.X"}),
        (says({}, "429 Too Many", retry_after="7"), RetryLater("HTTP 429", timedelta(seconds=7))),
        (says(b"busy", "503 Busy", retry_after="2"), RetryLater("HTTP 503", timedelta(seconds=2))),
        (says(b"", "429 Too Many", retry_after="soon"), RetryLater("HTTP 429")),
        (says({}, "429 Too Many", retry_after="9" * 30), RetryLater("HTTP 429", timedelta(days=1))),
        (says(b"<html>", "404 Not Found"), RetryLater("HTTP 404")),
        (says(b"<html>", "451 Unavailable For Legal Reasons"), RetryLater("HTTP 451")),
        (says(b"<html>", "502 Bad Gateway"), Unknown("HTTP 502, no JSON object")),
        (says(b"\xff\x00garbage"), Unknown("HTTP 200, no JSON object")),
        (says([1, 2]), Unknown("HTTP 200, no JSON object")),
        (says(b"{" + b" " * 70_000), Unknown("answer too long")),
        (silence, Unknown("ReadTimeout")),
        (hangs_up, Unknown("RemoteProtocolError")),
    ],
)
async def test_an_answer_is_what_it_proves(answer, outcome):
    """Only what says that nothing was taken may be tried again."""
    async with provider() as there:
        there.answers.append(answer)
        assert await called(there.url) == outcome
        assert len(there.asked) == 1, "asked once"


async def test_nobody_there_took_nothing():
    async with provider() as there:
        gone = there.url
    assert await called(gone) == RetryLater("ConnectError")


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("robot/send?key=1", {}),
        ("http://127.0.0.1:1\n/", {}),
        ("http://127.0.0.1:{port}/", {"authorization": "Bearer 钥匙"}),
        ("http://127.0.0.1:{port}/", {"authorization": "Bearer key\r\n"}),
    ],
)
async def test_what_is_no_address_or_no_header_took_nothing_and_is_ours_to_mend(url, headers):
    """A credential that was pasted with its end of line, say."""
    async with provider() as there, httpx.AsyncClient() as http:
        there.answers.append(says({}))
        port = there.url.rsplit(":", 1)[1].strip("/")
        said = await call(http, url.replace("{port}", port), content=b"{}", headers=headers, timeout=1.0)
        assert isinstance(said, RetryLater)
        assert said.ours
        assert there.asked == []


async def test_who_never_got_through_knows_it_before_the_lane_gives_up():
    """Or a provider that is away would leave every message unknown, and what is unknown is never sent again."""
    allowed: dict[str, float] = {}

    def there(request: httpx.Request) -> httpx.Response:
        allowed.update(request.extensions["timeout"])
        return httpx.Response(200, json={})

    async with httpx.AsyncClient(transport=httpx.MockTransport(there)) as http:
        await call(http, "http://provider", content=b"", headers={}, timeout=9.0)
    assert allowed["pool"] + allowed["connect"] < allowed["read"] == 9.0


async def test_a_date_says_when_to_come_again():
    async with provider() as there:
        there.answers.append(says(b"", "429 Too Many", retry_after="Wed, 01 Jan 2020 00:00:00 GMT"))
        assert await called(there.url) == RetryLater("HTTP 429", timedelta())


async def test_drops_keep_the_line_busy_only_as_long_as_the_lane_allows():
    async with provider() as there, httpx.AsyncClient() as http:
        there.answers.append(drips)

        class Gateway:
            async def send(self, _message: Message):
                return await call(http, there.url, content=b"", headers={}, timeout=5)

        lane = Lane(GatewaySettings(name="slow", channels=("sms",), timeout=0.3), Gateway())
        assert await lane.send(Message("d1", "sms", "+86138", "")) == Unknown("no answer in time")
        assert lane.health < 1
