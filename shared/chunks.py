"""What outgrows a message: kept in chunks in a stream beside the journal, under a name that its content gives it.

Readers need no right to make a consumer: they ask for each chunk by its subject.
"""

from nats.errors import Error as NatsError
from pydantic_core import to_json

from shared.bus import Bus
from shared.journal import UnavailableError

_CHUNK = 512 * 1024  # bytes; a message holds 1 MB


class ChunkMissingError(Exception):
    """The stream does not hold it, or not the whole of it."""


class Chunks:
    """``Chunks(bus, "PLANS", "plan")`` keeps its things under ``plan.<tenant>.<name>.<place>``."""

    def __init__(self, bus: Bus, stream: str, word: str) -> None:
        self._bus = bus
        self._stream = stream
        self._word = word

    async def put(self, tenant: str, name: str, data: bytes) -> None:
        """Store it; storing it again changes nothing. Raises UnavailableError."""
        chunks = [data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK)]
        for place, chunk in enumerate(chunks):
            await self._bus.publish(
                self._subject(tenant, name, place), chunk, {"lm-chunks": str(len(chunks))}
            )

    async def get(self, tenant: str, name: str) -> bytes:
        """Raises ChunkMissingError, UnavailableError."""
        data, total, place = bytearray(), 1, 0
        while place < total:
            chunk, total = await self._chunk(self._subject(tenant, name, place))
            data += chunk
            place += 1
        return bytes(data)

    def _subject(self, tenant: str, name: str, place: int) -> str:
        return f"{self._word}.{tenant}.{name}.{place:04}"

    async def _chunk(self, subject: str) -> tuple[bytes, int]:
        question = to_json({"last_by_subj": subject})
        try:
            message = await self._bus.client.request(
                f"$JS.API.DIRECT.GET.{self._stream}", question, timeout=5
            )
        except (NatsError, OSError) as unreachable:
            raise UnavailableError(f"the stream {self._stream} does not answer") from unreachable
        headers = message.headers or {}
        if "lm-chunks" not in headers:
            raise ChunkMissingError(subject)
        return message.data, int(headers["lm-chunks"])
