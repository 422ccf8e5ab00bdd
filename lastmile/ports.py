"""Ports of the local stack: on loopback, and outside the range from which the kernel lends ports to clients."""

import random
import socket
import ssl
from collections.abc import Collection

import httpx

from lastmile.trouble import Trouble

LOOPBACK = "127.0.0.1"
_OURS = range(21000, 30000)
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody, and is made at once: reading the authorities of the world takes a client 30 ms, at each question."""


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def pick(taken: Collection[int]) -> int:
    """Return a free port that is not ``taken``."""
    for port in random.sample(_OURS, k=200):
        if port not in taken and is_free(port):
            return port
    raise Trouble(f"No free port between {_OURS[0]} and {_OURS[-1]}.", "Stop something that listens there.")


async def is_well(url: str) -> bool:
    """Whether what listens on loopback answers 200 within 3 seconds."""
    async with httpx.AsyncClient(timeout=3, trust_env=False, verify=_NO_TLS) as client:
        try:
            return (await client.get(url)).status_code == 200
        except httpx.HTTPError:
            return False
