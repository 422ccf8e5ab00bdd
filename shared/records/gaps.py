"""Which fields of a record somebody still has to find out."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

MAY_BE_EMPTY = frozenset({"care", "notes", "key", "entrance"})
"""Without these a record lacks nothing."""


def missing(
    fields: Iterable[str], public: Mapping[str, Any], filled: Collection[str], doubts: Collection[str]
) -> list[str]:
    """Return which of these fields nothing tells. A sound id number tells the day of birth and the sex; building and unit,
    the address.
    """
    told = {*filled, *(name for name, value in public.items() if value is not None)}
    if "id_number" in filled and not any(doubt.startswith("id_number") for doubt in doubts):
        told |= {"born", "sex"}
    if {"building", "unit"} <= told:
        told.add("address")
    return [field for field in fields if field not in told and field not in MAY_BE_EMPTY]
