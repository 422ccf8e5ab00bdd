"""Pictures as the doors take them: drawn anew, small, and mute about where and with what they were taken."""

import io
import zlib

import pytest
from PIL import Image

from shared.pictures import LARGEST, UnusablePictureError, redrawn


def photo(width: int = 400, height: int = 300, kind: str = "JPEG", **more: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, kind, **more)
    return out.getvalue()


def test_where_and_with_what_it_was_taken_is_not_kept():
    """A phone writes its owner's place into every picture; the office has no business with it."""
    exif = Image.Exif()
    exif[0x010F] = "Telephone of Wang Xiaoming"
    exif.get_ifd(0x8825)[1] = "N"
    raw = photo(exif=exif, comment=b"taken at home")
    assert b"Wang Xiaoming" in raw
    kept = redrawn(raw)
    assert b"Wang Xiaoming" not in kept
    assert b"taken at home" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_it_stands_upright_and_fits_a_screen():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held sideways
    with Image.open(io.BytesIO(redrawn(photo(4000, 2000, exif=exif)))) as kept:
        assert kept.format == "JPEG"
        assert kept.size == (800, 1600)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_phones_send_is_taken(kind: str):
    assert redrawn(photo(kind=kind)).startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        photo()[:500],
        photo(kind="GIF"),
        b"%PDF-1.7",
    ],
    ids=["nothing", "a byte", "svg", "half of one", "gif", "pdf"],
)
def test_what_is_no_picture_is_refused(raw: bytes):
    with pytest.raises(UnusablePictureError) as refused:
        redrawn(raw)
    assert refused.value.reason == "not_a_picture"


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [8_000, 12_000, 30_000])
def test_a_picture_that_unpacks_to_gigabytes_is_refused_by_its_header(side: int):
    """Some kilobytes of PNG can hold a square kilometre of nothing."""
    bomb = io.BytesIO()
    Image.new("1", (8, 8)).save(bomb, "PNG")
    raw = bytearray(bomb.getvalue())
    raw[16:24] = side.to_bytes(4, "big") * 2
    raw[29:33] = zlib.crc32(raw[12:29]).to_bytes(4, "big")
    with pytest.raises(UnusablePictureError) as refused:
        redrawn(bytes(raw))
    assert refused.value.reason == "picture_too_large"


def test_what_is_too_long_is_not_looked_at():
    with pytest.raises(UnusablePictureError) as refused:
        redrawn(b"\xff\xd8" + bytes(LARGEST))
    assert refused.value.reason == "picture_too_large"
