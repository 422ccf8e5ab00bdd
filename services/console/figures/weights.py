"""Which weights held when: every policy says them, or says nothing of them."""

from datetime import datetime

from services.console.figures.counting import Weights
from shared.documents import Body, Model
from shared.envelope import Fact
from shared.events.policy import PolicyAdopted


def _fold(body: Body, fact: Fact) -> Body:
    event = fact.event
    if not isinstance(event, PolicyAdopted):
        return body
    said: dict[str, int] = event.content.get("weights", {})
    return {"held": [*body.get("held", []), {"from": event.at, "weights": said}]}


WEIGHTS = Model(
    name="weights",
    key=lambda history: history.id if (history.owner, history.aggregate) == ("routing", "policy") else None,
    fold=_fold,
)


def weights_at(body: Body, moment: datetime) -> Weights:
    """Return those of the policy that held then; a policy writes down only what is not the default."""
    held = [one for one in body.get("held", []) if one["from"] <= moment]
    said: dict[str, int] = held[-1]["weights"] if held else {}
    return Weights(**{f"{name}_rate": percent / 100 for name, percent in said.items()})
