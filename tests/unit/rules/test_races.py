"""Two staff close and transfer the same request at once: one wins, the other is told, and nothing else happens.

Ten thousand races over the rules themselves, with messages dropped, repeated and reordered as a bus may.
"""

from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

import pytest

from services.routing.request.domain import REQUEST
from services.routing.request.state import State
from shared.commands.command import Command
from shared.events.event import Event
from shared.refusal import Refused
from tests.fixtures.matter import accepted, assigned, close, decline, resolve, resolved, transfer

RACES = 10_000
_TRIES = 6
_AT_WORK: tuple[Event, ...] = (assigned(), accepted())
_RESOLVED: tuple[Event, ...] = (assigned(), accepted(), resolved())


@dataclass
class Journal:
    """Appends at the expected revision, or not at all; the same id again is the first answer."""

    events: list[Event]
    ids: list[str] = field(default_factory=list[str])
    states: list[State] = field(default_factory=list[State])

    def __post_init__(self) -> None:
        self.states = list(accumulate(self.events, REQUEST.evolve, initial=REQUEST.initial))

    def append(self, event: Event, by: str, expected: int) -> bool:
        if by in self.ids:
            return True
        if expected != len(self.events):
            return False
        self.events.append(event)
        self.states.append(REQUEST.evolve(self.states[-1], event))
        self.ids.append(by)
        return True


@dataclass
class Hand:
    """A command on its way through one replica, which may have read an older state than there is."""

    command: Command
    read: int
    tries: int = 0
    answer: str | None = None

    def step(self, journal: Journal) -> None:
        if self.command.id in journal.ids:
            self.answer = "done"
            return
        try:
            event = REQUEST.decide(self.command, journal.states[self.read])
        except Refused as refused:
            if self.read < len(journal.events):
                self.read = len(journal.events)
            else:
                self.answer = refused.reason
            return
        if event is None:
            self.answer = "quiet"
        elif journal.append(event, self.command.id, self.read):
            self.answer = "done"
        else:
            self.tries += 1
            self.read = len(journal.events)
            self.answer = "conflict" if self.tries == _TRIES else None


def race(dice: Random, past: tuple[Event, ...], wishes: list[Command]) -> tuple[Journal, dict[str, set[str]]]:
    """Each wish is delivered one to three times, some to a replica that is behind; steps come in any order, and of
    what is delivered more than once some is lost on its way.
    """
    journal = Journal(list(past))
    hands = [
        Hand(wish, len(past) - dice.choice((0, 0, 0, 1)))
        for wish in wishes
        for _ in range(dice.randint(1, 3))
    ]
    first = {wish.id: next(hand for hand in hands if hand.command.id == wish.id) for wish in wishes}
    while waiting := [hand for hand in hands if hand.answer is None]:
        hand = dice.choice(waiting)
        if hand is not first[hand.command.id] and dice.random() < 0.1:
            hand.answer = "dropped"
        else:
            hand.step(journal)
    answers = {name: {hand.answer or "" for hand in hands if hand.command.id == name} for name in first}
    return journal, {name: said - {"dropped"} for name, said in answers.items()}


@pytest.mark.parametrize(
    ("past", "ends", "told"),
    [
        (_RESOLVED, close("by_staff", actor="staff:s1", id="end"), {"already_resolved", "already_closed"}),
        (_AT_WORK, resolve("staff:s1", id="end"), {"already_resolved", "not_accepted"}),
        (_AT_WORK, decline("staff:s1", id="end"), {"already_closed", "done"}),
    ],
    ids=["close", "resolve", "decline"],
)
def test_one_wins_the_other_is_told_and_nothing_else_happens(
    past: tuple[Event, ...], ends: Command, told: set[str]
):
    """Closing what is resolved, resolving what is worked on, declining it: each against a transfer at the same time.

    Declined after it was transferred both have happened, one after the other, and each of the two knows.
    """
    dice, outcomes = Random(20260727), Counter[str]()
    move: Command = transfer("w2", "g2", actor="staff:s2", id="move")
    for _ in range(RACES // 3 + 1):
        journal, answers = race(dice, past, [ends, move])
        happened = [by for by in journal.ids if by in ("end", "move")]
        assert len(happened) == len(set(happened)) == len(journal.events) - len(past)
        for name in ("end", "move"):
            assert answers[name] == ({"done"} if name in happened else answers[name] & told), answers
        outcomes[" ".join(happened)] += 1
    assert sum(outcomes.values()) == RACES // 3 + 1
    if ends.id == "end" and past is _RESOLVED:
        assert set(outcomes) == {"end"}, "what is resolved is not transferred"
    elif isinstance(ends, type(resolve())):
        assert set(outcomes) == {"end", "move"}
    else:
        assert set(outcomes) == {"end", "move end"}
