"""Residents and grid workers in the storm: when a door is gone or says 503 they come again, with the same key."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from shared.settings import Settings
from shared.staff import make_token
from tests.chaos.sayings import DYE, Saying

_CLIENTS = 16
_WORKERS = 4
_SEEN_THROUGH = 5
"""Every so manieth request that has a worker is accepted, resolved and answered for."""
_PATIENCE = 90.0  # seconds
_PAUSE = 0.2  # seconds; Retry-After asks for more, and people have none
_NOT_ASSIGNED_YET = ((409, "not_assigned"), (404, "not_found"))
"""A complaint does not exist for workers before somebody has decided whose it is."""


@dataclass
class Told:
    """What one resident heard, in the end and before."""

    saying: Saying
    answer: dict[str, Any] = field(default_factory=dict)
    refused: int = 0
    lost: int = 0


class Crowd:
    def __init__(self, settings: Settings) -> None:
        self.told: dict[int, Told] = {}
        self.strange: list[str] = []
        """Answers that nobody should ever get."""
        self.counted: Counter[str] = Counter()
        """Over both doors: how often it said 503, how often the connection broke, what was done."""
        self._settings = settings
        self._http = httpx.AsyncClient(
            timeout=15, trust_env=False, limits=httpx.Limits(max_connections=_CLIENTS + _WORKERS)
        )
        self._to_see_through: asyncio.Queue[Told] = asyncio.Queue()
        self._workers = [asyncio.create_task(self._work()) for _ in range(_WORKERS)]

    async def close(self) -> None:
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        await self._http.aclose()

    async def sees_the_plan(self) -> bool:
        """Whether the door offers the buildings of the street."""
        answer = await self._http.get(f"{self._settings.public_url}/v1/buildings")
        return answer.status_code == 200 and len(answer.json()) > 0

    async def say(self, gust: list[Saying], acknowledged: Callable[[], None]) -> None:
        """Sixteen at once, each with one thing after the other, until all of it was acknowledged."""
        waiting = iter(gust)

        async def client() -> None:
            for saying in waiting:
                await self._say(saying)
                acknowledged()

        await asyncio.gather(*(client() for _ in range(_CLIENTS)))

    async def rest(self) -> None:
        """Wait until the workers have nothing left to do."""
        done = asyncio.create_task(self._to_see_through.join())
        await asyncio.wait({done, *self._workers}, return_when=asyncio.FIRST_COMPLETED)
        for worker in self._workers:
            if worker.done():
                worker.result()

    async def repeat(self, told: Told, body: dict[str, Any] | None = None) -> httpx.Response:
        """Say it once more under the same key, in these words or in others."""
        return await self._http.post(
            f"{self._settings.public_url}/v1/requests",
            json=body or told.saying.body,
            headers={"Idempotency-Key": told.saying.key},
        )

    # residents ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _say(self, saying: Saying) -> None:
        told = self.told[saying.number] = Told(saying)
        answer = await self._until_answered(lambda: self.repeat(told), told)
        if answer.status_code != 201:
            self._wonder("submission", answer)
            return
        told.answer = answer.json()
        if saying.worker is not None and saying.number % _SEEN_THROUGH == 0:
            self._to_see_through.put_nowait(told)

    async def _until_answered(
        self, ask: Callable[[], Awaitable[httpx.Response]], told: Told
    ) -> httpx.Response:
        clock = asyncio.get_running_loop().time
        deadline = clock() + _PATIENCE
        while True:
            assert clock() < deadline, f"nobody answered {told.saying.number} for {_PATIENCE} s"
            try:
                answer = await ask()
            except httpx.TransportError:
                told.lost += 1
                self.counted["lost"] += 1
            else:
                if answer.status_code != 503:
                    return answer
                told.refused += 1
                self.counted["refused"] += 1
                if "retry-after" not in answer.headers or answer.json()["reason"] != "unavailable":
                    self._wonder("503", answer)
            await asyncio.sleep(_PAUSE)

    def _wonder(self, at: str, answer: httpx.Response) -> None:
        self.strange.append(f"{at}: {answer.status_code} {answer.text[:200]}")

    # workers, and what residents say of their work ─────────────────────────────────────────────────────────────────

    async def _work(self) -> None:
        while True:
            told = await self._to_see_through.get()
            for name, more in (("AcceptRequest", {}), ("ResolveRequest", {"outcome": f"{DYE}，水已抽干。"})):
                await self._command(told, name, more)
            await self._answer(told)
            self._to_see_through.task_done()

    async def _command(self, told: Told, name: str, more: dict[str, str]) -> None:
        request, worker = told.answer["id"], told.saying.worker
        assert worker is not None
        headers = {
            "Authorization": f"Bearer {make_token(self._settings, worker, 'worker')}",
            "Idempotency-Key": f"{name}-{request}",
        }
        url = f"{self._settings.console_url}/v1/commands/{name}"
        clock = asyncio.get_running_loop().time
        deadline = clock() + _PATIENCE
        while True:
            answer = await self._until_answered(
                lambda: self._http.post(url, json={"request": request, **more}, headers=headers), told
            )
            if answer.status_code == 200:
                self.counted[name] += 1
                return
            early = (answer.status_code, answer.json()["reason"]) in _NOT_ASSIGNED_YET
            if not early or clock() > deadline:
                self._wonder(name, answer)
                return
            await asyncio.sleep(_PAUSE)  # routing has not found the grid yet

    async def _answer(self, told: Told) -> None:
        code = told.answer["code"]
        body = {"solved": told.saying.number % 2 == 0, "satisfaction": 4, "comment": f"{DYE}，辛苦了。"}
        headers = {"Authorization": f"Bearer {told.answer['token']}"}
        url = f"{self._settings.public_url}/v1/requests/{code}/feedback"
        answer = await self._until_answered(lambda: self._http.post(url, json=body, headers=headers), told)
        if answer.status_code == 200:
            self.counted["feedback"] += 1
        else:
            self._wonder("feedback", answer)
