"""Wires hot issues: opened words, what is in memory, and two questions."""

from contextlib import suppress
from datetime import timedelta

from services.routing.hot.answers import Answers
from services.routing.hot.listening import Listening
from shared.service import Service
from shared.store import StoreError
from shared.texts import Texts

_EVERY = timedelta(seconds=2)


async def listen(service: Service) -> Texts:
    """Return the step that the follower takes first."""
    texts = Texts(service.store, service.vault)
    await texts.prepare()
    listening = Listening(service.store, texts, service.settings.tenant)
    answers = Answers(listening, service.store, texts, service.settings.tenant)
    service.bus.answer_queries("Similar", answers.similar)
    service.bus.answer_queries("Hot", answers.hot)
    service.spawn(_first(listening))
    service.every(_EVERY, listening.refresh)
    return texts


async def _first(listening: Listening) -> None:
    """Everything that was ever said, beside the rest of the work; what fails is taken up two seconds later."""
    with suppress(StoreError, TimeoutError):
        await listening.refresh()
