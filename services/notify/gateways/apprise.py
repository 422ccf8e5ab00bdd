"""Mail, Telegram, Slack, MQTT, Twilio and many more over the library Apprise: one URL names a service with its secrets.

Apprise answers yes or no. What a no proves stands in what it logs while it fails: the exception in flight, or the status
that a provider answered. So each call has a witness, and whatever the witness cannot tell is unknown and never sent again.
"""

import asyncio
import logging
import re
import smtplib
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Any, Literal
from urllib.parse import parse_qs, quote, urlsplit

from pydantic import Field, SecretStr, model_validator

from services.notify.gateways.gateway import (
    Accepted,
    Channel,
    Credential,
    GatewaySettings,
    Message,
    Outcome,
    Parts,
    Rejected,
    RetryLater,
    Unknown,
)

_TO = "{to}"
_SAYS_YES_TO_A_NO = frozenset(
    {"dingtalk", "feishu", "lark", "pushdeer", "pushdeers", "pushme", "qq", "schan", "spugpush", "wecombot"}
)
"""They answer 200 with an error in the body, and Apprise looks at the status alone."""
_HERE = frozenset({"blink1", "dbus", "gio", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows"})
"""These tell this machine, and no person."""
_MAIL = frozenset({"mailto", "mailtos"})
_CHANGES_THE_ANSWER = frozenset({"optional", "overflow", "retry"})
"""A failure that counts as success, several messages for one, and a second try that nobody knows of."""
_STATUS = re.compile(r"error=(\d{3})\b")
_TOO_MANY, _BROKEN = 429, 500
_OF_THE_MESSAGE = frozenset({400, 410, 413, 422})
"""No such recipient, or a text that it does not take. Other refusals are the account's trouble, and may pass."""
_SUBJECT = 60
"""Characters of the text that head a mail."""


class AppriseSettings(GatewaySettings):
    kind: Literal["apprise"]
    channels: tuple[Channel, ...] = ("chat",)
    url: Credential | None = Field(default=None, description="with {to} where the recipient's address goes")
    rooms: dict[str, Credential] = Field(default_factory=dict, description="one URL for each room")

    @model_validator(mode="after")
    def _says_what_it_does(self) -> "AppriseSettings":
        if self.url is None and not self.rooms:
            raise ValueError("url or rooms: one of them")
        if self.url is not None and self.url.get_secret_value().count(_TO) != 1:
            raise ValueError("url: {to} stands for the recipient, once")
        for secret in self._urls():
            said = urlsplit(secret.get_secret_value())
            if said.scheme in _SAYS_YES_TO_A_NO | _HERE:
                raise ValueError(f"{said.scheme}: not over apprise (docs/gateways.md)")
            if changes := _CHANGES_THE_ANSWER & parse_qs(said.query).keys():
                raise ValueError(f"{said.scheme}: without {', '.join(sorted(changes))}")
        return self

    def _urls(self) -> Iterator[SecretStr]:
        yield from (self.url,) if self.url is not None else ()
        yield from self.rooms.values()

    def url_of(self, to: str) -> str | None:
        """Return the service's URL for one address, ``<gateway>:<room or address>`` or the address alone. The address
        cannot become another part of the URL.
        """
        name = to.removeprefix(f"{self.name}:")
        if (room := self.rooms.get(name)) is not None:
            return room.get_secret_value()
        if self.url is None or not name or re.search(r"[\s,;]", name):
            return None
        return self.url.get_secret_value().replace(_TO, quote(name, safe=""))

    def open(self, parts: Parts) -> "Apprise":  # noqa: ARG002 - it makes its own calls
        return Apprise(self)


@dataclass
class Seen:
    """What came to light while one call failed."""

    error: BaseException | None = None
    in_hand: bool = False
    """The message itself was being said, not a greeting or a password."""
    status: int | None = None


class _Witness(logging.Handler):
    """Apprise logs within its ``except``: there the exception can still be seen. Nothing that it logs is kept or printed,
    since addresses stand in it.
    """

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._of_this_call = threading.local()

    def begin(self) -> Seen:
        self._of_this_call.seen = seen = Seen()
        return seen

    def emit(self, record: logging.LogRecord) -> None:
        seen: Seen | None = getattr(self._of_this_call, "seen", None)
        if seen is None:
            return
        error = sys.exc_info()[1]
        if error is not None and seen.error is None:
            seen.error, seen.in_hand = error, record.funcName == "sendmail"
        if (said := _STATUS.search(record.getMessage())) and seen.status is None:
            seen.status = int(said.group(1))
        if "was refused" in record.msg and record.args:  # one recipient of a mail
            _, code, why = record.args if isinstance(record.args, tuple) else ("", 0, "")
            seen.error, seen.in_hand = smtplib.SMTPResponseException(int(str(code)), str(why)), True


_WITNESS = _Witness()


@dataclass
class _Library:
    """It takes seconds to load, so nobody loads it who does not use it."""

    module: Any = field(default_factory=lambda: import_module("apprise"))

    def __post_init__(self) -> None:
        logger = logging.getLogger("apprise")
        logger.propagate = False
        logger.setLevel(logging.DEBUG)
        if _WITNESS not in logger.handlers:
            logger.addHandler(_WITNESS)
        memory = self.module.PersistentStoreMode.MEMORY
        self.asset = self.module.AppriseAsset(app_id="Lastmile", app_desc="", storage_mode=memory)

    def service(self, url: str, patience: float) -> Any | None:
        """Return the one service behind a URL, which waits ``patience`` seconds at most for each answer."""
        service = self.module.Apprise.instantiate(url, asset=self.asset)
        if service is None or len(service) != 1:  # one URL a recipient: a part that fails would look like all
            return None
        service.socket_connect_timeout = service.socket_read_timeout = patience
        if hasattr(service, "qos"):
            service.qos = max(1, service.qos)  # MQTT: a broker acknowledges from 1 on
        return service


class Apprise:
    def __init__(self, settings: AppriseSettings) -> None:
        self._settings = settings
        self._threads = ThreadPoolExecutor(settings.at_once, thread_name_prefix=f"apprise-{settings.name}")
        self._library = self._threads.submit(_Library)

    async def send(self, message: Message) -> Outcome:
        url = self._settings.url_of(message.to)
        if url is None:
            return Rejected("no such address")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(self._say, url, message.text))

    def _say(self, url: str, text: str) -> Outcome:
        seen = _WITNESS.begin()
        service = self._library.result().service(url, self._settings.timeout / 3)
        if service is None:
            return Rejected("not a usable address")
        title = text.splitlines()[0][:_SUBJECT] if urlsplit(url).scheme in _MAIL else ""
        if service.notify(body=text, title=title, body_format="text") is True:
            return Accepted()
        return _judged(seen)


def _judged(seen: Seen) -> Outcome:
    """What a no proves."""
    match seen.error:
        case None:
            return _answered(seen.status)
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            return _mail(max(code for code, _ in refused.values()))
        case smtplib.SMTPSenderRefused() | smtplib.SMTPAuthenticationError() as refused:
            return RetryLater(f"SMTP {refused.smtp_code}", ours=True)  # our account, and not this message
        case smtplib.SMTPResponseException(smtp_code=code) if seen.in_hand:
            return _mail(code)
        case error if seen.in_hand or not _before_anything_was_sent(error):
            return Unknown(type(error).__name__)
        case error:
            return RetryLater(type(error).__name__)


def _mail(code: int) -> Outcome:
    """RFC 5321, section 4.2.1: 4 is for now, 5 for good."""
    return Rejected(f"SMTP {code}") if code >= _BROKEN else RetryLater(f"SMTP {code}")


def _answered(status: int | None) -> Outcome:
    if status is None or status >= _BROKEN or status < 400:
        return Unknown("no reason given" if status is None else f"HTTP {status}")
    return Rejected(f"HTTP {status}") if status in _OF_THE_MESSAGE else RetryLater(f"HTTP {status}")


def _before_anything_was_sent(error: BaseException) -> bool:
    """Whether the call never got through. Mail and MQTT log an error elsewhere only while they connect; over HTTP the reason
    lies inside.
    """
    requests: Any = import_module("requests")
    if not isinstance(error, requests.RequestException):
        return True
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError):
        return True
    cause: object = getattr(error.args[0], "reason", None) if error.args else None
    return type(cause).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")
