"""Documents: what a read model remembers, and how one event changes it. Plain functions; nothing here waits.

A document keeps one head (version and revision) for each history that it folds and advances it on every event of
that history, unknown types included. An event that cannot be read or folded holds its history where it is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.envelope import Fact, History, UnreadableError
from shared.observability import log

Document = dict[str, Any]
Body = dict[str, Any]
Key = Callable[[History], str | None]
Fold = Callable[[Body, Fact], Body]
Head = dict[str, int]
Read = Fact | UnreadableError

_START: Head = {"v": 0, "r": 0}
_REMEMBERED = 16


def _as_it_is(body: Body) -> Body:
    return body


@dataclass(frozen=True)
class Model:
    """A read model. ``key`` says to which document a history belongs; ``fold`` is pure and cannot fail.

    A document of several histories must not depend on how they interleave: each one is in order, and nothing else is.
    """

    name: str
    key: Key
    fold: Fold
    journal: str = "journal"
    """The first word of the subjects that it folds: ``journal`` or ``delivery``."""
    indexes: Sequence[Sequence[str]] = ()
    view: str | None = None
    """Published to VIEWS under this name, when set."""
    show: Callable[[Body], Body] = _as_it_is
    """What of the body goes into the view."""
    remembers: bool = False
    """Keep the last events' ids, so that a late repeat of a command is quiet: state documents do."""


def document_id(tenant: str, key: str) -> str:
    return f"{tenant}:{key}"


def blank(tenant: str, key: str) -> Document:
    """``n`` counts changes and is what compare-and-swap compares; ``r`` is the greatest revision folded so far."""
    return {
        "_id": document_id(tenant, key),
        "tenant": tenant,
        "id": key,
        "n": 0,
        "r": 0,
        "heads": {},
        "body": {},
    }


def head_name(history: History, key: str) -> str:
    return history.aggregate if history.id == key else f"{history.aggregate}:{history.id}"


def head_of(document: Document, history: History) -> Head:
    """Version and revision of the last event of this history that the document has folded."""
    return document["heads"].get(head_name(history, document["id"]), _START)


def advance(document: Document, fact: Fact, model: Model) -> None:
    """Fold one event that comes right after the head, and move the head; unknown types move it, too.

    Raises UnreadableError when the fold fails: a mistake in it stops one history, and no other.
    """
    if fact.event is not None:
        try:
            document["body"] = model.fold(document["body"], fact)
        except Exception as error:
            log.exception("fold_failed", model=model.name, event_type=fact.type, revision=fact.revision)
            reason = f"fold: {type(error).__name__}"
            raise UnreadableError(fact.history.subject, fact.revision, reason) from error
    name = head_name(fact.history, document["id"])
    document["heads"][name] = {"v": fact.version, "r": fact.revision}
    document["n"] += 1
    document["r"] = max(document["r"], fact.revision)
    if model.remembers:
        mark = {"id": fact.id, "type": fact.type, "r": fact.revision}
        document["recent"] = [*document.get("recent", [])[1 - _REMEMBERED :], mark]
    if "held" in document:
        document["held"].pop(name, None)
        if not document["held"]:
            del document["held"]


def hold(document: Document, unreadable: UnreadableError, model: Model) -> None:
    """Mark the history that stops here; each history of a document is held and goes on by itself."""
    history = unreadable.history
    assert history is not None, "only a history can be held"
    mark = {"subject": unreadable.subject, "revision": unreadable.revision, "reason": unreadable.reason}
    held = document.setdefault("held", {})
    name = head_name(history, document["id"])
    if held.get(name) != mark:
        held[name] = mark
        document["n"] += 1
        log.error("history_held", model=model.name, **mark)


def fold_in_order(document: Document, facts: Iterable[Read], model: Model) -> list[Read]:
    """Fold what follows the heads, and return what does not: it comes after a gap, or cannot be read."""
    left: list[Read] = []
    for fact in facts:
        history = fact.history
        assert history is not None, "facts of histories"
        head = head_of(document, history)
        if fact.revision <= head["r"]:
            continue
        if isinstance(fact, UnreadableError) or fact.version != head["v"] + 1:
            left.append(fact)
            continue
        try:
            advance(document, fact, model)
        except UnreadableError as stops:
            left.append(stops)
    return left
