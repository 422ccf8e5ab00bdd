"""A picture on its way: from a resident's phone to the desk, and out of the world."""

import io

from PIL import Image

from tests.fixtures.street import INSIDE, Street
from tests.fixtures.waiting import until


def photo() -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((1200, 900)).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


async def test_a_resident_shows_it_staff_see_it_and_erasing_forgets_it(street: Street):
    """With the token alone, once seen by nobody who is not signed in, and gone with the rest of what was said."""
    submitted = await street.submit(text="井盖坏了", location=INSIDE)
    path = f"/v1/requests/{submitted['code']}/pictures"
    kind = {"content-type": "image/jpeg"}
    stranger = await street.residents.post(path, content=photo(), headers=kind)
    assert stranger.status_code == 401
    own = kind | {"authorization": f"Bearer {submitted['token']}"}
    taken = await street.residents.post(path, content=photo(), headers=own)
    assert taken.status_code == 200, taken.text
    assert taken.json()["event"]["type"] == "PictureAdded"

    async def names() -> list[str]:
        history = (await street.staff.get(f"/v1/requests/{submitted['id']}")).json()["history"]
        return [step["picture"] for step in history if step["type"] == "PictureAdded"]

    (name,) = await names()
    seen = await street.staff.get(f"/v1/pictures/{name}")
    assert (seen.status_code, seen.headers["content-type"]) == (200, "image/jpeg")
    with Image.open(io.BytesIO(seen.content)) as picture:
        assert picture.size == (1200, 900)
    unsigned = await street.residents.get(f"{street.stack.url('console')}/v1/pictures/{name}")
    assert unsigned.status_code == 401

    erased = await street.staff.post(f"/v1/requests/{submitted['id']}/erasure")
    assert erased.status_code == 200, erased.text

    async def gone() -> bool:
        return (await street.staff.get(f"/v1/pictures/{name}")).status_code == 404

    await until(gone, what="the picture can still be seen")


async def test_what_is_no_picture_is_declined_at_both_doors(street: Street):
    submitted = await street.submit(text="路面不平", location=INSIDE)
    own = {"authorization": f"Bearer {submitted['token']}"}
    path = f"/v1/requests/{submitted['code']}/pictures"
    for door, address, shown in ((street.residents, path, own), (street.staff, "/v1/pictures", {})):
        for content, kind, status, reason in (
            (b"GIF89a", "image/gif", 415, "not_a_picture"),
            (b"not one", "image/png", 422, "not_a_picture"),
            (bytes(8_500_000), "image/jpeg", 413, "too_large"),
        ):
            answer = await door.post(address, content=content, headers=shown | {"content-type": kind})
            assert (answer.status_code, answer.json()["reason"]) == (status, reason), answer.text
