"""What else goes on in the demo street is taken by the rules, and fills the pages that a newcomer opens."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from lastmile.demo.lives import lives
from lastmile.demo.works import Deed, works
from services.routing.call_up.state import State as CallUp
from shared import commands
from shared.commands.command import Command
from tests.fixtures.matter import box
from tests.fixtures.story import decider_of

ANCHOR = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
DEEDS = works(ANCHOR, ZONE, "demo", lives(ANCHOR, ZONE))


def command(deed: Deed, number: int) -> Command:
    model = commands.CATALOGUE[deed.command]
    target = deed.history or deed.life or ""
    fields: dict[str, Any] = {model.target: target, **deed.fields}
    fields |= {name: box(f"k{number}") for name in deed.seal}
    if deed.life is not None:
        fields["request"] = deed.life
    if deed.command == "CallJointTask":  # routing looks it up in the list of duties
        fields["charge"] = {"lead": "police", "supporting": ["fire", "city"]}
    if deed.command == "IssueCallUp":  # so does the grid book
        people = sorted({each.fields["worker"] for each in DEEDS if each.command == "AnswerCallUp"})
        fields["asked"] = [{"shift": each["code"], "people": people} for each in deed.fields["shifts"]]
    said = {"id": f"c{number}", "tenant": "demo", "actor": "import:demo", "at": deed.at}
    return model.model_validate(said | fields)


def test_every_deed_is_taken_and_none_twice():
    """And those of one history happen one after the other."""
    states: dict[tuple[str, str], Any] = {}
    last: dict[tuple[str, str], datetime] = {}
    for number, deed in enumerate(DEEDS):
        wish = command(deed, number)
        decider, key = decider_of(wish), (wish.aggregate, wish.history)
        event = decider.decide(wish, states.get(key, decider.initial))
        assert event is not None, deed
        states[key] = decider.evolve(states.get(key, decider.initial), event)
        assert deed.at >= last.get(key, deed.at), deed
        last[key] = deed.at
    call_up: CallUp = next(state for (aggregate, _), state in states.items() if aggregate == "call_up")
    missing = {shift.code: call_up.missing(shift) for shift in call_up.shifts}
    assert missing == {"river": 0, "night": 1, "pumps": 0}


def test_each_page_has_something_to_show():
    told = Counter(deed.command for deed in DEEDS)
    for name in (
        "CallJointTask",
        "OpenMediation",
        "MakeVisit",
        "LeaveVisitUnanswered",
        "MakePatrol",
        "RosterDuty",
    ):
        assert told[name], name
