"""How the services are: what each says of itself at /readyz, and of its /metrics what waits for a person.

Over HTTP, because it has to tell most when the corridor is down.
"""

import asyncio
from collections.abc import Mapping

import httpx
from prometheus_client.parser import text_string_to_metric_families

from shared.documents import Body

_WAITING_FOR_A_PERSON = {"lastmile_parked_total": "parked", "lastmile_histories_held": "held"}
_PATIENCE = 2.0  # seconds


async def ask_all(urls: Mapping[str, str]) -> list[Body]:
    async with httpx.AsyncClient(timeout=_PATIENCE, trust_env=False) as client:
        return list(await asyncio.gather(*(_ask(client, name, url) for name, url in urls.items())))


async def _ask(client: httpx.AsyncClient, name: str, url: str) -> Body:
    try:
        ready, metrics = await asyncio.gather(client.get(f"{url}/readyz"), client.get(f"{url}/metrics"))
        found: Body = ready.json() | waiting(metrics.text)
    except (httpx.HTTPError, ValueError):
        found = {"ready": False, "checks": {"answers": False}}
    return {"service": name, "url": url, **found}


def waiting(metrics: str) -> dict[str, int]:
    """Sums over labels, of Prometheus's text format. Raises ValueError."""
    sums = dict.fromkeys(_WAITING_FOR_A_PERSON.values(), 0.0)
    for family in text_string_to_metric_families(metrics):
        for sample in family.samples:
            if (counted := _WAITING_FOR_A_PERSON.get(sample.name)) is not None:
                sums[counted] += sample.value
    return {name: int(value) for name, value in sums.items()}
