"""Figure 5: a page of the ledger, over HTTP, when a thousand requests are open and when a hundred thousand are: in the
order of priority and the newest first, all of them and by each filter; the 99th of a hundred answers. Two consoles,
each on a database of its own, are asked in turn; the words of each row are sealed and opened.
"""

import http.client
import json
import random
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
from shared.words import Channel, Kind, Severity
from tests.load.figures import Line, Pairs, quantile
from tests.load.ground import Ground
from tests.load.stories import LIFE, fact, said

_PAGE = 20
_AT_ONCE = 1000
_OPEN = 3  # events of a life until which it is open
_COMMUNITIES = ("wutong", "heping", "xinhe", "linjiang")
_CATEGORIES = ("streetlight", "garbage", "noise", "parking", "elevator", "leak", "dog", "other")
_GRIDS = [feature["properties"]["code"] for feature in street.plan()["features"]]
_DUE = {Severity.RED: 2, Severity.YELLOW: 24, Severity.BLUE: 72}  # hours


_NOT_A_PAGE = (
    "of one worker",
    "of one grid, status and severity",
    "of one community, category and channel",
    "overdue, of one community and category",
)


def _asked() -> dict[str, str]:
    week = f"{datetime.now(UTC) - timedelta(days=7):%Y-%m-%d}"
    grid = quote(_GRIDS[0])
    return {
        "all": "",
        "the next page": "&after=NEXT",
        "of one grid": f"&grid={grid}",
        "of one worker": f"&worker=w-{grid}",
        "of one community": "&community=heping",
        "of one status": "&status=assigned",
        "of one category": "&category=leak",
        "of one kind": "&kind=wish",
        "of one severity": "&severity=red",
        "of one channel": "&channel=sms",
        "overdue": "&overdue=true",
        "said this week": f"&since={week}",
        "of one grid, status and severity": f"&grid={grid}&status=assigned&severity=red",
        "of one community, category and channel": "&community=heping&category=leak&channel=phone",
        "overdue, of one community and category": "&community=heping&category=leak&overdue=true",
        "newest first": "&order=newest",
        "newest first, of one grid": f"&order=newest&grid={grid}",
        "newest first, of one status": "&order=newest&status=accepted",
        "newest first, of one category": "&order=newest&category=leak",
    }


async def measure(ground: Ground, *, short: bool) -> list[Line]:
    sizes, rounds, asked = ((1000, 5000), 2, 20) if short else ((1000, 100_000), 5, 100)
    doors = [await _console(ground, size) for size in sizes]
    for door in doors:
        for query in _asked().values():  # what is asked for the first time is read from disk
            _ask(door, query)
    lines: list[Line] = []
    for name, query in _asked().items():
        pairs, times = Pairs(), ([], [])
        for _ in range(rounds):
            few, many = [], []
            for _ in range(asked):
                few.append(_ask(doors[0], query))
                many.append(_ask(doors[1], query))
            pairs.add(quantile(many, 0.98), quantile(few, 0.98))
            times[0].extend(few)
            times[1].extend(many)
        few, many = (1000 * quantile(each, 0.99) for each in times)
        remark = f"p99 {many:.0f} ms and {few:.0f} ms"
        what = f"{name}: {sizes[1]} open against {sizes[0]}"
        if name in _NOT_A_PAGE:
            lines.append(pairs.at_least(what, None, f"{remark}; a thousand hold fewer than a page"))
        else:
            lines.append(pairs.at_most(what, 1.3, remark))
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
    if query.endswith("NEXT"):
        query = query.replace("NEXT", _next(door))
    started = time.perf_counter()
    connection.request(
        "GET", f"/v1/ledger?limit={_PAGE}{query}", headers={"authorization": f"Bearer {token}"}
    )
    answer = connection.getresponse()
    body = answer.read()
    took = time.perf_counter() - started
    assert answer.status == 200, body
    return took


_found: dict[str, str] = {}


def _next(door: tuple[http.client.HTTPConnection, str]) -> str:
    """What names the second page of this console; asked for once."""
    connection, token = door
    if token not in _found:
        headers = {"authorization": f"Bearer {token}"}
        connection.request("GET", f"/v1/ledger?limit={_PAGE}", headers=headers)
        _found[token] = json.loads(connection.getresponse().read())["next"]
    return _found[token]


async def _fill(settings: Settings, size: int) -> None:
    """Write the ledger's documents as the projection folds them, spread over all grids and two months."""
    store, chance = Store(settings, "console"), random.Random(size)
    vault = Vault(store, settings.master, "bench", pool=_AT_ONCE)
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
            heard = said(code, words, at, Place(lon=121.42, lat=31.2)).model_copy(update=_drawn(chance))
            advance(document, fact(submission, 1, heard), LEDGER)
            life = History(settings.tenant, "routing", "request", request)
            for version, event in enumerate(LIFE[: chance.randrange(1, _OPEN + 1)], 1):
                here = _assigned(chance, at) if version == 1 else {}
                advance(document, fact(life, version, event.model_copy(update=here)), LEDGER)
            made.append(document)
        await documents.insert_many(made, ordered=False)
    store.close()


def _drawn(chance: random.Random) -> dict[str, object]:
    return {
        "kind": chance.choice(list(Kind)),
        "category": chance.choice(_CATEGORIES),
        "channel": chance.choice(list(Channel)),
    }


def _assigned(chance: random.Random, at: datetime) -> dict[str, object]:
    """One of ten is red, three are yellow."""
    severity = chance.choices(list(_DUE), (1, 3, 6))[0]
    grid = chance.choice(_GRIDS)
    return {
        "grid": grid,
        "worker": f"w-{grid}",
        "community": chance.choice(_COMMUNITIES),
        "severity": severity,
        "due_at": at + timedelta(hours=_DUE[severity]) + timedelta(days=60 * chance.random()),
    }
