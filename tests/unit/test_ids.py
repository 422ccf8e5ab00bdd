"""Ids: what a person reads out over the phone, what orders itself, and what names what may exist once."""

import time
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared import ids

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODES = st.binary(min_size=8, max_size=32).map(ids.tracking_code)


@given(CODES)
def test_a_code_reads_back_however_somebody_writes_it_down(code: str) -> None:
    """In small letters, in groups, with an O for a zero and an l for a one."""
    assert ids.read_code(code) == code
    spaced = f" {code[:4]}-{code[4:8]} {code[8:]} ".lower()
    assert ids.read_code(spaced) == code
    assert ids.read_code(code.replace("0", "o").replace("1", "l")) == code
    assert ids.read_code(code.replace("1", "I")) == code


@given(CODES, st.integers(0, 12), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_no_code(code: str, place: int, wrong: str) -> None:
    """A misread character leads to no request at all, never to a neighbour's."""
    misread = code[:place] + wrong + code[place + 1 :]
    assert ids.read_code(misread) == (code if misread == code else None)


@given(st.text(max_size=40))
def test_whatever_somebody_types_is_a_code_or_nothing(text: str) -> None:
    code = ids.read_code(text)
    assert code is None or ids.read_code(code) == code


def test_a_code_has_all_the_bits_it_can_say() -> None:
    """60 bits of the entropy count; the other four do not change the code."""
    assert ids.tracking_code(b"\xff" * 8)[:12] == "Z" * 12
    assert ids.tracking_code(bytes(8)) == "0" * 13
    assert ids.tracking_code(bytes(7) + b"\x0f") == "0" * 13


def test_new_ids_order_themselves_by_time_and_are_uuids_of_version_7() -> None:
    """RFC 9562: 48 bits of milliseconds first, so that a later id sorts after an earlier one."""
    made = []
    for _ in range(5):
        made.append(ids.new_id())
        before = time.time_ns() // 1_000_000
        while time.time_ns() // 1_000_000 == before:
            pass
    assert made == sorted(made)
    parsed = [UUID(one) for one in made]
    assert {(one.version, one.variant) for one in parsed} == {(7, "specified in RFC 4122")}
    assert abs((parsed[-1].int >> 80) - time.time() * 1000) < 1000


def test_a_hundred_thousand_ids_are_a_hundred_thousand() -> None:
    assert len({ids.new_id() for _ in range(100_000)}) == 100_000


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_different_parts_never_hash_alike(one: list[str], other: list[str]) -> None:
    """("ab", "c") is not ("a", "bc"): every part carries its length."""
    secret = b"s" * 32
    assert (ids.keyed_hash(secret, *one) == ids.keyed_hash(secret, *other)) == (one == other)


def test_a_keyed_hash_needs_the_key() -> None:
    assert ids.keyed_hash(b"a" * 32, "x") != ids.keyed_hash(b"b" * 32, "x")
    assert ids.keyed_hash(b"a" * 32, "x") == ids.keyed_hash(b"a" * 32, b"x")


def test_what_makes_a_thing_unique_names_it() -> None:
    """The same event, recipient and channel are the same delivery; any other is another."""
    assert ids.named_id("e1", "worker:w1", "chat") == ids.named_id("e1", "worker:w1", "chat")
    assert ids.named_id("e1", "worker:w1", "chat") != ids.named_id("e1", "worker:w1", "sms")
    assert ids.request_id("demo", "A") != ids.request_id("other", "A")
