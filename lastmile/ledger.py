"""What the console knows, asked over the bus; and its figures anew from the journal, without asking it."""

from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic_core import from_json, to_json

from lastmile.corridor import ask, corridor, facts
from lastmile.stack import settings_for
from lastmile.trouble import Trouble
from services.console.figures.counting import BY, By, Count, Weights
from services.console.figures.tally import tallied
from shared.documents import Body
from shared.journal import UnavailableError
from shared.refusal import Refused


async def asked_console(data: Path | None, name: str, question: dict[str, Any]) -> Any:
    """Raises Trouble."""
    async with corridor(settings_for(data)) as bus:
        try:
            return await ask(bus, f"query.console.{name}", question)
        except Refused as refused:
            why = refused.detail.get("why") or refused.reason
            raise Trouble("The console cannot use this question.", f"It says: {why}.") from None
        except UnavailableError:
            raise Trouble(
                "The console does not answer.", "`lastmile status` says which services run."
            ) from None


async def figures_of_the_journal(data: Path | None, by: str, moment: datetime) -> Any:
    """Fold every event that had happened by then, and count. Raises Trouble."""
    dimension: By | None = next((each for each in BY if each == by), None)
    if dimension is None:
        raise Trouble(f"There are no figures by {by!r}.", f"There are {', '.join(BY)}.")
    settings = settings_for(data)
    tallies: dict[str, Body] = {}
    histories = [f"journal.{settings.tenant}.*.{each}.>" for each in ("intake.submission", "routing.request")]
    async with corridor(settings) as bus:
        async for fact in facts(bus, *histories):
            if fact.event is not None and fact.event.at <= moment:
                tallies[fact.history.id] = tallied(tallies.get(fact.history.id, {}), fact.event)
    count = Count(dimension, moment, settings.zone, Weights())
    count.add(tallies.values())
    return from_json(to_json(count.answer()))
