"""The console's figures anew from the journal, without asking it."""

from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic_core import from_json, to_json

from lastmile.corridor import corridor, facts
from lastmile.stack import settings_for
from lastmile.trouble import Trouble
from services.console.figures.counting import BY, FIGURES, By, Count, Figure, Weights, counts, key_of
from services.console.figures.tally import tallied
from services.console.figures.weights import WEIGHTS, weights_at
from shared.documents import Body
from shared.settings import Settings


async def figures_of_the_journal(data: Path | None, by: str, moment: datetime) -> Any:
    """Fold every event that had happened by then, and count. Raises Trouble."""
    dimension, settings = _dimension(by), settings_for(data)
    count = Count(dimension, moment, settings.zone, await _weights(settings, moment))
    count.add((await _tallies(settings, moment)).values())
    return from_json(to_json(count.answer()))


async def behind_in_the_journal(
    data: Path | None, by: str, figure: str, key: str | None, moment: datetime
) -> list[str]:
    """Return the ids of the requests that one number counts, in order; ``key`` None: of all. Raises Trouble."""
    dimension, settings = _dimension(by), settings_for(data)
    counted: Figure | None = next((each for each in FIGURES if each == figure), None)
    if counted is None:
        raise Trouble(f"There is no figure {figure!r}.", f"There are {', '.join(FIGURES)}.")
    tallies = {name: tally for name, tally in (await _tallies(settings, moment)).items() if "at" in tally}
    if key is not None:
        keyed = {name: key_of(tally, dimension, settings.zone) for name, tally in tallies.items()}
        if key not in keyed.values():
            raise Trouble(
                f"No {dimension} was called {key!r} then.", "The figures' lines name those that were."
            )
        tallies = {name: tally for name, tally in tallies.items() if keyed[name] == key}
    return sorted(request for request, tally in tallies.items() if counts(counted, tally, moment))


async def _weights(settings: Settings, moment: datetime) -> Weights:
    """Those of the policy that held then."""
    body: Body = {}
    async with corridor(settings) as bus:
        async for fact in facts(bus, f"journal.{settings.tenant}.*.routing.policy.>"):
            if fact.event is not None:
                body = WEIGHTS.fold(body, fact)
    return weights_at(body, moment)


def _dimension(by: str) -> By:
    for each in BY:
        if each == by:
            return each
    raise Trouble(f"There are no figures by {by!r}.", f"There are {', '.join(BY)}.")


async def _tallies(settings: Settings, moment: datetime) -> dict[str, Body]:
    tallies: dict[str, Body] = {}
    histories = [f"journal.{settings.tenant}.*.{each}.>" for each in ("intake.submission", "routing.request")]
    async with corridor(settings) as bus:
        async for fact in facts(bus, *histories):
            if fact.event is not None and fact.event.at <= moment:
                tallies[fact.history.id] = tallied(tallies.get(fact.history.id, {}), fact.event)
    return tallies
