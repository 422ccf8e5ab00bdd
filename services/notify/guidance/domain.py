"""The rules of the entries: each has a name and both texts, says what it is for, and has nothing of a person in it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict

from services.notify.guidance.shipped import SHIPPED
from services.notify.template.checking import is_personal
from shared.commands.guidance import AdoptGuidance
from shared.decider import Decider
from shared.events.event import Event
from shared.events.guidance import GuidanceAdopted, GuidanceEntry
from shared.refusal import Refused

LONGEST = 300
"""Characters: an SMS of five parts in Chinese, with its signature, its code and its link."""
LONGEST_TITLE = 40
_TEXTS = ("title_zh", "title_en", "zh", "en")


class State(BaseModel):
    """Version 0 is the set that the house brings."""

    model_config = ConfigDict(frozen=True)

    version: int = 0
    entries: tuple[GuidanceEntry, ...] = SHIPPED


def evolve(state: State, event: Event) -> State:
    if isinstance(event, GuidanceAdopted):
        return State(version=state.version + 1, entries=event.entries)
    return state


def mistakes(entries: Sequence[GuidanceEntry]) -> list[dict[str, str]]:
    """Every mistake: which entry, which field, a slug."""
    times = Counter(entry.code for entry in entries)
    found = [
        {"entry": entry.code, "field": field, "problem": problem}
        for entry in entries
        for field, problem in _of(entry)
    ]
    return found + [
        {"entry": code, "field": "code", "problem": "twice"} for code, count in times.items() if count > 1
    ]


def _of(entry: GuidanceEntry) -> Iterator[tuple[str, str]]:
    if not (entry.categories or entry.any or entry.all):
        yield "any", "fits_everything"
    for field in _TEXTS:
        text: str = getattr(entry, field)
        if not text.strip():
            yield field, "empty"
        elif len(text) > (LONGEST_TITLE if field.startswith("title_") else LONGEST):
            yield field, "too_long"
        if "{" in text or "}" in text:
            yield field, "placeholder"
        if is_personal(text):
            yield field, "personal_number"
    for field in ("any", "all"):
        if any(is_personal(word) for word in getattr(entry, field)):
            yield field, "personal_number"


def decide(command: AdoptGuidance, state: State) -> Event | None:
    if command.entries == state.entries:
        return None
    if command.on not in (None, state.version):
        raise Refused("guidance_changed_meanwhile", version=state.version)
    if wrong := mistakes(command.entries):
        raise Refused("guidance_impossible", mistakes=wrong)
    return GuidanceAdopted(entries=command.entries, note=command.note, at=command.at)


GUIDANCE: Decider[State] = Decider("notify", "guidance", State(), evolve, decide)
