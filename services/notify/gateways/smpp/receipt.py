"""Receipts: what an SMSC says became of a message, in optional parameters or in the text of appendix B (SMPP 3.4)."""

import re
from dataclasses import dataclass
from typing import Literal

import smpp34

from services.notify.gateways.gateway import Accepted, Confirmed, News, Rejected, Unknown
from services.notify.gateways.smpp.pdu import (
    MESSAGE_PAYLOAD,
    MESSAGE_STATE,
    RECEIPTED_MESSAGE_ID,
    USER_MESSAGE_REFERENCE,
)

Ids = Literal["same", "decimal", "hex"]
"""How receipts write the id that ``submit_sm_resp`` gave: some SMSCs give it in hexadecimal and tell it in decimal, or
the other way round.
"""

_KINDS, _RECEIPT, _ON_ITS_WAY = 0x3C, 0x04, 0x20
"""Bits of esm_class."""
_DELIVERED = {2, "DELIVRD"}
_GONE = {3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 8: "REJECTD"}
_GOING = {0, 1, 6, "SCHEDULED", "ENROUTE", "ACCEPTD"}
_SAID = re.compile(r"\b(id|stat|err):\s*(\S+)", re.IGNORECASE)


@dataclass(frozen=True)
class Receipt:
    id: str
    news: News
    mark: int | None = None
    """Our ``user_message_reference``, where the SMSC brings it back."""


Deliver = smpp34.DeliverSm


def is_receipt(heard: Deliver) -> bool:
    """Go by what the SMSC alone can set: a resident can write ``id:… stat:DELIVRD`` into an SMS."""
    return heard.esm_class & _KINDS in (_RECEIPT, _ON_ITS_WAY) or any(
        each.tag == RECEIPTED_MESSAGE_ID for each in heard.tlvs
    )


def octets_of(heard: Deliver) -> bytes:
    payload = (each.value for each in heard.tlvs if each.tag == MESSAGE_PAYLOAD)
    return heard.short_message or next(payload, b"")


def read_receipt(heard: Deliver) -> Receipt | None:
    """Return None when it names no message, or no state that there is."""
    tlvs = {each.tag: each.value for each in heard.tlvs}
    octets = octets_of(heard)
    text = octets.decode("utf-16-be", "replace") if heard.data_coding == 8 else octets.decode("latin-1")
    said: dict[str, str] = {}
    for name, value in _SAID.findall(text.partition("text:")[0]):
        said.setdefault(name.lower(), value)
    name = tlvs.get(RECEIPTED_MESSAGE_ID, b"").rstrip(b"\0").decode("latin-1") or said.get("id")
    state = tlvs.get(MESSAGE_STATE)
    news = state_news(state[0] if state else said.get("stat", "").upper(), said.get("err", ""))
    mark = tlvs.get(USER_MESSAGE_REFERENCE)
    if not name or news is None:
        return None
    return Receipt(name, news, int.from_bytes(mark, "big") if mark else None)


def state_news(state: int | str, error: str = "") -> News | None:
    """Table 5-6 and appendix B. An SMSC that does not know itself says so, too."""
    if state in _DELIVERED:
        return Confirmed()
    if state in _GOING:
        return Accepted()
    for number, word in _GONE.items():
        if state in (number, word):
            why = f"{word} {error.lstrip('0')}".strip()
            return Rejected(why)
    return Unknown("UNKNOWN") if state in (7, "UNKNOWN") else None


def as_submitted(name: str, ids: Ids) -> str:
    """Return the id of a receipt as ``submit_sm_resp`` had it."""
    try:
        match ids:
            case "decimal":
                return f"{int(name):x}"
            case "hex":
                return str(int(name, 16))
            case "same":
                return name
    except ValueError:
        return name


def plain(name: str, ids: Ids) -> str:
    """Return an id of ``submit_sm_resp`` as it is kept: without zeros before it and capitals, where it is a number."""
    return name if ids == "same" else name.lstrip("0").lower() or name
