"""The saved views that somebody sees, opened; and how one is made and sealed."""

from collections.abc import Mapping
from typing import Any

from services.console.rooms import Rooms
from services.console.saved_view.domain import SAVED_VIEW
from shared.clock import now
from shared.commands.saved_view import ForgetView, SaveView
from shared.documents import Body, document_id
from shared.envelope import History
from shared.events.event import Sealed
from shared.http import ProblemError, unavailable
from shared.ids import keyed_hash, new_id
from shared.settings import Settings
from shared.staff import Staff
from shared.texts import plain
from shared.vault import VaultEmptyError

MOST = 50
"""Views of one person."""
_MOST_SHARED = 200


class Keeping:
    def __init__(self, rooms: Rooms, settings: Settings) -> None:
        self._rooms = rooms
        self._settings = settings

    async def listed(self, staff: Staff) -> list[Body]:
        """Own ones and what was shared, by name. One whose words were destroyed is not there any more."""
        standing = {"tenant": staff.tenant, "body.saved": {"$ne": None}}
        theirs = {"$or": [{"body.keeper": staff.actor}, {"body.saved.shared": True}]}
        found = self._documents.find(standing | theirs).sort("r", -1).limit(MOST + _MOST_SHARED)
        rows = [row async for row in found if may_see(row["body"]["saved"], staff)]
        boxes = [
            (self._subject(row["id"]), Sealed.model_construct(**row["body"]["saved"]["sealed"]))
            for row in rows
        ]
        opened = await self._rooms.service.vault.open_many(boxes)
        items = [
            _shown(row, words, staff) for row, words in zip(rows, opened, strict=True) if words is not None
        ]
        first = next((item for item in items if item["mine"] and item["first"]), None)
        return sorted(
            [item | {"first": item is first} for item in items], key=lambda item: (item["name"], item["id"])
        )

    async def save(
        self, staff: Staff, name: str, words: str | None, filters: Mapping[str, str], **more: bool
    ) -> str:
        """Return the view's id: the keeper and the name make it. Raises ProblemError."""
        secret = self._settings.door
        view = keyed_hash(secret, "saved_view", staff.tenant, staff.actor, plain(name)).hex()[:32]
        before = await self._saved(view)
        if before is None and await self._count(staff) >= MOST:
            raise ProblemError(409, "too_many_views", "Forget one first.", about={"most": MOST})
        sealed = self._sealed(view, {"name": name} | ({"words": words} if words else {}))
        command = SaveView(
            id=new_id(),
            tenant=staff.tenant,
            actor=staff.actor,
            at=now(),
            view=view,
            filters=dict(filters),
            communities=staff.areas,
            sealed=sealed,
            **more,
        )
        await self._rooms.do(command)
        if before is not None:
            await self._rooms.service.vault.destroy([before["sealed"]["key"]])
        return view

    async def forget(self, staff: Staff, view: str) -> Any:
        """The fact first, then the words. Raises ProblemError."""
        saved = await self._saved(view)
        if saved is None or not may_see(saved, staff):
            raise ProblemError(404, "not_found", "There is no such view.")
        command = ForgetView(id=new_id(), tenant=staff.tenant, actor=staff.actor, at=now(), view=view)
        answer = await self._rooms.do(command)
        await self._rooms.service.vault.destroy([saved["sealed"]["key"]])
        return answer

    @property
    def _documents(self) -> Any:
        return self._rooms.service.store.documents(SAVED_VIEW.aggregate)

    async def _saved(self, view: str) -> Body | None:
        row = await self._documents.find_one({"_id": document_id(self._settings.tenant, view)})
        return row["body"]["saved"] if row else None

    async def _count(self, staff: Staff) -> int:
        mine = {"tenant": staff.tenant, "body.keeper": staff.actor, "body.saved": {"$ne": None}}
        return await self._documents.count_documents(mine)

    def _sealed(self, view: str, words: dict[str, str]) -> Sealed:
        try:
            return self._rooms.service.vault.seal(self._subject(view), words)
        except VaultEmptyError as empty:
            raise unavailable() from empty

    def _subject(self, view: str) -> str:
        return History(self._settings.tenant, "console", "saved_view", view).subject


def may_see(saved: Mapping[str, Any], staff: Staff) -> bool:
    """One's own; and what a colleague of one's communities, or the whole office, has shared."""
    if saved["keeper"] == staff.actor:
        return True
    among = set(saved["communities"])
    return bool(saved["shared"]) and (not among or not staff.areas or bool(among & set(staff.areas)))


def _shown(row: Body, words: Mapping[str, str], staff: Staff) -> Body:
    saved = row["body"]["saved"]
    return {
        "id": row["id"],
        "name": words["name"],
        "words": words.get("words"),
        "filters": saved["filters"],
        "shared": saved["shared"],
        "mine": saved["keeper"] == staff.actor,
        "first": saved["first"],
    }
