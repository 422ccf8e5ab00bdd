"""Run a program that dies with its supervisor: ``leash.py <supervisor's pid> <program> <arguments>…``.

Even a SIGKILL of the supervisor leaves no orphan behind that would keep its ports and data (Linux; elsewhere the next
start ends them). SIGKILL, because it is certain: whatever runs on this leash loses nothing by it.
Imports the standard library alone: it starts in a blink, before every program of the stack.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2)


def main() -> None:
    supervisor, *argv = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != int(supervisor):  # it died before the leash was on
        sys.exit(1)
    os.execv(argv[0], argv)  # noqa: S606 - exactly what was asked for, and no shell


if __name__ == "__main__":
    main()
