"""Figure 5: the first page of the ledger, over HTTP, when it holds a thousand requests and when it holds a hundred
thousand. Two consoles, each on a database of its own, are asked in turn; the words of each row are sealed and opened.
"""

import http.client
import random
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from lastmile import ports
from lastmile.demo import street
from services.console.projection import LEDGER
from shared.documents import advance, blank
from shared.envelope import History
from shared.events.event import Place
from shared.ids import named_id, tracking_code
from shared.settings import Settings
from shared.staff import make_token
from shared.store import Store
from shared.vault import Vault
from tests.load.figures import Line, Pairs
from tests.load.ground import Ground
from tests.load.stories import LIFE, fact, said

_PAGE = 20
_AT_ONCE = 1000


async def measure(ground: Ground, *, short: bool) -> list[Line]:
    sizes, rounds, asked = ((1000, 5000), 2, 20) if short else ((1000, 100_000), 5, 40)
    doors = [await _console(ground, size) for size in sizes]
    grid = street.plan()["features"][0]["properties"]["code"]
    lines: list[Line] = []
    for name, query in (
        ("all", ""),
        ("of one grid", f"&grid={quote(grid)}"),
        ("of one status", "&status=assigned"),
    ):
        pairs = Pairs()
        for _ in range(rounds):
            few, many = [], []
            for _ in range(asked):
                few.append(_ask(doors[0], query))
                many.append(_ask(doors[1], query))
            pairs.add(statistics.median(many), statistics.median(few))
        lines.append(pairs.at_most(f"first page, {name}: {sizes[1]} requests against {sizes[0]}", 1.3))
    await ground.stop(*(f"console-{size}" for size in sizes))
    return lines


async def _console(ground: Ground, size: int) -> tuple[http.client.HTTPConnection, str]:
    settings = ground.stack.settings("console").model_copy(update={"database_prefix": f"paging-{size}_"})
    await _fill(settings, size)
    port = ports.pick(ground.stack.record.ports.values())
    environment = ground.stack.environment("console") | {
        "LASTMILE_DATABASE_PREFIX": settings.database_prefix,
        "LASTMILE_HTTP_PORT": str(port),
    }
    command = [sys.executable, "-m", "lastmile", "run", "console"]
    await ground.start_program(f"console-{size}", command, environment, f"http://{ports.LOOPBACK}:{port}")
    token = make_token(settings, "s-bench", "staff", timedelta(hours=1))
    return http.client.HTTPConnection(ports.LOOPBACK, port, timeout=30), token


def _ask(door: tuple[http.client.HTTPConnection, str], query: str) -> float:
    connection, token = door
    started = time.perf_counter()
    connection.request(
        "GET", f"/v1/ledger?limit={_PAGE}{query}", headers={"authorization": f"Bearer {token}"}
    )
    answer = connection.getresponse()
    body = answer.read()
    took = time.perf_counter() - started
    assert answer.status == 200, body
    return took


async def _fill(settings: Settings, size: int) -> None:
    """Write the ledger's documents as the projection folds them, spread over all grids and two months."""
    store, chance = Store(settings, "console"), random.Random(size)
    vault = Vault(store, settings.master, "bench", pool=_AT_ONCE)
    grids = [feature["properties"]["code"] for feature in street.plan()["features"]]
    await store.make_indexes(LEDGER.name, LEDGER.indexes)
    documents = store.documents(LEDGER.name)
    newest = datetime.now(UTC)
    for start in range(0, size, _AT_ONCE):
        await vault.fill()
        made = []
        for number in range(start, min(start + _AT_ONCE, size)):
            request = named_id("paging", str(number))
            submission = History(settings.tenant, "intake", "submission", request)
            document = blank(settings.tenant, request)
            words = vault.seal(submission.subject, {"text": "楼道灯坏了三天，老人晚上不敢下楼。"})
            at = newest - timedelta(days=60 * chance.random())
            code = tracking_code(number.to_bytes(8, "big"))
            advance(document, fact(submission, 1, said(code, words, at, Place(lon=121.42, lat=31.2))), LEDGER)
            life = History(settings.tenant, "routing", "request", request)
            for version, event in enumerate(LIFE[: chance.randrange(1, len(LIFE) + 1)], 1):
                here = {"grid": chance.choice(grids)} if version == 1 else {}
                advance(document, fact(life, version, event.model_copy(update=here)), LEDGER)
            made.append(document)
        await documents.insert_many(made, ordered=False)
    store.close()
