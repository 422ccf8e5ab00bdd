"""How long it takes until a hostile or broken warning is refused: ``python -m tests.load.alerts``.

Prints the table of docs/alerts.md. Whoever opens a socket or a file meanwhile ends it: there is no outbound call.
"""

import math
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from services.notify.alert.cap import read_alert
from services.notify.alert.unusable import UnusableAlertError

_TIMES = 50
_ALLOWED = 100.0  # milliseconds
_SPACE = "urn:oasis:names:tc:emergency:cap:1.2"
_LAUGHS = "".join(
    f"<!ENTITY {after} '{f'&{before};' * 10}'>" for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)


def _cap(before: str = "", event: str = "暴雨", area: str = "") -> bytes:
    head = (
        "<identifier>1</identifier><sender>qx</sender><sent>2026-07-20T07:50:00+08:00</sent><status>Actual</status>"
        "<msgType>Alert</msgType><scope>Public</scope>"
    )
    info = (
        f"<info><language>zh-CN</language><category>Met</category><event>{event}</event><urgency>Immediate</urgency>"
        "<severity>Extreme</severity><certainty>Observed</certainty>"
        f"<area><areaDesc>青禾</areaDesc>{area or '<circle>31.2,121.4 5</circle>'}</area></info>"
    )
    return f'<?xml version="1.0"?>{before}<alert xmlns="{_SPACE}">{head}{info}</alert>'.encode()


def _star(corners: int) -> str:
    """One polygon of which nearly every side crosses nearly every other: the dearest that there is for its size."""
    turns = [math.tau * corner * (corners // 2) / corners for corner in range(corners)]
    pairs = [f"{31 + math.sin(turn):.6f},{121 + math.cos(turn):.6f}" for turn in turns]
    return f"<polygon>{' '.join([*pairs, pairs[0]])}</polygon>"


def _wide(bytes_: int) -> str:
    """One polygon of so many bytes that zigzags and crosses itself."""
    pair = " 31.{0:04d},121.{1:04d}"
    corners = "".join(
        pair.format(n % 9999, (n * 7919) % 9999) for n in range(bytes_ // len(pair.format(0, 0)))
    )
    return f"<polygon>{corners} 31.0000,121.0000</polygon>"


FILES: dict[str, bytes] = {
    "an outside entity (XXE)": _cap('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"),
    "an outside DTD": _cap('<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd">'),
    "billion laughs": _cap(f"<!DOCTYPE a [<!ENTITY a 'ha'>{_LAUGHS}]>", "&i;"),
    "20 MB": _cap(event="雨" * 6_666_000),
    "truncated in the middle": _cap()[: len(_cap()) // 2],
    "truncated by one byte": _cap()[:-1],
    "nested 100,000 deep": _cap(event="<b>" * 70_000),
    "500,000 bytes of elements": _cap(area="<circle/>" * 55_000),
    "a polygon of 500,000 bytes that crosses itself": _cap(area=_wide(500_000)),
    "a star of 3,999 corners that crosses itself everywhere": _cap(area=_star(3_999)),
    "4,000 circles": _cap(area="<circle>31,121 5</circle>" * 4_000),
    "500,000 bytes of comments": _cap(event="<!---->" * 71_000 + "&"),
    "noise": bytes(range(256)) * 2000,
    "nothing": b"",
}


def measure() -> list[tuple[str, int, str, float, float]]:
    """Return of each file its bytes, why it is refused, and the median and the longest time in milliseconds."""
    rows: list[tuple[str, int, str, float, float]] = []
    for name, data in FILES.items():
        took: list[float] = []
        reason = ""
        for _ in range(_TIMES):
            begun = time.perf_counter()
            reason = _refusal(data)
            took.append((time.perf_counter() - begun) * 1000)
        rows.append((name, len(data), reason, median(took), max(took)))
    return rows


def _refusal(data: bytes) -> str:
    try:
        read_alert(data)
    except UnusableAlertError as refused:
        return refused.reason
    raise AssertionError("it was not refused")


def _nobody_is_called() -> Callable[[], int]:
    """Watch what the interpreter itself reports (PEP 578): sockets and files."""
    seen: list[str] = []

    def watch(event: str, _arguments: Any) -> None:
        if event.startswith("socket.") or event in ("open", "urllib.Request", "subprocess.Popen"):
            seen.append(event)

    sys.addaudithook(watch)
    return lambda: len(seen)


def main() -> None:
    for data in FILES.values():
        _refusal(data)  # what is imported late is imported now
    calls = _nobody_is_called()
    rows = measure()
    called = calls()
    print("| file | bytes | refused as | median ms | longest ms |")
    print("|---|---|---|---|---|")
    for name, size, reason, middle, longest in rows:
        print(f"| {name} | {size:,} | `{reason}` | {middle:.2f} | {longest:.2f} |")
    print(f"\n{_TIMES} times each; files or sockets opened meanwhile: {called}")
    if called or any(middle >= _ALLOWED for *_, middle, _ in rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
