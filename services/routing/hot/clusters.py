"""Which requests belong together, from the odds of pairs: average linkage, so that no chain of neighbours joins what
does not belong together as a whole.

Two clusters are joined while the mean of the log-odds between their members speaks for it; a pair that was not worth
a look speaks against it. The best pair first, whatever the order in which the requests came.
"""

import heapq
from collections.abc import Iterable, Mapping

Edges = Mapping[tuple[int, int], float]
"""Log-odds of pairs, the smaller place first."""

_UNSEEN = -0.6
"""The log-odds of a pair that has too little in common to be looked at."""
SURE = 3.0
"""More than that no single pair says for or against it."""


def components(edges: Edges) -> list[list[int]]:
    """What hangs together by pairs that are likelier one thing than not, each sorted."""
    parent: dict[int, int] = {}

    def root(place: int) -> int:
        parent.setdefault(place, place)
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for (a, b), odds in edges.items():
        if odds > 0:
            x, y = root(a), root(b)
            parent[max(x, y)] = min(x, y)
    found: dict[int, list[int]] = {}
    for place in parent:
        found.setdefault(root(place), []).append(place)
    return [sorted(members) for members in found.values()]


def clustered(
    members: Iterable[int], neighbours: Mapping[int, Mapping[int, float]], bar: float = 0.0
) -> list[list[int]]:
    """Cluster one component. ``neighbours[a][b]`` is the log-odds of the pair, both ways. Singles are left out."""
    size = dict.fromkeys(members, 1)
    inside = {place: [place] for place in size}
    # Sums over the pairs that were seen, and how many those are.
    sums = {a: {b: odds for b, odds in neighbours[a].items() if b in size} for a in size}
    seen = {a: dict.fromkeys(sums[a], 1) for a in size}
    born = dict.fromkeys(size, 0)

    def mean(a: int, b: int) -> float:
        pairs = size[a] * size[b]
        return (sums[a][b] + _UNSEEN * (pairs - seen[a][b])) / pairs

    heap = [(-odds, a, b, 0, 0) for a in sums for b, odds in sums[a].items() if a < b and odds > bar]
    heapq.heapify(heap)
    while heap:
        _, a, b, age_a, age_b = heapq.heappop(heap)
        if a not in size or b not in size or (born[a], born[b]) != (age_a, age_b):
            continue
        if len(sums[a]) < len(sums[b]):
            a, b = b, a
        inside[a] += inside.pop(b)
        pulled, counted = sums.pop(b), seen.pop(b)
        for other, odds in pulled.items():
            sums[other].pop(b)
            seen[other].pop(b)
            if other == a:
                continue
            sums[a][other] = sums[other][a] = sums[a].get(other, 0.0) + odds
            seen[a][other] = seen[other][a] = seen[a].get(other, 0) + counted[other]
        size[a] += size.pop(b)
        born[a] += 1
        for other in sums[a]:
            if (worth := mean(a, other)) > bar:
                x, y = min(a, other), max(a, other)
                heapq.heappush(heap, (-worth, x, y, born[x], born[y]))
    return [sorted(together) for together in inside.values() if len(together) > 1]
