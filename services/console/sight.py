"""Who of the staff sees which requests. One rule for rows, dossiers, figures, exports, commands and the live line."""

from dataclasses import dataclass, replace
from typing import Any

from shared.documents import Body
from shared.staff import Staff
from shared.words import About, Kind

_ABOUT_PEOPLE = (Kind.COMPLAINT.value, Kind.TIP.value)
_OF_STAFF = (About.GRID_WORKER.value, About.COMMUNITY_OFFICE.value, About.STREET_OFFICE.value)


@dataclass(frozen=True)
class Sight:
    """``areas``: these communities alone; none: all. ``worker``: a grid worker, who sees no complaint or tip of which
    nobody has decided yet whose it is. ``who``: whoever it is, not what accuses him. ``offices``: where he sits and whom it
    answers to, by area (the tenant's name: its own office), not what accuses these.
    """

    areas: tuple[str, ...] = ()
    worker: str | None = None
    who: str | None = None
    offices: tuple[str, ...] = ()

    @classmethod
    def of(cls, staff: Staff) -> "Sight":
        """What accuses the tenant's own office is seen by its director alone, and by no office below: somebody has to."""
        if staff.role == "worker":
            return cls(staff.areas, staff.sub)
        whole = staff.role == "director" and not staff.areas
        return cls(staff.areas, None, staff.sub, () if whole else (*staff.areas, staff.tenant))

    def anywhere(self) -> "Sight":
        """The same person's, wherever it is: what this hides is a secret, and not only another community's."""
        return replace(self, areas=())

    @property
    def _names(self) -> list[str]:
        return [name for name in (self.worker, self.who) if name is not None]

    @property
    def _accused(self) -> list[str]:
        """What residents would call the offices that this is kept from, before anybody has looked which they are."""
        if not self.offices:
            return []
        of_a_community = len(self.offices) > 1  # the tenant's own is always among them
        return [About.STREET_OFFICE.value, *([About.COMMUNITY_OFFICE.value] if of_a_community else [])]

    def conditions(self) -> list[dict[str, Any]]:
        """As the store is asked."""
        asked: list[dict[str, Any]] = []
        if self.areas:
            among = self.areas[0] if len(self.areas) == 1 else {"$in": list(self.areas)}
            asked.append({"body.community": among})
        asked += [{"body.hidden_from": {"$ne": name}} for name in self._names]
        if self.offices:
            asked.append({"body.hidden_offices": {"$nin": list(self.offices)}})
            asked.append({"body.about": {"$nin": self._accused}})
        if self.worker is not None:
            asked.append({"$nor": [{"body.kind": {"$in": list(_ABOUT_PEOPLE)}, "body.worker": None}]})
        return asked

    def sees(self, body: Body) -> bool:
        """As ``conditions``, of one row or document's body."""
        if self.areas and body.get("community") not in self.areas:
            return False
        if set(self._names) & set(body.get("hidden_from") or ()):
            return False
        if set(self.offices) & set(body.get("hidden_offices") or ()):
            return False
        if body.get("about") in self._accused:
            return False
        undecided = body.get("kind") in _ABOUT_PEOPLE and body.get("worker") is None
        return self.worker is None or not undecided


EVERYTHING = Sight()


def for_followers(body: Body) -> bool:
    """Whether a read model that anybody may follow says anything of it: followers have no sight of their own."""
    accuses = body.get("hidden_from") or body.get("hidden_offices") or body.get("about") in _OF_STAFF
    undecided = body.get("kind") in _ABOUT_PEOPLE and body.get("worker") is None
    return not accuses and not undecided
