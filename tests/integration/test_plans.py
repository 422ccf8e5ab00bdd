"""Grid plans: GeoJSON that outgrows a message, named by its content."""

import random
from typing import Any

import pytest

from shared.ids import new_id
from shared.plans import PlanMissingError, PlanStore, canonical
from tests.conftest import OpenBus


def plan(features: int = 3, seed: int = 1) -> dict[str, Any]:
    """A plan as a survey draws it: corners to the centimetre, which pack badly."""
    dice = random.Random(seed)

    def corner() -> list[float]:
        return [121.4 + dice.random() / 10, 31.2 + dice.random() / 10]

    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": f"青禾-{place:04}", "name": f"第{place}网格"},
                "geometry": {"type": "Polygon", "coordinates": [[corner() for _ in range(200)]]},
            }
            for place in range(features)
        ],
    }


async def test_a_plan_of_two_megabytes_comes_back_as_it_was(bus: OpenBus, tenant: str) -> None:
    """It travels in chunks; any reader puts them together by the hash that the journal names."""
    large = plan(300)
    assert len(canonical(large)) > 2_000_000
    name = await PlanStore(await bus("admin")).put(tenant, large)
    for reader in ("routing", "intake", "console"):
        assert await PlanStore(await bus(reader)).get(tenant, name) == large


async def test_the_same_plan_has_the_same_name_however_it_is_written(bus: OpenBus, tenant: str) -> None:
    """Storing it again changes nothing; another tenant's stands beside it."""
    store = PlanStore(await bus("admin"))
    one = plan()
    turned = {key: one[key] for key in reversed(one)}
    name = await store.put(tenant, one)
    assert await store.put(tenant, turned) == name
    assert await store.put(tenant, plan(seed=2)) != name
    assert await PlanStore(await bus()).get(tenant, name) == one


async def test_a_plan_that_is_not_there_is_missing_and_not_empty(bus: OpenBus, tenant: str) -> None:
    store = PlanStore(await bus())
    with pytest.raises(PlanMissingError):
        await store.get(tenant, new_id())
    with pytest.raises(PlanMissingError):
        await store.get("other", await PlanStore(await bus("admin")).put(tenant, plan()))


async def test_a_plan_whose_bytes_are_not_what_its_name_says_is_missing(bus: OpenBus, tenant: str) -> None:
    """Half of it was stored, or something else: no decision is made on it."""
    admin = await bus("admin")
    name = await PlanStore(admin).put(tenant, plan())
    other = await PlanStore(admin).put(tenant, plan(seed=2))
    chunk = await admin.client.request(
        "$JS.API.DIRECT.GET.PLANS", f'{{"last_by_subj":"plan.{tenant}.{other}.0000"}}'.encode()
    )
    await admin.publish(f"plan.{tenant}.{name}.0000", chunk.data, {"lm-chunks": "1"})
    with pytest.raises(PlanMissingError):
        await PlanStore(await bus()).get(tenant, name)
    await admin.publish(f"plan.{tenant}.{name}.0000", b"not gzip", {"lm-chunks": "1"})
    with pytest.raises(PlanMissingError):
        await PlanStore(await bus()).get(tenant, name)
