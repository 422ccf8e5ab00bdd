"""Figure 4: rebuilding a read model from the journal, until the pointer can move, against inserting the same documents."""

import time
from itertools import count

from services.console.projection import LEDGER
from services.intake.projection import PUBLIC
from shared.documents import Model
from shared.rebuild import rebuild
from shared.store import Collection, Store
from tests.load.figures import Line, Pairs
from tests.load.ground import Ground
from tests.load.stories import tell_submissions

_TENANT = "rebuilding"
_AT_ONCE = 1000
_NUMBER = count()


async def measure(ground: Ground, *, short: bool) -> list[Line]:
    events, rounds = (10_000, 1) if short else (200_000, 3)
    await tell_submissions(ground.bus, _TENANT, events)
    words = f"{events} events, one a document, against insert_many of the same documents"
    public, ledger = await _compared(ground, PUBLIC, rounds), await _compared(ground, LEDGER, rounds)
    return [
        public.at_least(f"what residents read: {words}", 0.7),
        ledger.at_least(
            f"the ledger: {words}", 0.7, f"both with its {len(LEDGER.indexes)} indexes made afterwards"
        ),
    ]


async def _compared(ground: Ground, model: Model, rounds: int) -> Pairs:
    pairs = Pairs()
    for _ in range(rounds):
        prefix = f"rebuilding-{next(_NUMBER)}_"
        settings = ground.stack.settings().model_copy(update={"database_prefix": prefix})
        store = Store(settings, "bench")
        report = await rebuild(
            model,
            store=store,
            journal=ground.bus.journal,
            client=ground.bus.client,
            filters=[f"journal.{_TENANT}.>"],
            settings=settings,
            linger=0,
        )
        await store.follow_generations([model.name])
        made = [row async for row in store.documents(model.name).find({})]
        started = time.perf_counter()
        await _insert(store.documents("bare"), made)
        await store.make_indexes("bare", model.indexes)
        pairs.add(time.perf_counter() - started, report.seconds)
        for name in (model.name, "bare"):
            await store.documents(name).drop()
        store.close()
    return pairs


async def _insert(bare: Collection, documents: list[dict]) -> None:
    for start in range(0, len(documents), _AT_ONCE):
        await bare.insert_many(documents[start : start + _AT_ONCE], ordered=False)
