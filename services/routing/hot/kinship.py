"""Which words go together in this town: learnt from who says what at the same place in the same days.

Nobody says "stop" and "dry" of the same tap in the same words; but whoever says one of them stands next to whoever says
the other oftener than chance would have it. Words are counted across pairs of requests that are likely one matter
(positive pointwise mutual information), and a few dozen directions are kept of what comes out. No model is downloaded:
a town that says little teaches little.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

_TERMS = 2500
_LEAST = 3
"""A term that fewer say teaches nothing."""
_COMMON = 0.15
_DOUBT = 1.5
"""So many pairs are imagined that meet by chance, or every rare meeting would be a law."""
_DIRECTIONS = 64
_ROUNDS = 3
_LIKELY = 0.3
"""From this on a pair teaches which words go together."""
_TOLD = 20_000
"""Pairs that are listened to."""


class Kinship:
    width = _DIRECTIONS

    def __init__(self) -> None:
        self._number: dict[str, int] = {}
        self._vectors: Vectors = np.zeros((0, _DIRECTIONS), np.float32)
        self._weights: Vectors = np.zeros(0, np.float32)

    def learn(
        self, said: Sequence[frozenset[str]], pairs: npt.NDArray[np.int64], worth: npt.NDArray[np.float64]
    ) -> None:
        """``pairs``: rows of two places in ``said`` that are likely about one thing, each worth so much (0 to 1)."""
        if len(pairs) < 2 * _LEAST:
            return
        if len(pairs) > _TOLD:
            kept = np.random.default_rng(5).choice(len(pairs), _TOLD, replace=False)
            pairs, worth = pairs[kept], worth[kept]
        counts = Counter(term for terms in said for term in terms)
        many = max(_COMMON * len(said), 2 * _LEAST)
        known = [t for t, n in counts.most_common() if _LEAST <= n <= many and not t.isdecimal()][:_TERMS]
        if len(known) < _DIRECTIONS:
            return
        number = {term: at for at, term in enumerate(known)}
        size = len(known)
        met = np.zeros((size, size), np.float32)
        rows = [np.array([number[t] for t in terms if t in number], np.int64) for terms in said]
        for (a, b), much in zip(pairs.tolist(), worth.tolist(), strict=True):
            one, other = rows[a], rows[b]
            if len(one) and len(other):
                met[np.ix_(one, other)] += much / max(len(one), len(other))
        met += met.T
        alone = met.sum(axis=1)
        whole = float(alone.sum())
        if whole <= 0.0:
            return
        doubt = np.float32(_DOUBT) * np.float32(whole) / np.float32(size * size) * 10
        expected = np.outer(alone, alone) / np.float32(whole)
        kin = np.log((met + doubt) / (expected + doubt))
        np.maximum(kin, 0.0, out=kin)
        self._vectors = _directions(kin)
        self._weights = np.log(len(said) / np.array([counts[t] for t in known], np.float32)).astype(
            np.float32
        )
        self._number = number

    def __bool__(self) -> bool:
        return bool(self._number)

    def of(self, terms: frozenset[str]) -> Vectors:
        """Return where a text stands among the directions, of length one; nothing known: zeros."""
        places = [at for term in terms if (at := self._number.get(term)) is not None]
        if not places:
            return np.zeros(self._vectors.shape[1], np.float32)
        found = self._weights[places] @ self._vectors[places]
        length = float(np.sqrt(found @ found))
        return found / np.float32(length) if length > 0 else found


class Pairs:
    """Requests that are likely one matter, by what is known before anything is learnt."""

    def __init__(self) -> None:
        self._pairs: list[tuple[int, int]] = []
        self._worth: list[float] = []

    def hear(self, place: int, others: npt.NDArray[np.int64], odds: npt.NDArray[np.float64]) -> None:
        for other, likely in zip(others.tolist(), (1 / (1 + np.exp(-odds))).tolist(), strict=True):
            if likely > _LIKELY:
                self._pairs.append((place, other))
                self._worth.append(likely)

    def teach(self, said: Sequence[frozenset[str]]) -> Kinship:
        kinship = Kinship()
        kinship.learn(said, np.array(self._pairs, np.int64).reshape(-1, 2), np.array(self._worth))
        return kinship


def _directions(kin: Vectors) -> Vectors:
    """The strongest directions of a symmetric matrix, each as long as it is strong: subspace iteration."""
    basis = np.random.default_rng(3).standard_normal((len(kin), _DIRECTIONS + 16)).astype(np.float32)
    for _ in range(_ROUNDS):
        basis, _ = np.linalg.qr(kin @ basis)
    small = basis.T @ kin @ basis
    values, turned = np.linalg.eigh((small + small.T) / 2)
    best = np.argsort(-values)[:_DIRECTIONS]
    strong = np.sqrt(np.maximum(values[best], 0.0))
    return ((basis @ turned[:, best]) * strong).astype(np.float32)
