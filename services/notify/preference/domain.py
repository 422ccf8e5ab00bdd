"""The rules of a preference: everybody says what he wishes to hear himself; staff may say it for somebody who asks them."""

from pydantic import BaseModel, ConfigDict

from services.notify.preference.rules import each_day, switched_off
from shared.commands.preference import SetPreferences
from shared.decider import Decider
from shared.events.event import Event
from shared.events.preference import PreferencesSet
from shared.refusal import Refused


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    said: PreferencesSet | None = None
    """What stands, and since when."""


def evolve(state: State, event: Event) -> State:
    return State(said=event) if isinstance(event, PreferencesSet) else state


def decide(command: SetPreferences, state: State) -> Event | None:
    _see_whose(command)
    before = state.said or PreferencesSet(holder=command.holder, at=command.at)
    wished: dict[str, object] = {
        name: getattr(command, name) for name in ("language", "stopped") if getattr(command, name) is not None
    }
    if command.quiet_from is not None and command.quiet_until is not None:
        wished |= {"quiet_from": command.quiet_from, "quiet_until": command.quiet_until}
    if command.off is not None:
        wished["off"] = switched_off(command.off)
    if command.digests is not None:
        wished["digests"] = each_day(command.digests)
    after = before.model_copy(update=wished)
    if after == before:
        return None
    return after.model_copy(update={"how": command.how, "at": command.at})


def _see_whose(command: SetPreferences) -> None:
    """A worker says it for himself; a resident through the link that only the contact got."""
    role, _, name = command.actor.partition(":")
    if role in ("staff", "service"):
        return
    whose = {"worker": "worker", "resident": "contact"}.get(role)
    if command.holder != f"{whose}:{name}":
        raise Refused("not_your_preferences")


PREFERENCE: Decider[State] = Decider("notify", "preference", State(), evolve, decide)
