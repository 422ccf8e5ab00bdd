"""Pens of the two services that write of a request."""

import pytest

from tests.conftest import OpenBus
from tests.fixtures.pen import Pen


@pytest.fixture
async def pen(bus: OpenBus) -> Pen:
    return Pen(await bus())


@pytest.fixture
async def intake_pen(bus: OpenBus) -> Pen:
    return Pen(await bus("intake"))
