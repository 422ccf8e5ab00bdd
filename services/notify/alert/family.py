"""Which messages take whose place: by their references, whatever the order in which they came.

An update or a cancellation ends what it names, and what that was about. What else took the place of those, and is older,
it ends as well, if nothing of it is left: a cancellation without places ends it all.
"""

from collections.abc import Collection, Iterable, Mapping

from shared.commands.alert import Kin


def endings(kin: Iterable[Kin]) -> dict[str, Kin]:
    """Return what is ended, by the last message that ends it."""
    known = {each.alert: each for each in kin}
    in_order = sorted(known.values(), key=lambda each: (each.sent, each.alert))
    return {older.alert: newer for newer in in_order for older in in_order if _ends(newer, older, known)}


def _ends(newer: Kin, older: Kin, known: Mapping[str, Kin]) -> bool:
    if newer.kind == "Alert" or newer.alert == older.alert or older.sent > newer.sent:
        return False
    named = _earlier(newer, known)
    if older.alert in named:
        return newer.alert not in _earlier(older, known) or older.sent < newer.sent
    if older.sent == newer.sent or named.isdisjoint(_earlier(older, known)):
        return False
    return newer.everywhere or (bool(older.grids) and _within(older.grids, newer.grids))


def _within(some: Collection[str], others: Collection[str]) -> bool:
    return set(some) <= set(others)


def _earlier(one: Kin, known: Mapping[str, Kin]) -> set[str]:
    """Return the ids that a message refers to, and those that they refer to, known or not."""
    found: set[str] = set()
    waiting = list(one.references)
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += known[each].references if each in known else ()
    return found - {one.alert}
