"""How long an SMS is, and how many parts it is paid for. Numbers of 3GPP TS 23.038 and TS 23.040."""

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as some

from services.notify.template.length import Length, length, signed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Length(0, 0, "gsm7", 1)),
        ("a" * 160, Length(160, 160, "gsm7", 1)),
        ("a" * 161, Length(161, 161, "gsm7", 2)),
        ("a" * 306, Length(306, 306, "gsm7", 2)),
        ("a" * 307, Length(307, 307, "gsm7", 3)),
        ("[" * 80, Length(80, 160, "gsm7", 1)),
        ("€" + "a" * 159, Length(160, 161, "gsm7", 2)),
        ("好" * 70, Length(70, 70, "ucs2", 1)),
        ("好" * 71, Length(71, 71, "ucs2", 2)),
        ("好" * 134, Length(134, 134, "ucs2", 2)),
        ("好" * 135, Length(135, 135, "ucs2", 3)),
        ("a" * 69 + "“", Length(70, 70, "ucs2", 1)),
        ("😀" * 35, Length(35, 70, "ucs2", 1)),
        ("😀" * 36, Length(36, 72, "ucs2", 2)),
    ],
)
def test_length(text: str, expected: Length):
    assert length(text) == expected


def test_no_character_is_cut_in_two():
    """306 septets would fill two parts, if the escape could end one and its sign begin the next."""
    cut = "a" * 152 + "[" + "a" * 152
    assert (length(cut).units, length(cut).parts) == (306, 3)
    assert length("好" * 66 + "😀" + "好" * 66).parts == 3


def test_the_providers_signature_stands_in_place_of_ours_and_counts():
    assert signed("【梧桐里街道】编号 1", "梧桐里") == "【梧桐里】编号 1"
    assert signed("[Wutongli] code 1", "梧桐里") == "【梧桐里】 code 1"
    assert signed("【梧桐里街道】编号 1", "") == "【梧桐里街道】编号 1"
    assert length(signed("a" * 160, "梧桐里")).parts == 3


@any_of(some.text(some.sampled_from("a[€é好😀“\n"), max_size=400))
def test_more_is_never_cheaper_and_every_part_has_room(text: str):
    said, longer = length(text), length(text + "a")
    room = {"gsm7": 153, "ucs2": 67}[said.encoding]
    assert said.units <= max(said.parts * room, {"gsm7": 160, "ucs2": 70}[said.encoding])
    assert said.parts <= longer.parts <= said.parts + 1
