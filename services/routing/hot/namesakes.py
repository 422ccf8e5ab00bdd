"""Who names which place: for each request the names that it says, and for each name who says it."""

from array import array
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from services.routing.hot.naming import Naming, Numbers, matter
from services.routing.hot.words import Words


class Namesakes:
    """By place in the index."""

    def __init__(self) -> None:
        self.naming = Naming()
        self._names: list[frozenset[str]] = []
        self._saying: dict[str, array[int]] = {}

    def add(self, words: Words) -> None:
        self._write(self.of(words))

    def learn(self, said: Sequence[Words | None], listened: Sequence[Words]) -> Iterator[None]:
        """Learn the names from some, and find them in all; whoever asks meanwhile is told by what was known before."""
        fresh = Namesakes()
        fresh.naming = Naming(listened)
        yield
        for words in said:
            fresh._write(frozenset() if words is None else fresh.naming.of(words))
            yield
        self.naming, self._names, self._saying = fresh.naming, fresh._names, fresh._saying

    def of(self, words: Words) -> frozenset[str]:
        return self.naming.of(words)

    def matter(self, place: int, words: Words) -> frozenset[str]:
        """What is said there beside where it is."""
        return matter(words, self._names[place])

    def saying(self, names: frozenset[str]) -> npt.NDArray[np.int32]:
        told = [np.frombuffer(some, np.int32) for name in names if (some := self._saying.get(name))]
        return np.concatenate(told) if told else np.zeros(0, np.int32)

    def compare(
        self, names: frozenset[str], places: npt.NDArray[np.int64]
    ) -> tuple[Numbers, Numbers, Numbers]:
        return self.naming.compare(names, [self._names[place] for place in places.tolist()])

    def _write(self, names: frozenset[str]) -> None:
        at = len(self._names)
        self._names.append(names)
        for name in names:
            self._saying.setdefault(name, array("i")).append(at)
