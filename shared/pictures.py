"""Pictures: made small and mute at the door, sealed, stored first, and named in an event by their hash.

A camera writes the place, the time and its owner's device into a picture. What is stored is drawn anew from its
pixels, so nothing of that is left. Its name is the SHA-256 of the sealed bytes and the vault key that opens them:
destroying the key forgets the picture, in the stream and in every backup of it.
"""

import asyncio
import hashlib
import io
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from shared.bus import Bus
from shared.chunks import ChunkMissingError, Chunks
from shared.vault import Vault

LARGEST: Final = 8 * 1024 * 1024
"""Bytes of a picture as a phone sends it."""
KINDS: Final = ("image/jpeg", "image/png", "image/webp")

_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_LONGEST_SIDE: Final = 1600  # pixels
_MOST_PIXELS: Final = 50_000_000
_QUALITY: Final = 82
_AT_ONCE: Final = 2
"""Drawing takes a processor and some tens of megabytes."""


class UnusablePictureError(Exception):
    """``reason`` is a slug: not_a_picture, picture_too_large."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Pictures:
    def __init__(self, bus: Bus, vault: Vault) -> None:
        self._chunks = Chunks(bus, "PICTURES", "picture")
        self._vault = vault
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def keep(self, tenant: str, raw: bytes) -> str:
        """Store one picture and return the name that an event gives it.

        Raises UnusablePictureError, VaultEmptyError, UnavailableError.
        """
        async with self._gate:
            drawn = await asyncio.to_thread(redrawn, raw)
        sealed = self._vault.seal_bytes(_subject(tenant), drawn)
        digest = hashlib.sha256(sealed.box).hexdigest()
        await self._chunks.put(tenant, digest, sealed.box)
        return f"{digest}.{sealed.key}"

    async def open(self, tenant: str, name: str) -> bytes | None:
        """Return a JPEG, or None when it was erased or never was. Raises UnavailableError, what the store raises."""
        digest, _, key = name.partition(".")
        try:
            box = await self._chunks.get(tenant, digest)
        except ChunkMissingError:
            return None
        if hashlib.sha256(box).hexdigest() != digest:
            return None
        return await self._vault.open_bytes(_subject(tenant), key, box)


def key_of(name: str) -> str:
    """Return the vault key that opens the picture of this name."""
    return name.partition(".")[2]


def redrawn(raw: bytes) -> bytes:
    """Return the picture as a JPEG of at most 1,600 pixels a side, upright, without anything but its pixels.

    Raises UnusablePictureError.
    """
    if len(raw) > LARGEST:
        raise UnusablePictureError("picture_too_large")
    try:
        with Image.open(io.BytesIO(raw), formats=_FORMATS) as image:
            return _as_jpeg(image)
    except Image.DecompressionBombError as bomb:
        raise UnusablePictureError("picture_too_large") from bomb
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as odd:
        raise UnusablePictureError("not_a_picture") from odd


def _as_jpeg(image: Image.Image) -> bytes:
    if image.width * image.height > _MOST_PIXELS:  # its header says so, before a pixel is unpacked
        raise UnusablePictureError("picture_too_large")
    image.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    mute = Image.new("RGB", upright.size)
    mute.paste(upright)
    out = io.BytesIO()
    mute.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


def _subject(tenant: str) -> str:
    return f"picture.{tenant}"
