"""What an address names, as the door knows it."""

import pytest

from services.intake.places import Places
from shared.journal import UnavailableError
from shared.plans import PlanMissingError

PLAN = {"features": [{"properties": {"code": "WT-01", "buildings": ["青禾路6弄1号"]}}]}


class Present:
    """The plan that holds, or what asking for it raises."""

    def __init__(self, found: object) -> None:
        self.found = found

    async def get(self) -> object:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def places(found: object) -> Places:
    return Places(Present(found))  # pyright: ignore[reportArgumentType]


async def test_a_door_that_just_opened_does_not_guess():
    """Before it has seen the plan it says 503; an address that it took for nowhere would lie in triage."""
    young = places(("hash", PLAN))
    with pytest.raises(UnavailableError):
        young.named_in("青禾路6弄1号，602室")
    assert young.named_in(None) is None
    await young.look()
    assert young.named_in("青禾路 6弄1号，602室") == "青禾路6弄1号"


async def test_a_building_that_grids_share_by_its_entrances_is_one_building():
    """As docs/grid-book.md writes them: with entrances and units. What is offered to choose from are names."""
    left = {"code": "A", "buildings": [{"name": "青禾路6弄2号", "entrances": ["一单元"]}, "青禾路6弄1号"]}
    right = {"code": "B", "buildings": [{"name": "青禾路6弄2号", "units": ["地下室"]}]}
    here = places(("hash", {"features": [{"properties": said, "geometry": None} for said in (left, right)]}))
    await here.look()
    assert here.named_in("青禾路6弄2号一单元") == "青禾路6弄2号"
    assert here.buildings == ["青禾路6弄1号", "青禾路6弄2号"]
    assert [each["properties"]["buildings"] for each in here.grids["features"]] == [
        ["青禾路6弄2号", "青禾路6弄1号"],
        ["青禾路6弄2号"],
    ]


@pytest.mark.parametrize("found", [None, PlanMissingError("hash")])
async def test_where_there_is_no_plan_an_address_names_nothing(found):
    """Better in triage than refused: no plan, or a damaged one, is nothing that waiting for would help."""
    here = places(found)
    await here.look()
    assert here.named_in("青禾路6弄1号") is None


async def test_while_nobody_answers_the_plan_at_hand_is_the_newest_known():
    present = Present(("hash", PLAN))
    here = Places(present)  # pyright: ignore[reportArgumentType]
    await here.look()
    present.found = UnavailableError("away")
    with pytest.raises(UnavailableError):
        await here.look()
    assert here.named_in("青禾路6弄1号") == "青禾路6弄1号"
