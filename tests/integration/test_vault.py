"""The vault: what a person said is sealed before it is spoken, and forgotten by destroying a key."""

import asyncio
import secrets
from typing import Any

import pytest
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap
from hypothesis import given
from hypothesis import strategies as st
from pymongo.errors import AutoReconnect

from shared.contacts import Uses
from shared.events.event import Sealed
from shared.store import Store
from shared.vault import Locksmith, Vault, VaultEmptyError
from tests.conftest import MakeSettings, OpenStore
from tests.fixtures.waiting import until

SUBJECT = "journal.demo.03.intake.submission.a"
FIELDS = {"name": "王小明", "phone": "13800001111", "text": "楼道灯坏了"}


@pytest.fixture
def vault(store: OpenStore, settings: MakeSettings) -> Any:
    """A service's vault, with a small pool."""

    def open_vault(pool: int = 256, here: Store | None = None) -> Vault:
        return Vault(here or store("intake"), settings("intake").master, "intake", pool=pool)

    return open_vault


@pytest.mark.parametrize(
    "fields", [FIELDS, {}, {"name": ""}, {"text": "\"'\\\r\n\x00🙂" * 100}, {"地址": "二号楼 ١٢٣"}]
)
async def test_what_was_sealed_can_be_opened_by_whoever_has_the_vault(
    vault: Any, fields: dict[str, str]
) -> None:
    """Intake seals, notify opens: they share the vault and the master key, and nothing else."""
    intake = vault()
    await intake.fill()
    sealed = intake.seal(SUBJECT, fields)
    assert await vault().open(SUBJECT, sealed) == fields
    assert b"13800001111" not in sealed.box


async def test_a_box_opens_in_its_own_history_alone(vault: Any) -> None:
    """Copied into another request's history, or damaged, it says nothing."""
    here = vault()
    await here.fill()
    sealed = here.seal(SUBJECT, FIELDS)
    assert await here.open(SUBJECT.replace("submission.a", "submission.b"), sealed) is None
    damaged = sealed.model_copy(update={"box": sealed.box[:-1] + bytes([sealed.box[-1] ^ 1])})
    assert await here.open(SUBJECT, damaged) is None
    for length in (0, 5, 12, 20):
        assert await here.open(SUBJECT, sealed.model_copy(update={"box": sealed.box[:length]})) is None


async def test_every_box_has_a_key_used_for_nothing_else(vault: Any) -> None:
    here = vault()
    await here.fill()
    boxes = [here.seal(SUBJECT, FIELDS) for _ in range(200)]
    assert len({box.key for box in boxes}) == 200
    assert len({box.box for box in boxes}) == 200


async def test_keys_are_stored_before_they_are_used(vault: Any, store: OpenStore) -> None:
    """A crash right after a publish must not leave a box that nobody can ever open."""
    here = vault()
    await here.fill()
    stored = store().shared_collection("vault_keys")
    ids = {f"{row['_id']}-{place}" async for row in stored.find({}) for place in row["keys"]}
    assert {here.seal(SUBJECT, FIELDS).key for _ in range(256)} <= ids


async def test_no_key_stands_in_clear(vault: Any, store: OpenStore, settings: MakeSettings) -> None:
    """Whoever has the database has nothing without the master key."""
    here = vault()
    await here.fill()
    sealed = here.seal(SUBJECT, FIELDS)
    stranger = Vault(store("intake"), secrets.token_bytes(32), "intake")
    with pytest.raises(InvalidUnwrap):
        await stranger.open(SUBJECT, sealed)


async def test_destroying_a_key_forgets_one_box_and_no_other(vault: Any) -> None:
    here = vault()
    await here.fill()
    erased, kept = here.seal(SUBJECT, FIELDS), here.seal(SUBJECT, FIELDS)
    await here.destroy([erased.key])
    assert await here.open_many([(SUBJECT, erased), (SUBJECT, kept)]) == [None, FIELDS]
    assert await here.standing([erased.key, kept.key]) == {kept.key}
    await here.destroy([erased.key])  # a repeat is quiet
    assert await vault().open(SUBJECT, erased) is None


async def test_a_key_that_never_was_opens_nothing(vault: Any) -> None:
    here = vault()
    for key in ("nonsense", "a-b-c", "-", "x-0"):
        assert await here.open(SUBJECT, Sealed(key=key, box=b"x" * 40)) is None
    await here.destroy(["nonsense", "a-b-c"])
    assert await here.open_many([]) == []


async def test_an_empty_pool_is_said_and_not_worked_around(vault: Any) -> None:
    """503 at the door, until keys are stored again."""
    here = vault()
    with pytest.raises(VaultEmptyError):
        here.seal(SUBJECT, FIELDS)
    await here.fill()
    for _ in range(here.stocked):
        here.seal(SUBJECT, FIELDS)
    with pytest.raises(VaultEmptyError):
        here.seal(SUBJECT, FIELDS)


async def test_the_pool_is_filled_behind_the_scenes(vault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half empty, it is filled again; while MongoDB is away it is tried again and again."""
    here = vault(512)
    filler = asyncio.create_task(here.keep_full())
    await until(lambda: here.stocked == 512)
    away, insert = True, type(here._keys).insert_one

    async def insert_one(collection: Any, document: Any) -> Any:
        if away:
            raise AutoReconnect
        return await insert(collection, document)

    monkeypatch.setattr(type(here._keys), "insert_one", insert_one)
    for _ in range(300):
        here.seal(SUBJECT, FIELDS)
    assert here.stocked == 212
    away = False
    await until(lambda: here.stocked >= 512)
    filler.cancel()


@given(st.binary(max_size=2000))
def test_what_is_parked_is_sealed_and_opens_as_it_was(data: bytes) -> None:
    locksmith = Locksmith(b"m" * 32)
    box = locksmith.seal_for_parking(data)
    assert locksmith.open_parked(box) == data
    assert len(data) < 8 or data not in box


async def test_of_boxes_erased_in_the_same_moment_whoever_looks_last_finds_their_contact_unused(
    store: OpenStore,
) -> None:
    uses = Uses(store("routing").documents("uses"))
    for key in ("k1", "k2", "k3"):
        await uses.used(key, "c1")
    assert [await uses.left_unused([key]) for key in ("k1", "k2")] == [set(), set()]
    assert await uses.left_unused(["k3"]) == {"c1"}
    assert await uses.left_unused(["k1"]) == {"c1"}, "asked again, as after a crash"
    await uses.erased(["k1", "k2", "k3"])
    assert await uses.left_unused(["k1", "k2", "k3"]) == set()
