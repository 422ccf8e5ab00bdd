"""The street's micro-wishes (微心愿), a few in each state, and what people offer. Pure; the same on every machine."""

from datetime import datetime, timedelta
from random import Random
from typing import Any, NotRequired, TypedDict

from lastmile.demo import street
from lastmile.demo.lives import Life
from lastmile.demo.residents import somebody
from lastmile.demo.steps import Step
from shared.ids import named_id

_PHONES = 138_0000_3000
"""Nobody's that we know of."""
_HOUR = timedelta(hours=1)
_LAPSES_AFTER = timedelta(days=6)


class Offer(TypedDict):
    giver: str
    help: str
    name: str
    says: str
    areas: list[str]
    times: int


class Wish(TypedDict):
    """``age`` in days; ``wording`` only where the public is asked, ``says`` only where somebody claims it."""

    ending: str
    grid: str
    age: float
    category: str
    text: str
    wording: NotRequired[str]
    help: NotRequired[str]
    giver: NotRequired[str]
    name: NotRequired[str]
    says: NotRequired[str]
    note: NotRequired[str]
    thanks: NotRequired[str]


def wish_lives(anchor: datetime) -> list[Life]:
    """Return a life for each wish, in the order in which they came in; the last one's steps hold what is on offer."""
    told = street.wishes()
    wishes = sorted((one for one in told if "grid" in one), key=lambda one: -one["age"])
    lives = [_life(number, one, anchor) for number, one in enumerate(wishes)]
    offers = tuple(
        _offer(f"free-{number}", each, 4 * _HOUR + number * _HOUR / 4)
        for number, each in enumerate(offer for one in told for offer in one.get("offers", ()))
    )
    first = lives[0]
    return [
        Life(first.key, first.grid, first.ending, first.at, first.body, (*first.steps, *offers)),
        *lives[1:],
    ]


def _life(number: int, wish: Wish, anchor: datetime) -> Life:
    key = f"demo-wish-{number:02d}"
    dice = Random(key)  # noqa: S311 - a story, not a secret
    building = dice.choice([each for each in street.buildings().values() if each.grid == wish["grid"]])
    who, at = somebody(building, dice), anchor - timedelta(days=wish["age"])
    body: dict[str, Any] = {
        "key": key,
        "text": wish["text"].format(where=building.code),
        "kind": "wish",
        "category": wish["category"],
        "at": at.isoformat(),
        "location": {"building": building.code, "unit": who.unit},
        "reporter": {"name": who.name, "phone": who.phone},
    }
    return Life(key, wish["grid"], wish["ending"], at, body, _steps(key, wish, at))


def _steps(key: str, wish: Wish, at: datetime) -> tuple[Step, ...]:
    if "wording" not in wish or "help" not in wish:
        return ()
    shown = {"wording": wish["wording"], "category": wish["help"]}
    steps = [Step("PublishWish", 2 * _HOUR, shown, {}, ("not_assigned",))]
    if "says" in wish and "giver" in wish and "name" in wish:
        steps += _claimed(key, wish, at)
    return tuple(steps)


def _claimed(key: str, wish: Any, at: datetime) -> list[Step]:
    """Whoever claims it offers that first; a stranger waits for a yes, and a claim may run out of time."""
    offer = {"giver": wish["giver"], "help": wish["help"], "name": wish["name"], "says": wish["says"]}
    offered = _offer(key, {**offer, "areas": [], "times": 1 if wish["ending"] == "waiting" else 3}, 6 * _HOUR)
    claim: dict[str, Any] = {"offer": offered.fields["offer"], "vouched": wish["ending"] != "waiting"}
    if wish["ending"] == "lapsed":
        claim["until"] = at + _LAPSES_AFTER
    steps = [offered, Step("ClaimWish", 7 * _HOUR, claim)]
    if "note" in wish:
        done = Step("FulfilWish", 40 * _HOUR, {}, {"note": wish["note"]}, ("not_assigned", "wish_unclaimed"))
        steps.append(done)
    if "thanks" in wish:
        said = {"solved": True, "satisfaction": 5}
        steps += [
            Step("RecordFeedback", 50 * _HOUR, said, {"comment": wish["thanks"]}, ("not_resolved",)),
            Step("ThankForWish", 60 * _HOUR, {"public": True}, {}, ("not_thanked_yet",)),
        ]
    return steps


def _offer(key: str, offer: Offer | dict[str, Any], after: timedelta) -> Step:
    name = named_id("demo", "offer", key)
    phone = f"+86{_PHONES + Random(key).randrange(1000)}"  # noqa: S311 - a story, not a secret
    fields = {"offer": name, "reachable": True, "giver": offer["giver"], "category": offer["help"]}
    more = {"areas": tuple(offer["areas"]), "times": offer["times"]}
    box = {"name": offer["name"], "phone": phone, "text": offer["says"]}
    return Step("OfferHelp", after, fields | more, {"sealed": box})
