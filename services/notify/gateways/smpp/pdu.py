"""PDUs on the wire (SMPP 3.4, chapter 4): frames, and those that carry no message. ``smpp34`` codes the others."""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct

BIND_RECEIVER, BIND_TRANSMITTER, BIND_TRANSCEIVER = 0x01, 0x02, 0x09
QUERY_SM, SUBMIT_SM, DELIVER_SM, UNBIND, ENQUIRE_LINK = 0x03, 0x04, 0x05, 0x06, 0x15
ALERT_NOTIFICATION = 0x102
"""The one request that nobody answers."""
RECEIPTED_MESSAGE_ID, MESSAGE_STATE, MESSAGE_PAYLOAD, USER_MESSAGE_REFERENCE = 0x1E, 0x427, 0x424, 0x204
"""Optional parameters."""
RESPONSE = 0x80000000
GENERIC_NACK = RESPONSE
_VERSION = 0x34

_HEADER = Struct(">IIII")
_LONGEST = 128 * 1024
"""Octets: ``message_payload`` alone may have 64 K."""


class GarbageError(Exception):
    """What came is no SMPP: where the next frame begins nobody can tell."""


@dataclass(frozen=True, slots=True)
class Frame:
    command: int
    status: int
    sequence: int
    whole: bytes

    @property
    def body(self) -> bytes:
        return self.whole[_HEADER.size :]


class Frames:
    """Cuts what comes over the wire into frames."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, came: bytes) -> Iterator[Frame]:
        """Raises GarbageError."""
        self._rest += came
        start = 0
        try:
            while len(self._rest) - start >= _HEADER.size:
                length, command, status, sequence = _HEADER.unpack_from(self._rest, start)
                if not _HEADER.size <= length <= _LONGEST:
                    raise GarbageError(f"a frame of {length} octets")
                if len(self._rest) - start < length:
                    break
                yield Frame(command, status, sequence, bytes(self._rest[start : start + length]))
                start += length
        finally:
            del self._rest[:start]


def pdu(command: int, sequence: int, body: bytes = b"", status: int = 0) -> bytes:
    return _HEADER.pack(_HEADER.size + len(body), command, status, sequence) + body


def text_field(text: str) -> bytes:
    return text.encode("latin-1", "replace").replace(b"\0", b"") + b"\0"


def first_text_field(body: bytes) -> str:
    return body.partition(b"\0")[0].decode("latin-1")


def bind_body(system_id: str, password: str, system_type: str) -> bytes:
    named = text_field(system_id) + text_field(password) + text_field(system_type)
    return named + bytes((_VERSION, 0, 0)) + text_field("")


def query_body(message_id: str, source: str, ton: int, npi: int) -> bytes:
    return text_field(message_id) + bytes((ton, npi)) + text_field(source)


def queried_state(body: bytes) -> tuple[int, int] | None:
    """Return message_state and error_code of a ``query_sm_resp``."""
    _id, _, rest = body.partition(b"\0")
    _final_date, _, last = rest.partition(b"\0")
    return (last[0], last[1]) if len(last) >= 2 else None
