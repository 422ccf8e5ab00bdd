"""What was done about a request of the past, until it came to its ending."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

from lastmile.demo import street
from lastmile.demo.residents import comment, outcome


@dataclass(frozen=True)
class Step:
    """A command, so long after the submission. ``seal`` names a field that holds somebody's words, or
    fields of a person.
    """

    command: str
    after: timedelta
    fields: dict[str, Any] = field(default_factory=dict)
    seal: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    not_yet: tuple[str, ...] = ()
    """Refusals that say: the services have not come so far yet."""


def steps(ending: str, category: str, grid: str, dice: Random, *, room: timedelta) -> tuple[Step, ...]:
    """What was done, squeezed into the time there was: nothing lies after the anchor."""
    said = street.texts()
    accept = Step("AcceptRequest", _minutes(dice, 4, 180), not_yet=("not_assigned",))
    note = Step("NoteProgress", _minutes(dice, 185, 300), seal={"note": dice.choice(said["notes"])})
    resolve = Step("ResolveRequest", _minutes(dice, 310, 1900), seal={"outcome": outcome(category, dice)})
    hold = Step("HoldRequest", _minutes(dice, 1600, 4000), {"reason": dice.choice(said["held"])})
    give_back = Step(
        "ReturnRequest",
        _minutes(dice, 60, 400),
        {"reason": dice.choice(said["returned"])},
        not_yet=("not_assigned",),
    )
    by_hand = Step("AssignGrid", _minutes(dice, 10, 200), {"grid": grid}, not_yet=("already_assigned",))
    notes = (note,) if dice.random() < 0.6 else ()
    worked = (accept, *notes, resolve)
    match ending:
        case "assigned" | "no_place" | "nowhere":
            done: tuple[Step, ...] = ()
        case "accepted":
            done = (accept,)
        case "in_progress":
            done = (accept, note)
        case "on_hold":
            done = (accept, *notes, hold)
        case "returned":
            done = (accept, give_back)
        case "resolved":
            done = worked
        case "closed":
            done = (*worked, _pleased(dice, 4100))
        case "reopened":
            done = (*worked, _displeased(dice, 4100))
        case "reopened_and_closed":
            again = Step("AcceptRequest", _minutes(dice, 5700, 5900), not_yet=("already_resolved",))
            better = Step(
                "ResolveRequest", _minutes(dice, 6000, 7000), seal={"outcome": outcome(category, dice)}
            )
            done = (*worked, _displeased(dice, 4100), again, better, _pleased(dice, 7100))
        case "given_by_hand":
            done = (by_hand, *worked, _pleased(dice, 4100))
        case "returned_and_closed":
            done = (give_back, by_hand, *worked, _pleased(dice, 4100))
        case "declined":
            done = (Step("DeclineRequest", _minutes(dice, 60, 900), {**dice.choice(said["declined"])}),)
        case "withdrawn":
            done = (
                Step("WithdrawRequest", _minutes(dice, 60, 900), {"reason": dice.choice(said["withdrawn"])}),
            )
        case _:
            raise AssertionError(ending)
    return _squeezed(done, room)


def _pleased(dice: Random, after: int) -> Step:
    return _feedback(dice.choices((5, 4, 3), (6, 3, 1))[0], dice, after)


def _displeased(dice: Random, after: int) -> Step:
    return _feedback(dice.choice((1, 2)), dice, after)


def _feedback(satisfaction: int, dice: Random, after: int) -> Step:
    seal = {"comment": comment(satisfaction, dice)} if dice.random() < 0.6 else {}
    fields = {"solved": satisfaction > 2, "satisfaction": satisfaction}
    return Step("RecordFeedback", _minutes(dice, after, after + 1500), fields, seal, ("not_resolved",))


def _squeezed(steps: tuple[Step, ...], room: timedelta) -> tuple[Step, ...]:
    if not steps:
        return ()
    in_order = [steps[0].after]
    for before, step in pairwise(steps):
        in_order.append(max(step.after, in_order[-1] + max(timedelta(minutes=7), step.after - before.after)))
    ratio = min(1.0, room * 0.95 / in_order[-1])
    return tuple(
        Step(step.command, after * ratio, step.fields, step.seal, step.not_yet)
        for step, after in zip(steps, in_order, strict=True)
    )


def _minutes(dice: Random, least: int, most: int) -> timedelta:
    return timedelta(minutes=dice.randint(least, most))
