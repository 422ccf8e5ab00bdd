"""Many voices, one matter: what is compared, what hangs together, and the words that describe it."""

from datetime import UTC, datetime, timedelta

from services.routing.hot.clusters import clustered, components
from services.routing.hot.describing import describe
from services.routing.hot.likeness import Voice
from services.routing.hot.voices import Voices
from services.routing.hot.words import read, same_name

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def voice(
    name: str, text: str, days: float = 0, metres: float | None = 0, category: str | None = None
) -> Voice:
    lat = None if metres is None else 31.0 + metres / 111_320
    lon = None if metres is None else 121.0
    return Voice(name, read(text), NOON + timedelta(days=days), lon, lat, category=category)


def together(*voices: Voice) -> list[set[str]]:
    here = Voices()
    for one in voices:
        here.put(one)
    return [{member.id for member in members} for members in here.together()]


def test_a_text_says_what_it_is_about_and_where():
    said = read("您好，青禾路６弄2号楼路灯不亮了，漆黑一片")
    assert said.concepts == {"lamp"}
    assert (said.streets, said.houses, said.buildings) == ({"青禾路"}, {"6"}, {"2"})
    english = read("Street light out in front of 34 Argyle St, bldg 7")
    assert english.concepts == {"lamp"}
    assert (english.streets, english.houses, english.buildings) == ({"argyle street"}, {"34"}, {"7"})
    assert read("在马路上走夜路").streets == frozenset()


def test_one_slip_is_no_other_name():
    assert same_name("crescent towers", "cresent towers")
    assert not same_name("安澜路", "安平路")


def test_the_same_in_other_words_next_door_is_one_matter():
    lamp = voice("a", "路灯不亮了，请尽快处理")
    dark = voice("b", "晚上一片漆黑，路灯坏了好几天", days=1, metres=30)
    assert together(lamp, dark) == [{"a", "b"}]


def test_the_same_words_elsewhere_and_another_matter_here_are_not():
    lamp = voice("a", "路灯不亮了")
    elsewhere = voice("b", "路灯不亮了", metres=4000)
    rubbish = voice("c", "垃圾堆了好几天没人清", metres=5)
    much_later = voice("d", "路灯不亮了", days=40)
    assert together(lamp, elsewhere, rubbish, much_later) == []


def test_without_a_place_what_the_words_name_decides():
    here = voice("a", "安澜路12号路灯不亮", metres=None)
    there = voice("b", "紫藤路12号路灯不亮", metres=None)
    again = voice("c", "路灯坏了，安澜路12号门口", days=1, metres=None)
    assert together(here, there, again) == [{"a", "c"}]


def test_odd_texts_are_compared_like_any_other():
    """Empty of words, one character, very long, only marks: nothing breaks, and nothing is alike."""
    odd = [
        voice("a", "……！！"),
        voice("b", "灯"),
        voice("c", "水" * 4000),
        voice("d", "🙂🙂"),
        voice("e", "12345"),
    ]
    assert together(*odd) == []


def test_word_for_word_again_is_found():
    assert together(
        voice("a", "HEAT/HOT WATER: ENTIRE BUILDING"), voice("b", "HEAT/HOT WATER: ENTIRE BUILDING")
    ) == [{"a", "b"}]


def test_who_says_something_else_now_is_compared_anew_and_who_is_gone_is_not():
    here = Voices()
    for one in (voice("a", "路灯不亮了"), voice("b", "路灯坏了"), voice("c", "路灯灭了")):
        here.put(one)
    here.put(voice("b", "垃圾没人收"))
    here.remove("c")
    assert here.together() == []
    assert [other.id for other, odds in here.like(voice("x", "路灯坏了"), 5) if odds > 0] == ["a"]


def test_a_chain_of_neighbours_is_not_one_matter():
    """Each is like the next, the first is nothing like the last: it is cut where it is weakest."""
    chain = {(0, 1): 3.0, (1, 2): 0.5, (2, 3): 3.0, (0, 2): -4.0, (1, 3): -4.0, (0, 3): -6.0}
    near: dict[int, dict[int, float]] = {}
    for (a, b), odds in chain.items():
        near.setdefault(a, {})[b] = odds
        near.setdefault(b, {})[a] = odds
    assert components(chain) == [[0, 1, 2, 3]]
    assert sorted(clustered([0, 1, 2, 3], near)) == [[0, 1], [2, 3]]


def test_the_words_that_describe_are_those_that_many_say():
    texts = ["煤气味道很重", "闻到煤气味道", "楼下煤气味道大，头晕", "好大的煤气味道"]
    assert describe(texts, lambda _: 3.0)[0] == "煤气味道"
    english = ["strong smell of gas", "smell of gas leak", "gas leak again", "a gas leak here"]
    assert "gas leak" in describe(english, lambda _: 3.0)
