"""An operator, replicas, and a read model that nobody else has."""

from dataclasses import replace
from itertools import count

import pytest

from shared.documents import Model
from tests.conftest import OpenBus, OpenStore
from tests.fixtures.facts import CARD
from tests.fixtures.rebuilding import OpenReplica, Operator, Replica

_NAMES = count()


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.rebuild._BETWEEN_LOOKS", 0.05)


@pytest.fixture
async def operator(bus: OpenBus, store: OpenStore, tenant: str) -> Operator:
    return Operator(await bus("admin"), store(), tenant)


@pytest.fixture
def model() -> Model:
    return replace(
        CARD, name=f"rebuilt{next(_NAMES)}", remembers=False, indexes=[["tenant", "-body.last"], ["r"]]
    )


@pytest.fixture
def replica(bus: OpenBus, store: OpenStore, model: Model) -> OpenReplica:
    async def open_replica() -> Replica:
        return Replica(store(), (await bus()).journal, model)

    return open_replica
