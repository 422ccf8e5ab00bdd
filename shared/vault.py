"""The vault: personal data is sealed before it is spoken, and forgotten by destroying a key.

One person's fields in one history become one AES-256-GCM blob (NIST SP 800-38D) under a key used for nothing else.
Keys are wrapped by the master key (AES key wrap, RFC 3394) and live in one MongoDB collection. They are made ahead
in batches and stored, majority and journaled, before use.
"""

import asyncio
import os
import zlib
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from pydantic_core import from_json, to_json

from shared.events.event import Sealed
from shared.ids import new_id
from shared.observability import VAULT_POOL, log
from shared.store import Store, StoreError

_KEYS = "vault_keys"
_BATCH = 256
_NONCE = 12  # bytes
SEALED_SETTING = "sealed:"


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
        """Seal a message, packed, for the parking lot; ``lastmile parked`` opens it."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self._master).encrypt(nonce, zlib.compress(data, level=1), b"parked")

    def open_parked(self, box: bytes) -> bytes:
        return zlib.decompress(AESGCM(self._master).decrypt(box[:_NONCE], box[_NONCE:], b"parked"))

    def seal_setting(self, secret: str) -> str:
        """Seal a credential, so that the file of settings which names it is no secret itself."""
        nonce = os.urandom(_NONCE)
        box = nonce + AESGCM(self._master).encrypt(nonce, secret.encode(), b"setting")
        return SEALED_SETTING + b64encode(box).decode()

    def open_setting(self, sealed: str) -> str:
        """Raises ValueError when it is not sealed, or not under this master key."""
        if not sealed.startswith(SEALED_SETTING):
            raise ValueError("a credential stands sealed: `lastmile gateways seal`")
        try:
            box = b64decode(sealed.removeprefix(SEALED_SETTING), validate=True)
            return AESGCM(self._master).decrypt(box[:_NONCE], box[_NONCE:], b"setting").decode()
        except (InvalidTag, ValueError) as broken:
            raise ValueError("sealed under another master key, or damaged") from broken


class Vault:
    """Key ids are ``<batch>-<place>``: a document of the collection holds a batch, and each key can be destroyed alone."""

    def __init__(self, store: Store, master: bytes, service: str, *, pool: int = 8192) -> None:
        self._keys = store.shared_collection(_KEYS)
        self._locksmith = Locksmith(master)
        self._service = service
        self._pool: deque[tuple[str, AESGCM, bytes]] = deque()
        """Key ids, and ciphers and nonces made ready ahead: at the door, each would cost twice as much."""
        self._size = pool
        self._low = asyncio.Event()

    async def fill(self) -> None:
        """Make keys ahead until the pool is full again. Raises what the store raises."""
        while len(self._pool) < self._size:
            batch, keys = new_id(), [os.urandom(32) for _ in range(_BATCH)]
            wrapped = {str(place): self._locksmith.wrap(key) for place, key in enumerate(keys)}
            await self._keys.insert_one({"_id": batch, "keys": wrapped})
            self._pool.extend(
                (f"{batch}-{place}", AESGCM(key), os.urandom(_NONCE)) for place, key in enumerate(keys)
            )
        VAULT_POOL.labels(self._service).set(len(self._pool))

    async def keep_full(self) -> None:
        """Fill the pool whenever it is half empty, until cancelled."""
        while True:
            try:
                await self.fill()
            except StoreError as error:
                log.warning("vault_not_filled", left=len(self._pool), error=type(error).__name__)
                await asyncio.sleep(0.5)
                continue
            self._low.clear()
            await self._low.wait()

    @property
    def stocked(self) -> int:
        return len(self._pool)

    def seal(self, subject: str, fields: Mapping[str, str]) -> Sealed:
        """Seal one person's fields for the history with this subject. Raises VaultEmptyError."""
        return self.seal_bytes(subject, to_json(fields))

    def seal_bytes(self, subject: str, plain: bytes) -> Sealed:
        """Seal what is no text, such as a picture. Raises VaultEmptyError.

        The key leaves the pool for good, whether or not the event is ever stored.
        """
        if len(self._pool) * 2 <= self._size:
            self._low.set()
            if not self._pool:
                raise VaultEmptyError
        key, cipher, nonce = self._pool.popleft()
        return Sealed(key=key, box=nonce + cipher.encrypt(nonce, plain, subject.encode()))

    async def open(self, subject: str, sealed: Sealed) -> dict[str, str] | None:
        """Return the fields, or None when they were erased."""
        return (await self.open_many([(subject, sealed)]))[0]

    async def open_many(self, boxes: Sequence[tuple[str, Sealed]]) -> list[dict[str, str] | None]:
        """Open many with one look into the vault."""
        standing = await self._wrapped([sealed.key for _, sealed in boxes])
        return [self._open(subject, sealed, standing.get(sealed.key)) for subject, sealed in boxes]

    async def open_bytes(self, subject: str, key: str, box: bytes) -> bytes | None:
        """Return what ``seal_bytes`` took, or None when it was erased."""
        wrapped = (await self._wrapped([key])).get(key)
        return None if wrapped is None else self._unsealed(subject, box, wrapped)

    async def standing(self, keys: Sequence[str]) -> set[str]:
        """Which of these keys were not destroyed. Whoever wrote down opened text looks again."""
        return set(await self._wrapped(keys))

    async def _wrapped(self, keys: Sequence[str]) -> dict[str, bytes]:
        if not keys:
            return {}
        places = {key: _place_of(key) for key in keys}
        wanted = {batch for batch, _ in places.values()}
        fields = {f"keys.{place}": 1 for _, place in places.values()}
        found = {
            row["_id"]: row.get("keys", {})
            async for row in self._keys.find({"_id": {"$in": list(wanted)}}, fields)
        }
        standing = {key: found.get(batch, {}).get(place) for key, (batch, place) in places.items()}
        return {key: wrapped for key, wrapped in standing.items() if wrapped is not None}

    def _open(self, subject: str, sealed: Sealed, wrapped: bytes | None) -> dict[str, str] | None:
        if wrapped is None:
            return None
        plain = self._unsealed(subject, sealed.box, wrapped)
        try:
            return None if plain is None else from_json(plain)
        except ValueError:
            return None

    def _unsealed(self, subject: str, box: bytes, wrapped: bytes) -> bytes | None:
        """Return None for a box that is damaged, or not this history's: it says nothing here."""
        cipher = AESGCM(self._locksmith.unwrap(wrapped))
        try:
            return cipher.decrypt(box[:_NONCE], box[_NONCE:], subject.encode())
        except (InvalidTag, ValueError):
            return None

    async def destroy(self, keys: Sequence[str]) -> None:
        """Destroy keys: what they sealed is unreadable from now on, in every stream and every backup of one."""
        for batch, place in map(_place_of, keys):
            await self._keys.update_one({"_id": batch}, {"$unset": {f"keys.{place}": ""}})


def _place_of(key: str) -> tuple[str, str]:
    """Return the batch and the place that a key's id names; of an odd id, a place where nothing ever stands."""
    batch, _, place = key.rpartition("-")
    return (batch, place) if place.isdecimal() and place.isascii() else (key, "none")
