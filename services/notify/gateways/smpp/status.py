"""What a ``command_status`` proves about a message that was submitted (SMPP 3.4, table 5-2)."""

from datetime import timedelta

from services.notify.gateways.gateway import Rejected, RetryLater, Unknown

OK = 0x00
BIND_FAILED, BAD_PASSWORD, BAD_SYSTEM_ID, ALREADY_BOUND = 0x0D, 0x0E, 0x0F, 0x05
NO_SUCH_COMMAND = 0x03
TRY_AGAIN, UNREADABLE = 0x64, 0x65
"""ESME_RX_T_APPN, ESME_RX_P_APPN: what we answer when we cannot keep what came, now or ever."""

THROTTLED, QUEUE_FULL = 0x58, 0x14
_SOON = timedelta(seconds=5)
_OF_THE_MESSAGE = {
    0x01: "RINVMSGLEN",
    0x0B: "RINVDSTADR",
    0x33: "RINVNUMDESTS",
    0x40: "RINVDESTFLAG",
    0x50: "RINVDSTTON",
    0x51: "RINVDSTNPI",
    0x61: "RINVSCHED",
    0x62: "RINVEXPIRY",
    0x66: "RX_R_APPN",
}
"""It would be refused again, here and elsewhere."""
_NOBODY_KNOWS = {0x08: "RSYSERR", 0x65: "RX_P_APPN", 0xFF: "RUNKNOWNERR"}
"""The SMSC broke over it: what it had done by then it does not say."""
_NAMES = {
    0x04: "RINVBNDSTS",
    0x0A: "RINVSRCADR",
    QUEUE_FULL: "RMSGQFUL",
    0x45: "RSUBMITFAIL",
    0x48: "RINVSRCTON",
    THROTTLED: "RTHROTTLED",
    TRY_AGAIN: "RX_T_APPN",
}


def outcome_of(status: int) -> Rejected | RetryLater | Unknown:
    """Of any status but OK. What is this account's trouble, or nobody's name for anything, can be tried again."""
    if status in _OF_THE_MESSAGE:
        return Rejected(_OF_THE_MESSAGE[status])
    if status in _NOBODY_KNOWS:
        return Unknown(_NOBODY_KNOWS[status])
    after = _SOON if status in (THROTTLED, QUEUE_FULL, TRY_AGAIN) else None
    return RetryLater(_NAMES.get(status, f"0x{status:X}"), after)
