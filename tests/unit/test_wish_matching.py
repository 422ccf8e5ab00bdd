"""Which offers are suggested for a wish, in which order, and what is never suggested."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.routing.offer.domain import State as Offer
from services.routing.offer.matching import Wanted, for_skill, suggest
from shared.help import Giver, kinds_of_help
from tests.fixtures.matter import MORNING

KINDS = kinds_of_help()
AREAS = ("WT-01-a", "WT-01", "wutong", "street")
_HOUR = timedelta(hours=1)


def offer(**more: object) -> Offer:
    said = {"giver": Giver.SHOP, "category": "company", "times": 1, "open": True, "offered_at": MORNING}
    return Offer.model_validate(said | more)


def wanted(**more: object) -> Wanted:
    return Wanted(**({"wish": "r1", "areas": AREAS, "at": MORNING, "category": "company"} | more))  # type: ignore[arg-type]


def names(asked: Wanted, offers: dict[str, Offer], words: dict[str, str] | None = None) -> list[str]:
    return [one.offer for one in suggest(asked, offers, KINDS, words)]


def test_the_nearer_of_two_comes_first_and_then_whoever_offered_first():
    offers = {
        "street": offer(areas=("street",)),
        "grid": offer(areas=("WT-01-a",)),
        "later": offer(areas=("WT-01-a",), offered_at=MORNING + _HOUR),
        "anywhere": offer(),
    }
    assert names(wanted(), offers) == ["grid", "later", "street", "anywhere"]


def test_what_staff_said_it_needs_counts_and_else_its_words_do():
    offers = {"hair": offer(category="haircut"), "walk": offer(category="company")}
    assert names(wanted(), offers) == ["walk"]
    assert names(wanted(category=None, words="腿脚不便，想请人上门理发"), offers) == ["hair"]
    assert names(wanted(category=None, words="想换个灯泡"), offers) == []


def test_what_the_giver_says_it_is_counts_too():
    offers = {"chair": offer(category="household"), "fan": offer(category="household")}
    said = {"chair": "一辆九成新的轮椅", "fan": "一台电风扇"}
    assert names(wanted(category="household", words="想借一辆轮椅"), offers, said)[0] == "chair"


def test_who_offered_for_this_very_wish_is_the_next_in_line():
    offers = {"other": offer(areas=("WT-01-a",)), "second": offer(wish="r1"), "not": offer(wish="r2")}
    assert names(wanted(), offers) == ["second", "other"]


def test_a_skill_that_a_shift_asks_for_is_found_by_its_kind_or_in_the_giver_s_words():
    offers = {
        "hair": offer(category="haircut"),
        "nurse": offer(category="health"),
        "boat": offer(areas=("street",)),
    }
    said = {"boat": "有冲锋舟和两件救生衣", "hair": "上门理发"}
    for skill, found in (("health", ["nurse"]), ("健康照护", ["nurse"]), ("冲锋舟", ["boat"]), ("潜水", [])):
        asked = for_skill(skill, AREAS, MORNING, KINDS)
        assert [one.offer for one in suggest(asked, offers, KINDS, said)] == found


_moments = st.none() | st.sampled_from([MORNING + number * _HOUR for number in (-30, -1, 0, 1, 30)])
_offers = st.builds(
    offer,
    category=st.sampled_from(tuple(KINDS)),
    areas=st.lists(st.sampled_from((*AREAS, "QD-03", "qiaodong")), max_size=3).map(tuple),
    times=st.integers(1, 3),
    until=_moments,
    begins=_moments,
    wish=st.none() | st.sampled_from(("r1", "r2")),
    withdrawn=st.booleans(),
    drawn=st.lists(st.sampled_from(("r1", "r2", "r3")), max_size=3, unique=True).map(tuple),
    offered_at=st.sampled_from([MORNING + number * _HOUR for number in range(4)]),
)


@given(
    offers=st.dictionaries(st.sampled_from("abcdefgh"), _offers),
    category=st.none() | st.sampled_from(tuple(KINDS)),
    words=st.sampled_from(("", "想理发", "想有人陪我去医院复查", "a wheelchair")),
)
def test_never_outside_its_area_never_used_up_never_over(
    offers: dict[str, Offer], category: str | None, words: str
):
    found = suggest(wanted(category=category, words=words), offers, KINDS)
    for one in found:
        chosen = offers[one.offer]
        assert not chosen.areas or set(chosen.areas) & set(AREAS)
        assert chosen.left > 0
        assert chosen.until is None or chosen.until > MORNING
        assert chosen.wish in (None, "r1")
        assert "r1" not in chosen.drawn
        assert one.points == round(sum(one.reasons.values()), 1)
    assert [one.points for one in found] == sorted((one.points for one in found), reverse=True)


@given(offers=st.dictionaries(st.sampled_from("abcdefgh"), _offers), times=st.randoms())
def test_the_order_in_which_offers_are_read_says_nothing(offers: dict[str, Offer], times: object):
    mixed = list(offers.items())
    times.shuffle(mixed)  # type: ignore[attr-defined]
    assert names(wanted(), dict(mixed)) == names(wanted(), offers)
