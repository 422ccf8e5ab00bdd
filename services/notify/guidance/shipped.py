"""The replies that the house brings (shipped.json): everyday cases of a Chinese street, with where to turn."""

from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from shared.events.guidance import GuidanceEntry

SHIPPED: Final = TypeAdapter(tuple[GuidanceEntry, ...]).validate_json(
    (Path(__file__).parent / "shipped.json").read_bytes()
)
