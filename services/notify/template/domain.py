"""The rules of a message's wording: it says what it must, it asks for nothing that is not at hand, and nobody overwrites
what he has not read.
"""

from pydantic import BaseModel, ConfigDict

from services.notify.template.checking import mistakes
from services.notify.template.placeholders import DECLARED
from shared.commands.message_template import ReviseTemplate
from shared.decider import Decider
from shared.events.event import Event
from shared.events.message_template import TemplateRevised
from shared.refusal import Refused


class State(BaseModel):
    """Version 0 is the catalogue's text, which stands in no event."""

    model_config = ConfigDict(frozen=True)

    version: int = 0
    zh: str | None = None
    en: str | None = None


def evolve(state: State, event: Event) -> State:
    if isinstance(event, TemplateRevised):
        return State(version=state.version + 1, zh=event.zh, en=event.en)
    return state


def decide(command: ReviseTemplate, state: State) -> Event | None:
    declared = DECLARED.get(command.template)
    if declared is None:
        raise Refused("template_unknown", template=command.template)
    texts = {"zh": command.zh, "en": command.en}
    held = {"zh": state.zh, "en": state.en} if state.version else declared.texts
    if texts == held:
        return None
    if command.on not in (None, state.version):
        raise Refused("template_changed_meanwhile", version=state.version)
    if wrong := mistakes(declared, texts):
        raise Refused("template_impossible", mistakes=wrong)
    return TemplateRevised(template=command.template, note=command.note, at=command.at, **texts)


MESSAGE_TEMPLATE: Decider[State] = Decider("notify", "message_template", State(), evolve, decide)
