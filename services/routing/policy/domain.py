"""The rules of the policy itself: what cannot be kept is never adopted, and nobody overwrites what he has not read."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import to_json

from services.routing.policy.policy import Policy, mistakes
from shared.commands.policy import AdoptPolicy
from shared.decider import Decider
from shared.events.event import Event
from shared.events.policy import PolicyAdopted
from shared.refusal import Refused

LARGEST = 256 * 1024  # bytes of JSON


class State(BaseModel):
    model_config = ConfigDict(frozen=True)

    version: int = 0
    content: dict[str, Any] | None = None
    """As it was adopted: a later release reads it with its own model."""


def evolve(state: State, event: Event) -> State:
    if isinstance(event, PolicyAdopted):
        return State(version=state.version + 1, content=event.content)
    return state


def read(content: dict[str, Any]) -> Policy:
    """Raises Refused with every mistake, by field."""
    if len(to_json(content)) > LARGEST:
        raise Refused("policy_too_large", most=LARGEST)
    try:
        return Policy.model_validate(content)
    except ValidationError as error:
        raise Refused("policy_impossible", mistakes=mistakes(error)) from None


def decide(command: AdoptPolicy, state: State) -> Event | None:
    content = read(command.content).model_dump(mode="json", exclude_defaults=True)
    if content == state.content:
        return None
    if command.on not in (None, state.version):
        raise Refused("policy_changed_meanwhile", version=state.version)
    return PolicyAdopted(content=content, note=command.note, at=command.at)


POLICY: Decider[State] = Decider("routing", "policy", State(), evolve, decide)
