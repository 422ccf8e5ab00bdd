"""The vault: personal data is sealed before it is spoken, and forgotten by destroying a key.

One person's fields in one history become one AES-256-GCM blob (NIST SP 800-38D) under a key used for nothing else.
Keys are wrapped by the master key (AES key wrap, RFC 3394) and live in one MongoDB collection. They are made ahead
in batches and stored, majority and journaled, before use.
"""

import os
from collections import deque
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from pydantic_core import from_json, to_json

from shared.events import Sealed
from shared.ids import new_id
from shared.observability import VAULT_POOL
from shared.store import Store

_KEYS = "vault_keys"


class VaultEmptyError(Exception):
    """No key stored ahead is left: better 503 than a shortcut."""


class Locksmith:
    """Knows the master key, and nothing of MongoDB."""

    def __init__(self, master: bytes) -> None:
        self._master = master

    def wrap(self, key: bytes) -> bytes:
        return aes_key_wrap(self._master, key)

    def unwrap(self, wrapped: bytes) -> bytes:
        return aes_key_unwrap(self._master, wrapped)

    def seal_for_parking(self, data: bytes) -> bytes:
        """Seal a message for the parking lot; ``lastmile parked`` opens it."""
        nonce = os.urandom(12)
        return nonce + AESGCM(self._master).encrypt(nonce, data, b"parked")

    def open_parked(self, box: bytes) -> bytes:
        return AESGCM(self._master).decrypt(box[:12], box[12:], b"parked")


class Vault:
    def __init__(self, store: Store, master: bytes, service: str, *, pool: int = 2048) -> None:
        self._keys = store.shared_collection(_KEYS)
        self._locksmith = Locksmith(master)
        self._service = service
        self._pool: deque[tuple[str, bytes]] = deque()
        self._size = pool

    async def fill(self) -> None:
        """Make keys ahead until the pool is full again. Raises what the store raises."""
        while len(self._pool) < self._size:
            batch = [(new_id(), os.urandom(32)) for _ in range(min(512, self._size))]
            await self._keys.insert_many(
                [{"_id": key_id, "wrapped": self._locksmith.wrap(key)} for key_id, key in batch], ordered=False
            )
            self._pool.extend(batch)
        VAULT_POOL.labels(self._service).set(len(self._pool))

    @property
    def stocked(self) -> int:
        return len(self._pool)

    def seal(self, subject: str, fields: Mapping[str, str]) -> Sealed:
        """Seal one person's fields for the history with this subject. Raises VaultEmptyError.

        The key leaves the pool for good, whether or not the event is ever stored.
        """
        if not self._pool:
            raise VaultEmptyError
        key_id, key = self._pool.popleft()
        nonce = os.urandom(12)
        return Sealed(key=key_id, box=nonce + AESGCM(key).encrypt(nonce, to_json(fields), subject.encode()))

    async def open(self, subject: str, sealed: Sealed) -> dict[str, str] | None:
        """Return the fields, or None when they were erased."""
        return (await self.open_many([(subject, sealed)]))[0]

    async def open_many(self, boxes: list[tuple[str, Sealed]]) -> list[dict[str, str] | None]:
        """Open many with one look into the vault."""
        wanted = list({sealed.key for _, sealed in boxes})
        found = {row["_id"]: row["wrapped"] async for row in self._keys.find({"_id": {"$in": wanted}})} if wanted else {}
        return [self._open(subject, sealed, found.get(sealed.key)) for subject, sealed in boxes]

    def _open(self, subject: str, sealed: Sealed, wrapped: bytes | None) -> dict[str, str] | None:
        if wrapped is None:
            return None
        key = self._locksmith.unwrap(wrapped)
        try:
            plain: Any = from_json(AESGCM(key).decrypt(sealed.box[:12], sealed.box[12:], subject.encode()))
        except InvalidTag:
            return None  # not this history's box: it says nothing here
        return plain

    async def destroy(self, keys: list[str]) -> int:
        """Destroy keys: what they sealed is unreadable from now on, in every stream and every backup of one."""
        return (await self._keys.delete_many({"_id": {"$in": keys}})).deleted_count
