"""A decider: the rules of one aggregate as plain functions, and the state document that follows from them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from shared.documents import Model
from shared.envelope import Fact, History
from shared.events.event import Event

S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True)
class Decider(Generic[S]):
    """The rules of one aggregate: three plain things with no clock, no I/O and no randomness."""

    owner: str
    aggregate: str
    initial: S
    evolve: Callable[[S, Event], S]
    decide: Callable[[Any, S], Event | None]
    journal: str = "journal"
    indexes: Sequence[Sequence[str]] = ()

    @property
    def model(self) -> Model:
        """The state document, which is a projection like any other."""
        return Model(
            name=self.aggregate,
            key=self._key,
            fold=self._fold,
            journal=self.journal,
            indexes=self.indexes,
            remembers=True,
        )

    def _key(self, history: History) -> str | None:
        return history.id if (history.owner, history.aggregate) == (self.owner, self.aggregate) else None

    def _fold(self, body: dict[str, Any], fact: Fact) -> dict[str, Any]:
        assert fact.event is not None
        return self.evolve(self.state(body), fact.event).model_dump()

    def state(self, body: dict[str, Any]) -> S:
        return type(self.initial).model_validate(body) if body else self.initial
