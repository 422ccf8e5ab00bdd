"""A community's own staff command what their token covers, and nothing of the community next to it."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from services.console.seeing import Seeing
from shared.commands.call_up import AnswerCallUp, IssueCallUp, StandDownCallUp
from shared.commands.command import Command
from shared.commands.rota import RosterDuty, StrikeDuty
from shared.documents import document_id
from shared.http import ProblemError
from shared.staff import Role, Staff
from tests.fixtures.matter import minutes

PLAN = {
    "communities": [{"code": "C-1", "zh": "一", "en": "One"}, {"code": "C-2", "zh": "二", "en": "Two"}],
    "features": [
        {"properties": {"code": f"G-{number}", "community": f"C-{number}", "zh": "格", "en": "Grid"}}
        for number in (1, 2)
    ],
}


class Stored:
    """The call-up that stands was issued for the second community."""

    def documents(self, _name: str) -> "Stored":
        return self

    async def find_one(self, query: dict[str, Any], *_: Any) -> dict[str, Any] | None:
        if query["_id"] != document_id("demo", "theirs"):
            return None
        heads = {"routing.call_up": {"v": 1, "r": 1}}
        return {"_id": query["_id"], "tenant": "demo", "id": "theirs", "heads": heads, "n": 1, "r": 1} | {
            "body": {"area": "C-2"}
        }


class Silent:
    async def catch_up(self, *_: Any) -> Any:
        for fact in ():
            yield fact


def seeing() -> Seeing:
    async def plan() -> dict[str, Any]:
        return PLAN

    rooms: Any = SimpleNamespace(
        grids=SimpleNamespace(plan=plan),
        service=SimpleNamespace(settings=SimpleNamespace(tenant="demo"), store=Stored()),
        bus=SimpleNamespace(journal=Silent()),
    )
    return Seeing(rooms)


def may(command: Command, role: Role = "secretary", *areas: str) -> bool:
    staff = Staff(sub="s1", role=role, tenant="demo", areas=areas)
    try:
        asyncio.run(seeing().command(command, staff))
    except ProblemError as problem:
        assert problem.reason == "not_for_communities"
        return False
    return True


def said(model: Any, **more: Any) -> Command:
    return model.model_validate({"id": "c1", "tenant": "demo", "actor": "staff:s1", "at": minutes(0)} | more)


def shift(area: str) -> dict[str, Any]:
    return {"code": area, "area": area, "starts": minutes(60), "ends": minutes(120), "needed": 1}


def rostered(area: str) -> Command:
    row = {"area": area, "month": "2026-03", "starts": minutes(0), "ends": minutes(60), "worker": "w1"}
    return said(RosterDuty, rota="r1", **row)


def issued(area: str, *shifts: str) -> Command:
    return said(IssueCallUp, call_up="u1", reason="flood", area=area, shifts=[shift(one) for one in shifts])


@pytest.mark.parametrize(
    "command",
    [
        rostered("G-2"),
        said(StrikeDuty, rota="r1", area="C-2", month="2026-03", starts=minutes(0), worker="w1"),
        issued("C-2", "G-2"),
        issued("C-1", "G-1", "G-2"),
        said(StandDownCallUp, call_up="theirs"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_the_next_community_s_rota_and_call_ups_are_not_theirs(command: Command):
    assert not may(command, "secretary", "C-1")
    assert may(command, "secretary", "C-2") or command == issued("C-1", "G-1", "G-2")
    assert may(command, "staff")


def test_their_own_are():
    assert may(rostered("G-1"), "secretary", "C-1")
    assert may(issued("C-1", "G-1"), "secretary", "C-1")


def test_whoever_is_called_up_elsewhere_answers_there():
    answer = said(AnswerCallUp, call_up="theirs", worker="w1", shift="G-2", yes=True)
    assert may(answer, "worker", "C-1")
