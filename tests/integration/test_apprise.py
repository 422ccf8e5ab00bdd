"""What goes out over Apprise, to real counterparties: an SMTP server, an MQTT broker, an HTTP server on its bad days.

A yes is accepted. A no is read for what it proves: refused for good, come again, or nobody knows.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import ValidationError

from services.notify.gateways.apprise import Apprise, AppriseSettings
from services.notify.gateways.gateway import Accepted, Message, Parts, Rejected, RetryLater, Unknown
from shared.vault import Locksmith
from tests.fixtures import mosquitto
from tests.fixtures.provider import Provider, drips, hangs_up, provider, says, silence
from tests.fixtures.waiting import until

LOCKSMITH = Locksmith(b"m" * 32)
TEXT = "【梧桐里街道】停水通知\n明天上午九点起停水两小时 <请备水>"


def settings(name: str, url: str | None = None, **more: Any) -> AppriseSettings:
    said = {"kind": "apprise", "name": name, "timeout": 6, **more}
    if url is not None:
        said["url"] = LOCKSMITH.seal_setting(url)
    return AppriseSettings.model_validate(said, context={"locksmith": LOCKSMITH})


def gateway(name: str, url: str, **more: Any) -> Apprise:
    return settings(name, url, **more).open(Parts(None, None))  # pyright: ignore[reportArgumentType]


def message(to: str, text: str = TEXT) -> Message:
    return Message("d1", "chat", to, text)


# mail ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Post:
    """A post office. ``at_rcpt`` and ``at_data``: what it answers; None: all is well; "hang up": it does."""

    def __init__(self) -> None:
        self.at_rcpt: str | None = None
        self.at_data: str | None = None
        self.taken: list[Envelope] = []
        self.calls = 0

    async def handle_RCPT(self, server: SMTP, _session: Session, envelope: Envelope, to: str, _options: Any):
        if self.at_rcpt is not None:
            return self.at_rcpt
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.calls += 1
        self.taken.append(envelope)
        if self.at_data == "hang up":
            server.transport.abort()
        elif self.at_data == "silence":
            await asyncio.sleep(20)
        return self.at_data or "250 OK"


@pytest.fixture
def post():
    post = Post()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    there = Controller(post, hostname="127.0.0.1", port=port)
    there.start()
    post.port = port
    yield post
    there.stop(no_assert=True)


def mail(post: Any) -> Apprise:
    return gateway("mail", f"mailto://127.0.0.1:{post.port}?from=office%40example.cn&format=text&to={{to}}")


async def test_a_mail_arrives_as_it_was_written(post):
    """In plain text, with a subject, to one person."""
    assert await mail(post).send(message("mail:li@example.cn")) == Accepted()
    (taken,) = post.taken
    assert taken.rcpt_tos == ["li@example.cn"]
    said = message_from_bytes(taken.content, policy=policy.default)
    assert said["subject"] == "【梧桐里街道】停水通知"
    assert said.get_body(("plain",)).get_content().split() == TEXT.split()


@pytest.mark.parametrize(
    ("at_rcpt", "at_data", "outcome"),
    [
        ("550 no such user", None, Rejected("SMTP 550")),
        ("450 greylisted", None, RetryLater("SMTP 450")),
        (None, "554 not with these words", Rejected("SMTP 554")),
        (None, "451 come again", RetryLater("SMTP 451")),
        (None, "hang up", Unknown("SMTPServerDisconnected")),
    ],
)
async def test_a_post_office_says_no_for_now_or_for_good(post, at_rcpt, at_data, outcome):
    """Who hangs up with the mail in his hand may have it: nobody sends it again."""
    post.at_rcpt, post.at_data = at_rcpt, at_data
    assert await mail(post).send(message("mail:li@example.cn")) == outcome
    assert post.calls <= 1


async def test_a_post_office_that_falls_silent_with_the_mail_in_its_hand(post):
    post.at_data = "silence"
    assert isinstance(await mail(post).send(message("mail:li@example.cn")), Unknown)


async def test_a_post_office_that_is_not_there_was_given_nothing():
    sends = gateway("mail", "mailto://127.0.0.1:1?from=a%40example.cn&to={to}")
    assert await sends.send(message("mail:li@example.cn")) == RetryLater("ConnectionRefusedError")


@pytest.mark.parametrize(
    "to",
    [
        "mail:li@example.cn&from=boss@example.cn",
        "mail:li@example.cn?retry=5",
        "mail:li@example.cn/wang@example.cn",
    ],
)
async def test_an_address_cannot_become_another_part_of_the_url(post, to):
    """Whatever comes of it, the office's own address is the sender, and nobody else gets it."""
    await mail(post).send(message(to))
    for taken in post.taken:
        assert taken.mail_from == "office@example.cn"
        assert len(taken.rcpt_tos) == 1
        assert "wang@example.cn" not in taken.rcpt_tos


async def test_two_addresses_in_one_are_refused(post):
    """One that fails would look as if both had, and one that arrives as if both had."""
    for to in ("mail:li@example.cn,wang@example.cn", "mail:li@example.cn wang@example.cn", "mail:"):
        assert await mail(post).send(message(to)) == Rejected("no such address")
    assert post.taken == []


async def test_nothing_of_a_message_stands_in_a_log(post):
    """Apprise logs addresses and words: nothing of it comes to whoever writes our log."""
    heard: list[logging.LogRecord] = []
    ours = logging.Handler()
    ours.emit = heard.append
    logging.getLogger().addHandler(ours)
    try:
        await mail(post).send(message("mail:li@example.cn"))
        post.at_rcpt = "550 no such user"
        await mail(post).send(message("mail:li@example.cn"))
    finally:
        logging.getLogger().removeHandler(ours)
    assert not [record for record in heard if record.name.startswith("apprise")]


# MQTT ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
async def broker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[mosquitto.Mosquitto]:
    here = mosquitto.Mosquitto(tmp_path_factory.mktemp("mosquitto"))
    await here.start()
    try:
        yield here
    finally:
        here.kill()


def topics(port: int, password: str = mosquitto.PASSWORD) -> Apprise:
    return gateway("screens", f"mqtt://{mosquitto.USER}:{quote(password)}@127.0.0.1:{port}/{{to}}")


async def test_a_screen_shows_it_when_the_broker_has_acknowledged_it(broker):
    with broker.listening("hall") as heard:
        assert await topics(broker.port).send(message("screens:hall")) == Accepted()

        async def shown() -> bool:
            return heard == [TEXT]

        await until(shown, what="the topic says nothing")


async def test_a_broker_that_lets_nobody_in_has_published_nothing(broker):
    """The library cannot tell whether it went out: then we do not claim that it did, nor that it did not."""
    with broker.listening("hall") as heard:
        outcome = await topics(broker.port, "wrong").send(message("screens:hall"))
        assert isinstance(outcome, Unknown | RetryLater)
        await asyncio.sleep(0.5)
        assert heard == []


async def test_a_broker_that_is_not_there_was_told_nothing():
    assert await topics(1).send(message("screens:hall")) == RetryLater("ConnectionRefusedError")


# whatever speaks HTTP ───────────────────────────────────────────────────────────────────────────────────────────────


def hook(there: Provider, **more: Any) -> Apprise:
    return gateway("hook", there.url.replace("http://", "json://") + "{to}", **more)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (says({}), Accepted()),
        (says({}, "429 Too Many Requests"), RetryLater("HTTP 429")),
        (says({}, "401 Unauthorized"), RetryLater("HTTP 401")),
        (says({}, "400 Bad Request"), Rejected("HTTP 400")),
        (says({}, "410 Gone"), Rejected("HTTP 410")),
        (says({}, "500 Internal Server Error"), Unknown("HTTP 500")),
        (says(b"<html>", "503 Service Unavailable"), Unknown("HTTP 503")),
        (silence, Unknown("ReadTimeout")),
        (hangs_up, Unknown("ConnectionError")),
    ],
)
async def test_what_a_provider_answers_over_http(answer, outcome):
    async with provider() as there:
        there.answers.append(answer)
        assert await hook(there, timeout=1.5).send(message("hook:qinghe")) == outcome
        assert len(there.asked) == 1, "it was said once"


async def test_a_provider_that_drips_for_ever_is_not_waited_for():
    """The lane stops waiting; what it then says is Unknown."""
    async with provider() as there:
        there.answers.append(drips)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await hook(there, timeout=1.5).send(message("hook:qinghe"))


async def test_a_provider_that_is_not_there_was_told_nothing():
    sends = gateway("hook", "json://127.0.0.1:1/{to}")
    assert await sends.send(message("hook:qinghe")) == RetryLater("ConnectionError")


async def test_each_room_may_have_a_url_of_its_own():
    """Slack has one for each channel, with its secret in it."""
    async with provider() as there:
        there.answers.append(says({}))
        room = LOCKSMITH.seal_setting(there.url.replace("http://", "json://"))
        sends = settings("slack", rooms={"qinghe": room}).open(Parts(None, None))  # pyright: ignore[reportArgumentType]
        assert await sends.send(message("slack:qinghe")) == Accepted()
        assert await sends.send(message("slack:elsewhere")) == Rejected("no such address")


# what the file may say ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "url",
    [
        "mailto://127.0.0.1?from=a@b.cn",
        "mailto://127.0.0.1?to={to}&cc={to}",
        "mailto://127.0.0.1?to={to}&optional=yes",
        "mailto://127.0.0.1?to={to}&retry=3",
        "mailto://127.0.0.1?to={to}&overflow=split",
        "wecombot://key/?to={to}",
        "feishu://{to}",
        "dingtalk://{to}",
        "lark://{to}",
        "syslog://{to}",
    ],
)
def test_what_would_not_tell_the_truth_is_not_set_up(url):
    """Who says yes to a no, tries again in secret, or counts a failure as success."""
    with pytest.raises(ValidationError) as wrong:
        settings("g", url)
    assert "127.0.0.1" not in str(wrong.value.errors(include_input=False, include_context=False))


def test_a_url_stands_sealed():
    with pytest.raises(ValidationError):
        AppriseSettings.model_validate(
            {"kind": "apprise", "name": "mail", "url": "mailto://u:p@h?to={to}"},
            context={"locksmith": LOCKSMITH},
        )
