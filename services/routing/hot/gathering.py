"""What a person joined stands together, whatever the machine thinks of it."""

from collections.abc import Iterable, Mapping


def gathered(clusters: Iterable[Iterable[str]], leads: Mapping[str, str]) -> list[list[str]]:
    """Bring clusters together that hold requests of one matter, and add what was joined to them; ``leads``: the matter
    that each joined request follows. In the order of the clusters; matters in which the machine saw nothing come last.
    """
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for cluster in clusters:
        first, *others = cluster
        for other in others:
            parent[root(other)] = root(first)
    for request, lead in leads.items():
        parent[root(request)] = root(lead)
    together: dict[str, list[str]] = {}
    for name in list(parent):
        together.setdefault(root(name), []).append(name)
    return [members for members in together.values() if len(members) > 1]
