"""The doors as people use them: when one says 503 they come again, with the same key."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
from pydantic_core import from_json

from lastmile.corridor import ask
from lastmile.simulation.story import Story
from lastmile.trouble import Trouble
from shared.bus import Bus
from shared.ids import named_id
from shared.settings import Settings
from shared.staff import make_token
from shared.words import Channel

_PATIENCE = 60.0  # seconds
_LONGEST_PAUSE = 2.0  # seconds
_STAFF = "s-simulation"


class RefusedAtTheDoorError(Exception):
    """A 4xx: repeating would not help. The message is the problem's slug."""


class Doors:
    """``run`` makes this simulation's keys its own."""

    def __init__(self, settings: Settings, bus: Bus, run: str) -> None:
        self._settings = settings
        self._bus = bus
        self._run = run
        self._http = httpx.AsyncClient(timeout=15, trust_env=False, limits=httpx.Limits(max_connections=200))
        self._tokens: dict[str, str] = {}
        self.repeated = 0
        """How often a door said: later."""

    async def close(self) -> None:
        await self._http.aclose()

    async def submit(self, story: Story) -> dict[str, Any]:
        """Return id, code and token of the new request. Raises RefusedAtTheDoorError, Refused."""
        key = self._key(story, "submit")
        if story.channel is Channel.WEB:
            url = f"{self._settings.public_url}/v1/requests"
            return await self._post(url, story.body, {"Idempotency-Key": key})
        return await ask(self._bus, f"inbound.{story.channel.value}.request", {"key": key, **story.body})

    async def command(self, story: Story, worker: str, name: str, **fields: Any) -> None:
        """A worker does something about it. Raises RefusedAtTheDoorError."""
        url = f"{self._settings.console_url}/v1/commands/{name}"
        headers = {
            "Authorization": f"Bearer {self._token(worker, 'worker')}",
            "Idempotency-Key": self._key(story, f"{name}-{fields.get('round', 0)}"),
        }
        await self._post(url, {k: v for k, v in fields.items() if k != "round"}, headers)

    async def answer(self, story: Story, given: dict[str, Any]) -> None:
        """The resident says how it went. Raises RefusedAtTheDoorError."""
        url = f"{self._settings.public_url}/v1/requests/{given['code']}/feedback"
        body = {
            "solved": story.ending == "solved",
            "satisfaction": story.satisfaction,
            "comment": story.comment,
        }
        await self._post(url, body, {"Authorization": f"Bearer {given['token']}"})

    async def watch(self, connected: asyncio.Event) -> AsyncIterator[dict[str, Any]]:
        """Yield every row of the ledger as it changes, for ever; comes again where it was cut off."""
        url = f"{self._settings.console_url}/v1/live"
        last = ""
        while True:
            headers = {"Authorization": f"Bearer {self._token(_STAFF, 'staff')}"}
            headers |= {"Last-Event-ID": last} if last else {}
            with contextlib.suppress(httpx.TransportError):
                async with self._http.stream("GET", url, headers=headers, timeout=60) as stream:
                    if stream.status_code in (401, 403, 404):
                        raise Trouble(f"The console answers {stream.status_code} at {url}.")
                    if stream.status_code == 200:
                        connected.set()
                        async for event in _events(stream):
                            last = event.get("id", last)
                            if event.get("event") == "ledger":
                                yield from_json(event["data"])
            await asyncio.sleep(0.5)

    async def _post(self, url: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        clock = asyncio.get_running_loop().time
        deadline, pause = clock() + _PATIENCE, 0.1
        while True:
            try:
                answer = await self._http.post(url, json=body, headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code < 400:
                return answer.json()
            if answer is not None and answer.status_code not in (429, 502, 503, 504):
                raise RefusedAtTheDoorError(_slug(answer))
            if clock() > deadline:
                raise RefusedAtTheDoorError("no_answer")
            self.repeated += 1
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _key(self, story: Story, what: str) -> str:
        return named_id(self._run, str(story.number), what)

    def _token(self, who: str, role: Any) -> str:
        if who not in self._tokens:
            self._tokens[who] = make_token(self._settings, who, role)
        return self._tokens[who]


async def _events(stream: httpx.Response) -> AsyncIterator[dict[str, str]]:
    """Read server-sent events (WHATWG HTML, 9.2): fields line by line, an empty line ends one."""
    event: dict[str, str] = {}
    async for line in stream.aiter_lines():
        if not line:
            if "data" in event:
                yield event
            event = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            event[name] = f"{event['data']}\n{value}" if name == "data" and "data" in event else value


def _slug(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("reason") or answer.status_code)
    except ValueError:
        return str(answer.status_code)
