"""Many voices, one matter: what is compared, what hangs together, and the words that describe it."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from services.routing.hot.chance import Chance
from services.routing.hot.clusters import clustered, components
from services.routing.hot.describing import describe
from services.routing.hot.gathering import gathered
from services.routing.hot.kinship import Kinship
from services.routing.hot.likeness import Voice
from services.routing.hot.naming import Naming, matter
from services.routing.hot.places import same_name
from services.routing.hot.voices import Voices
from services.routing.hot.words import read

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


def test_words_without_a_moment_find_what_was_said_long_ago():
    """Who asks with words alone asks about a history, not about today."""
    here = Voices()
    for one in (voice("a", "安澜路12号路灯不亮了", days=-400), voice("b", "垃圾堆了好几天没人清", days=-400)):
        here.put(one)
    asked = voice("", "安澜路12号路灯不亮", metres=None)
    assert [other.id for other, odds in here.like(asked, 5) if odds > 0] == []
    assert [other.id for other, odds in here.like(replace(asked, dated=False), 5) if odds > 0] == ["a"]
    close_by = replace(voice("", "路灯坏了"), dated=False)
    assert [other.id for other, odds in here.like(close_by, 5) if odds > 0] == ["a"]


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


class Town:
    """All that was ever said here, as far as titles ask about it."""

    def __init__(self, *texts: str) -> None:
        self._said = [read(text).terms for text in texts]

    def share(self, term: str) -> float:
        return sum(term in terms for terms in self._said) / len(self._said)

    def weight(self, term: str) -> float:
        return math.log(1 + 1 / (self.share(term) + 0.01))


_HALLS = (
    "我妈八十六岁一个人住，楼上漏水",
    "妈妈说电梯坏了",
    "八十岁的老人",
    "六号楼一单元",
    "孩子一岁",
    "今天下午路灯不亮",
)


def test_the_words_that_describe_are_those_that_many_say():
    texts = ["煤气味道很重", "闻到煤气味道", "楼下煤气味道大，头晕", "好大的煤气味道"]
    assert describe(texts, Town(*texts, *_HALLS))[0] == "煤气味道"
    english = ["strong smell of gas", "smell of gas leak", "gas leak again", "a gas leak here"]
    assert "gas leak" in describe(english, Town(*english, "a lamp is out", "no water", "strong wind"))


def test_a_title_is_made_of_whole_words():
    """What an office once read: “妈八十六岁一”. Pieces of words, numbers and little words are no title."""
    texts = [
        "我妈八十六岁一个人住，电梯坏了下不了楼",
        "电梯坏了三天，老人八十六岁",
        "电梯又坏了，我妈八十六岁一步都走不动",
    ]
    title = describe(texts, Town(*texts, *_HALLS))
    assert title[0].startswith("电梯")
    assert not any(odd in phrase for phrase in title for odd in ("岁一", "妈八", "六岁一"))


def test_a_title_does_not_begin_with_what_is_left_of_a_house_number():
    texts = [
        f"青禾路{number}号停水两天了，{more}"
        for number, more in ((2, "没人管"), (5, "老人不便"), (7, "做不了饭"))
    ]
    clutter = [f"安澜路{number}号楼道堆了好多杂物，{more}" for number, more in ((3, "太乱"), (4, "难走"))]
    lines = [f"坐{number}号线出站口积水" for number in (2, 2)]
    town = Voices()
    for number, text in enumerate([*texts, *clutter, *lines]):
        town.put(voice(str(number), text))
    assert not [phrase for phrase in describe(texts, town.index) if phrase.startswith("号")]
    assert any(phrase.startswith("楼道") for phrase in describe(clutter, town.index))
    assert not [phrase for phrase in describe(lines, town.index) if phrase.startswith("线")]


def test_a_title_says_what_it_is_before_where_it_is():
    texts = ["青禾路路灯不亮", "青禾路的路灯不亮了", "路灯不亮，青禾路6号", "青禾路路灯不亮，走路摔了"]
    assert describe(texts, Town(*texts, *_HALLS, "青禾路垃圾没人收")) == ["路灯不亮", "青禾路"]


def test_what_cannot_happen_is_told_with_its_not():
    texts = ["救护车进不来", "救护车开到门口进不来", "消防车进不来"]
    assert any("进不来" in phrase for phrase in describe(texts, Town(*texts, *_HALLS)))


def test_what_happens_everywhere_by_chance_is_no_evidence():
    """All from one street within an hour, as a table without times has it: being near says nothing then."""
    draw = np.random.default_rng(1)
    spread = Chance(draw.uniform(0, 100, 500), draw.uniform(121, 121.1, 500), draw.uniform(31, 31.1, 500))
    at_once = Chance(np.zeros(500), np.full(500, 121.0), np.full(500, 31.0))
    apart = np.array([0.2])
    assert spread.of_days(apart)[0] < 0.05 < 0.9 < at_once.of_days(apart)[0]
    assert spread.of_metres(apart)[0] < 0.01 < 0.9 < at_once.of_metres(apart)[0]
    assert at_once.at_once
    assert not spread.at_once


def test_distances_are_the_rarer_by_chance_the_smaller_they_are():
    draw = np.random.default_rng(2)
    chance = Chance(draw.uniform(0, 100, 500), draw.uniform(121, 121.1, 500), draw.uniform(31, 31.1, 500))
    shares = chance.of_metres(np.array([30.0, 100.0, 400.0, 2000.0, 9000.0]))
    assert list(shares) == sorted(shares)
    assert 0 < shares[0] < shares[-1] <= 1


def test_words_that_neighbours_use_of_one_thing_become_kin():
    """One half of a street says "kiln", the other "potter", of the same smoke; elsewhere others speak of others."""
    ours = [("kiln", "smoke"), ("potter", "oven"), ("kiln", "oven"), ("potter", "smoke")]
    others = [(f"word{n % 40}", f"thing{n % 35}") for n in range(400)]
    said = [frozenset(one) for one in ours * 25 + others]
    pairs = [(a, b) for b in range(100) for a in range(b)][::7] + [(n, n + 40) for n in range(100, 440)]
    kinship = Kinship()
    kinship.learn(said, np.array(pairs), np.ones(len(pairs)))
    kiln, potter, other = (kinship.of(frozenset([word])) for word in ("kiln", "potter", "thing3"))
    assert kiln @ potter > 0.5 > abs(kiln @ other) + 0.2


def test_who_stands_together_without_a_word_in_common_is_not_one_matter():
    assert together(voice("a", "路灯不亮了"), voice("b", "请问社保怎么办")) == []


def test_what_a_person_joined_is_one_whatever_the_machine_thinks():
    """A joined request comes to its lead's cluster, and two clusters that are one matter are one issue."""
    clusters = [["a", "b"], ["c", "d"], ["e", "f"]]
    assert sorted(map(sorted, gathered(clusters, {"c": "a", "x": "e", "y": "z"}))) == [
        ["a", "b", "c", "d"],
        ["e", "f", "x"],
        ["y", "z"],
    ]
    assert gathered([], {}) == []


def test_a_place_is_known_by_where_its_name_stands():
    """采荷 ends like no list of streets has it; 家住 stands before many names, and after 补丁路 comes no house number."""
    places = ("采荷", "石桥头", "雅居", "三里亭")
    said = [
        read(text)
        for place in places
        for text in (
            f"{place}3号楼电梯坏了",
            f"家住{place}12幢，停水",
            f"{place}门口路灯灭了",
            f"补丁路又烂了，{place}北门",
        )
    ]
    naming = Naming(said)
    assert naming.of(read("采荷 公交车不停")) == {"采荷"}
    assert naming.of(read("补丁路又烂了")) == frozenset()
    assert not matter(read("采荷电梯坏了"), frozenset({"采荷"})) & {"采荷", "采", "荷"}
    _, other, _ = naming.compare(frozenset({"采荷"}), [frozenset({"采荷"}), frozenset({"石桥头"})])
    assert list(other) == [0.0, 1.0]


def test_an_english_place_is_known_by_its_capitals():
    said = [
        read(text)
        for text in ("No light at Seven Dials", "rats behind Seven Dials", "Dear Sir, the lift at Long Acre")
    ]
    naming = Naming([*said * 2, *map(read, ("no heat", "potholes", "a dog barks"))])
    assert naming.of(read("SEVEN DIALS: THE LAMP IS OUT")) == {"seven dials"}
    assert naming.of(read("dear sir")) == frozenset()


def test_without_a_column_of_places_the_names_in_the_texts_tell_two_matters_apart():
    """The same in the same days at two places whose names end like no street and no estate; one says nothing but the name."""
    here = Voices()
    lift = ("电梯停了", "电梯坏了没人修", "轿厢里关了人，电梯又停", "电梯按了没反应")
    lamp = ("路灯灭了", "路灯不亮，天黑看不见", "灯杆一排都不亮", "晚上漆黑，路灯坏了")
    where = ("{}3号楼", "家住{}，", "{}门口", "{} ")
    said = [
        voice(f"{what[0][:2]}{place}{n}", where[n].format(place) + what[n], days=days, metres=None)
        for what, days in ((lift, 0), (lamp, 30))
        for place in ("采荷", "石桥头", "三里亭", "柳浪")
        for n in range(4)
    ]
    for _ in here.begin(said):
        pass
    found = [{member.id[:-1] for member in members} for members in here.together()]
    assert all(len(one) == 1 for one in found)
    assert sum(len(members) >= 3 for members in here.together()) >= 6


def test_traditional_characters_say_the_same():
    assert read("電梯壞了沒人修，向陽社區３號樓") == read("电梯坏了没人修，向阳社区3号楼")
