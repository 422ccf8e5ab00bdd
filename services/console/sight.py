"""Who of the staff sees which requests. One rule for rows, dossiers, figures, exports and the live line."""

from dataclasses import dataclass
from typing import Any

from shared.documents import Body
from shared.staff import Staff
from shared.words import Kind

_ABOUT_PEOPLE = (Kind.COMPLAINT.value, Kind.TIP.value)


@dataclass(frozen=True)
class Sight:
    """``areas``: these communities alone; none: all. ``worker``: not what accuses him, nor a complaint or tip of which
    nobody has said yet whom it accuses.
    """

    areas: tuple[str, ...] = ()
    worker: str | None = None

    @classmethod
    def of(cls, staff: Staff) -> "Sight":
        return cls(staff.areas, staff.sub if staff.role == "worker" else None)

    def conditions(self) -> list[dict[str, Any]]:
        """As the store is asked."""
        asked: list[dict[str, Any]] = []
        if self.areas:
            among = self.areas[0] if len(self.areas) == 1 else {"$in": list(self.areas)}
            asked.append({"body.community": among})
        if self.worker is not None:
            asked.append({"body.hidden_from": {"$ne": self.worker}})
            asked.append({"$nor": [{"body.kind": {"$in": list(_ABOUT_PEOPLE)}, "body.worker": None}]})
        return asked

    def sees(self, body: Body) -> bool:
        """As ``conditions``, of one row or document's body."""
        if self.areas and body.get("community") not in self.areas:
            return False
        if self.worker is None:
            return True
        if self.worker in (body.get("hidden_from") or ()):
            return False
        return not (body.get("kind") in _ABOUT_PEOPLE and body.get("worker") is None)


EVERYTHING = Sight()
