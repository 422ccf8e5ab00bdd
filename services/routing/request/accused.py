"""Whom a complaint or a tip is about, as the grid book knows them, and whose it is instead.

A resident says a relation: the grid worker of this place, the community's office, the street's. Whoever stands in that
relation when it is assigned is accused, and stays so. A resident cannot tell a worker from the deputy who stands in, so
both are. Where nobody said whom, words that name grid workers count: better a head reads it than the accused.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from services.routing.grid_book import Covered, GridBook, Head, Uncovered
from services.routing.plan_index import PlanIndex
from services.routing.request.state import State
from shared.areas import Level
from shared.commands.request import AssignGrid, NameAccused
from shared.desk import Desk
from shared.envelope import History
from shared.events.submission import RequestSubmitted
from shared.refusal import Refused
from shared.vault import Vault
from shared.words import About, Kind

_ABOUT_PEOPLE: Final = (Kind.COMPLAINT, Kind.TIP)
_NAMES_A_WORKER: Final = ("网格员", "网格长", "grid worker", "gridworker")


@dataclass(frozen=True)
class Accused:
    """``workers`` by id, ``offices`` by area (the tenant's name: its own office); heads are asked from ``above`` on."""

    workers: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    above: str | None = None

    @property
    def anybody(self) -> bool:
        return bool(self.workers or self.offices)

    @property
    def hidden(self) -> dict[str, Any]:
        return {"hidden_from": self.workers, "hidden_offices": self.offices}


_NOBODY = Accused()


class Accusing:
    def __init__(self, desk: Desk, book: GridBook, vault: Vault) -> None:
        self._desk = desk
        self._book = book
        self._vault = vault

    async def of(self, history: History, event: RequestSubmitted, covering: Covered | Uncovered) -> Accused:
        """Raises what the store, the journal and the vault raise."""
        about = await self._about(history, event)
        if isinstance(covering, Covered):
            return await self._standing(history.tenant, about, covering.grid)
        index = await self._book.index()
        named = event.community if index and event.community in index.areas else None
        return await self._standing(history.tenant, about, named) if named else _NOBODY

    async def head_for(self, accused: Accused, but: Iterable[str] = ()) -> Head | None:
        """Whose it is instead; None: nobody is left."""
        if accused.above is None:
            return None
        return await self._book.head_above(accused.above, but={*accused.workers, *but})

    async def by_hand(
        self, command: AssignGrid, said: RequestSubmitted | None, covered: Covered
    ) -> dict[str, Any]:
        """What AssignGrid is completed with: whose it is, whom it is hidden from. Raises Refused."""
        state: State = await self._desk.state("request", command.tenant, command.request)
        accused = _NOBODY
        if said is not None:
            history = History(command.tenant, "intake", "submission", command.request)
            accused = await self.of(history, said, covered)
        but = {*state.hidden_from, *accused.workers}
        if command.worker is not None or not (but or accused.offices or state.hidden_offices):
            return {**accused.hidden, "worker": command.worker or covered.worker, "level": "grid"}
        offices = {*state.hidden_offices, *accused.offices}
        index = await self._book.index()
        way = index.areas.upwards(covered.grid) if index and command.tenant not in offices else []
        below = [place for place, area in enumerate(way) if area.code in offices]
        above = next((area.code for area in way[max(below, default=-1) + 1 :]), None)
        head = await self.head_for(Accused(above=above), but)
        if head is None:
            raise Refused("nobody_left")
        return {**accused.hidden, "worker": head.worker, "level": level_of(head)}

    async def named(self, command: NameAccused, said: RequestSubmitted | None) -> NameAccused:
        """Who they all are, and the head who has it from now on."""
        state: State = await self._desk.state("request", command.tenant, command.request)
        place = state.grid or state.community or (said and said.community)
        accused = Accused(above=place)
        if command.about is not None and place is not None:
            accused = await self._standing(command.tenant, command.about, place)
        workers = (*accused.workers, *((command.worker,) if command.worker else ()))
        head = await self.head_for(accused, (*workers, *state.hidden_from))
        return command.model_copy(
            update={
                "hidden_from": tuple(dict.fromkeys(workers)),
                "hidden_offices": accused.offices,
                "area": head and head.area.code,
                "level": head and level_of(head),
                "head": head and head.worker,
            }
        )

    async def _about(self, history: History, event: RequestSubmitted) -> About | None:
        if event.about is not None or event.kind not in _ABOUT_PEOPLE or event.sealed is None:
            return event.about
        text = (await self._vault.open(history.subject, event.sealed) or {}).get("text", "").lower()
        return About.GRID_WORKER if any(word in text for word in _NAMES_A_WORKER) else None

    async def _standing(self, tenant: str, about: About | None, place: str) -> Accused:
        index = await self._book.index()
        if index is None:
            return _NOBODY
        way = index.areas.upwards(place)
        street = next((area for area in way if area.level is Level.STREET), None)
        match about:
            case About.GRID_WORKER:
                grids = [area for area in way if area.level in (Level.GRID, Level.MICRO_GRID)]
                workers = [worker for area in grids for worker in await self._book.standing(area.code)]
                return Accused(tuple(dict.fromkeys(workers)), (), place)
            case About.COMMUNITY_OFFICE:
                community = index.areas.community_of(place)
                whole = street is None and _stands_alone(index)
                offices = (*((community,) if community else ()), *((tenant,) if whole else ()))
                workers = await self._book.standing(community) if community else ()
                return Accused(workers, offices, street.code if street else None)
            case About.STREET_OFFICE:
                return Accused(await self._book.standing(street.code) if street else (), (tenant,), None)
            case _:
                return _NOBODY


def _stands_alone(index: PlanIndex) -> bool:
    """A community may be a tenant of its own: then its office is the tenant's."""
    communities = {community for community in index.communities.values() if community}
    return len(communities) <= 1


def level_of(head: Head) -> Literal["community", "street"]:
    return "community" if head.area.level is Level.COMMUNITY else "street"
