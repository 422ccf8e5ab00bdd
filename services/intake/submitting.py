"""From words to a fact: what happens between a submission and its acknowledgement by the journal.

No database stands on this path; the key that seals was stored ahead.
"""

import asyncio
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.intake.domain import SUBMISSION, State, decide
from services.intake.wording import InboundSubmission, Submission, personal, place_of
from shared.bus import Bus
from shared.clock import now
from shared.commands.submission import SubmitRequest
from shared.documents import Read
from shared.envelope import Fact, History
from shared.events.event import Event, Sealed
from shared.events.submission import PastOutcome, RequestSubmitted
from shared.ids import keyed_hash, named_id, new_id, request_id, request_token, tracking_code
from shared.journal import ConflictError, UnavailableError
from shared.observability import REQUESTS_ACCEPTED, TRACEPARENT, new_traceparent
from shared.refusal import Refused
from shared.settings import Settings
from shared.vault import Vault
from shared.words import Channel

_NOTHING_YET = State()
_ACCEPTED = {channel: REQUESTS_ACCEPTED.labels(channel) for channel in Channel}
_CROWDED = 8  # submissions under way
_REST, _LONG_REST = 0.25, 2.0  # seconds
_JUST_NOW = 0.05  # seconds


_ANSWER = (
    b'{"id":"%(id)b","code":"%(code)b","token":"%(token)b","status":"submitted","links":{'
    b'"self":"/v1/requests/%(code)b","feedback":"/v1/requests/%(code)b/feedback","page":"%(url)b/r/%(code)b"}}'
)
"""Ids, codes and tokens need no escape."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the submitter gets; the same again for the same key. ``token`` allows feedback, the code only reading."""

    id: str
    code: str
    token: str

    def body(self, public_url: bytes) -> bytes:
        """JSON; and the URL as JSON writes it."""
        return _ANSWER % {
            b"id": self.id.encode(),
            b"code": self.code.encode(),
            b"token": self.token.encode(),
            b"url": public_url,
        }


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asks, over what, and what was found out about it. ``building`` is what an address was found to name."""

    channel: Channel = Channel.WEB
    key: str | None = None
    at: datetime | None = None
    source_key: str | None = None
    building: str | None = None
    outcome: PastOutcome | None = None


class Submitting:
    def __init__(self, settings: Settings, bus: Bus, vault: Vault) -> None:
        self._settings = settings
        self._tenant = settings.tenant
        self._door = settings.door
        self._bus = bus
        self._vault = vault
        self._under_way = 0
        self._asked = 0.0
        self._remembered = 0.0

    async def submit(self, said: Submission | InboundSubmission, origin: Origin) -> Accepted:
        """Store it once. Raises Refused("another_body"), UnavailableError, VaultEmptyError."""
        if self._under_way >= self._settings.most_in_flight:
            raise UnavailableError("too many at once")
        self._under_way += 1
        self._asked = asyncio.get_running_loop().time()
        try:
            while True:
                await self._in_step()
                code = self._code(origin)
                request, fingerprint = request_id(self._tenant, code), self._fingerprint(said)
                history = History(self._tenant, SUBMISSION.owner, SUBMISSION.aggregate, request)
                await self._in_step()
                sealed = self._vault.seal(history.subject, personal(said))
                await self._in_step()
                command = self._command(
                    said, origin, request, code=code, fingerprint=fingerprint, sealed=sealed
                )
                event = decide(command, _NOTHING_YET)
                await self._in_step()
                if await self._append(command, event, history, keyed=origin.key is not None):
                    return Accepted(request, code, self.token(request))
        finally:
            self._under_way -= 1

    async def _in_step(self) -> None:
        """While many wait, they go through each part of the work one right after the other: what a part needs is then
        at hand in the processor's caches, and a submission takes a tenth less of its time.
        """
        if self._under_way >= _CROWDED:
            await asyncio.sleep(0)

    async def residents_first(self, _facts: Sequence[Read]) -> None:
        """While residents come, remembering goes by the quarter of a second, and while many wait, by two seconds.
        Nobody reads anything older for it: whoever looks up a request catches up from the journal.
        """
        clock = asyncio.get_running_loop().time
        if self._under_way >= _CROWDED:
            rest = _LONG_REST
        else:
            rest = _REST if clock() - self._asked < _JUST_NOW else 0.0
        await asyncio.sleep(max(0.0, self._remembered + rest - clock()))
        self._remembered = clock()

    def token(self, request: str) -> str:
        return request_token(self._door, self._tenant, request)

    def holds_token(self, request: str, token: str) -> bool:
        return hmac.compare_digest(self.token(request).encode(), token.encode())

    def _code(self, origin: Origin) -> str:
        """Random, or named by who asks and the key of the intent."""
        if origin.key is None:
            return tracking_code(os.urandom(8))
        return tracking_code(keyed_hash(self._door, "code", self._tenant, origin.channel, origin.key))

    def _command(
        self,
        said: Submission | InboundSubmission,
        origin: Origin,
        request: str,
        *,
        code: str,
        fingerprint: str,
        sealed: Sealed,
    ) -> SubmitRequest:
        return SubmitRequest(
            # The same words under the same key are the same command.
            id=named_id("submit", request, fingerprint) if origin.key else new_id(),
            tenant=self._tenant,
            actor=f"import:{request}" if origin.channel is Channel.IMPORT else f"resident:{request}",
            at=origin.at or now(),
            request=request,
            code=code,
            kind=said.kind,
            category=said.category,
            place=place_of(said.location, origin.building),
            community=said.community,
            channel=origin.channel,
            reachable=said.reporter is not None and said.reporter.phone is not None,
            sealed=sealed,
            fingerprint=fingerprint,
            imported=origin.channel is Channel.IMPORT,
            source_key=origin.source_key,
            about=said.about,
            outcome=origin.outcome,
        )

    async def _append(
        self, command: SubmitRequest, event: Event | None, history: History, *, keyed: bool
    ) -> bool:
        """Return False when a random code was taken already, which happens once in 2^30 requests or so."""
        assert isinstance(event, RequestSubmitted)
        fact = Fact(
            history=history,
            type="RequestSubmitted",
            id=command.id,
            version=1,
            revision=0,
            event=event,
            cause=command.id,
            actor=command.actor,
            recorded=now(),
            traceparent=TRACEPARENT.get() or new_traceparent(),
        )
        try:
            appended = await self._bus.journal.append(fact, expected=0)
        except ConflictError as conflict:
            if conflict.winner is None:
                raise UnavailableError("another write is in flight") from conflict
            if not keyed:
                return False
            # The same words under the same key have the same id and are no conflict: these are other words.
            raise Refused("another_body") from conflict
        if appended.stored is None:
            _ACCEPTED[command.channel].inc()
        return True

    def _fingerprint(self, said: Submission | InboundSubmission) -> str:
        """HMAC of the canonical body: defaults filled in, keys in order, spaces gone."""
        canonical = said.model_dump_json(exclude_none=True)
        return keyed_hash(self._door, "body", canonical)[:16].hex()
