"""Opened words, for looking things up: a cache of what sealed boxes say, which lasts as long as their keys.

One row a box, named by the key that opens it, in the service's own database. It is no projection (the journal alone
cannot fill it: the vault has to agree) and holds nothing that cannot be opened again, so it may be dropped at any time:
``write`` fills it from the boxes that a read model keeps. An erased key leaves a row without words behind: a box that
comes late finds its place taken.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from shared.clock import now
from shared.documents import Read
from shared.envelope import Fact
from shared.events.audit import PersonErased
from shared.events.event import Sealed
from shared.events.submission import RequestAmended, RequestSubmitted
from shared.store import Collection, Store, insert_new, make_indexes
from shared.vault import Vault

_WORDS = re.compile(r"[㐀-鿿豈-﫿]+|[^\W_㐀-鿿豈-﫿]+")
_HAN = re.compile(r"[㐀-鿿豈-﫿]")
_APART = re.compile(r"[\W_]+")
_AT_ONCE = 500
_LOOKED_THROUGH = 10  # candidates for each hit that is wanted


@dataclass(frozen=True)
class Box:
    """One sealed box with words in it, and where it was said."""

    tenant: str
    request: str
    subject: str
    sealed: Sealed
    at: datetime


@dataclass(frozen=True)
class Text:
    """What one box says about the matter; not who said it."""

    key: str
    request: str
    text: str
    address: str
    at: datetime


def plain(text: str) -> str:
    """One spelling of what looks the same: full and half width, capitals, any white space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def tokens(text: str) -> list[str]:
    """Return what an index looks up, each once, sorted.

    Chinese has no spaces: each pair of neighbouring characters is a token, and the last character of a run alone, so
    that every character begins one. Everything else comes as whole words.
    """
    found: set[str] = set()
    for word in _WORDS.findall(plain(text)):
        if _HAN.match(word):
            found.update(map("".join, pairwise(word)))
            found.add(word[-1])
        else:
            found.add(word)
    return sorted(found)


def wanted(words: str) -> list[str | re.Pattern[str]]:
    """Return what a row's tokens must hold all of, for what somebody typed: of a word that is not Chinese, and of a
    single character, the beginning is enough.
    """
    found: set[str | re.Pattern[str]] = set()
    for word in _WORDS.findall(plain(words)):
        if len(word) > 1 and _HAN.match(word):
            found.update(map("".join, pairwise(word)))
        else:
            found.add(re.compile(f"^{re.escape(word)}"))
    return list(found)


class Texts:
    """The rows of one service. ``follow`` is the step of its follower that comes first."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._rows: Collection = store.collection("texts")
        self._vault = vault

    async def prepare(self) -> None:
        """Have the indexes made; called at start."""
        await make_indexes(self._rows, [["tenant", "tokens", "-at"], ["tenant", "request"], ["erased"]])

    async def follow(self, facts: Sequence[Read]) -> None:
        """Write down what was said and forget what was erased. Raises StoreError."""
        known = [fact for fact in facts if isinstance(fact, Fact)]
        for fact in known:
            if isinstance(fact.event, PersonErased):
                await self.forget(fact.history.tenant, fact.event.keys)
        await self.write(box for fact in known if (box := box_of(fact)) is not None)

    async def write(self, boxes: Iterable[Box]) -> int:
        """Open and write what is not there yet. Returns how many boxes that were. Raises StoreError.

        The vault is asked again after the writing: a key that was destroyed in between takes its row with it.
        """
        waiting = list(boxes)
        written = 0
        for start in range(0, len(waiting), _AT_ONCE):
            written += await self._write(waiting[start : start + _AT_ONCE])
        return written

    async def _write(self, boxes: Sequence[Box]) -> int:
        there = {
            row["_id"] async for row in self._rows.find(_any_of([b.sealed.key for b in boxes]), {"_id": 1})
        }
        missing = [box for box in boxes if box.sealed.key not in there]
        opened = await self._vault.open_many([(box.subject, box.sealed) for box in missing])
        rows = [
            _row(box, fields)
            for box, fields in zip(missing, opened, strict=True)
            if fields is not None and (fields.get("text") or fields.get("address"))
        ]
        if not rows:
            return 0
        await insert_new(self._rows, rows)
        standing = await self._vault.standing([row["_id"] for row in rows])
        for row in rows:
            if row["_id"] not in standing:
                await self.forget(row["tenant"], [row["_id"]])
        return len(rows)

    async def forget(self, tenant: str, keys: Sequence[str]) -> None:
        """Take the words away and keep the place, so that no repeat puts them back."""
        for key in keys:
            await self._rows.replace_one(
                {"_id": key}, {"_id": key, "tenant": tenant, "erased": now()}, upsert=True
            )

    async def erased_since(self, moment: datetime) -> list[str]:
        """Return the keys that were erased since then: for whoever holds words in memory."""
        return [row["_id"] async for row in self._rows.find({"erased": {"$gte": moment}}, {"_id": 1})]

    async def of(self, tenant: str, requests: Sequence[str]) -> dict[str, list[Text]]:
        """Return what was said in each of these requests, in the order of time."""
        said: dict[str, list[Text]] = {}
        rows = self._rows.find(
            {"tenant": tenant, "request": {"$in": list(requests)}, "text": {"$exists": True}}
        )
        async for row in rows:
            said.setdefault(row["request"], []).append(_text(row))
        return {request: sorted(texts, key=lambda text: text.at) for request, texts in said.items()}

    async def search(self, tenant: str, words: str, limit: int = 200) -> list[str]:
        """Return the requests in which somebody said all of these words, the newest first, each once."""
        needed = wanted(words)
        if not needed:
            return []
        terms = [term for term in _APART.split(plain(words)) if term]
        rows = self._rows.find({"tenant": tenant, "tokens": {"$all": needed}}, {"tokens": 0}).sort("at", -1)
        found: dict[str, None] = {}
        async for row in rows.limit(limit * _LOOKED_THROUGH):
            said = plain(f"{row['text']} {row['address']}")
            if all(term in said for term in terms):  # pairs alone do not say that they stood side by side
                found[row["request"]] = None
                if len(found) == limit:
                    break
        return list(found)


def box_of(fact: Fact) -> Box | None:
    """The words that a fact brings, if it brings some."""
    match fact.event:
        case RequestSubmitted(sealed=Sealed() as sealed, at=at) | RequestAmended(sealed=sealed, at=at):
            history = fact.history
            return Box(history.tenant, history.id, history.subject, sealed, at)
        case _:
            return None


def _any_of(keys: Sequence[str]) -> dict[str, Any]:
    return {"_id": {"$in": list(keys)}}


def _row(box: Box, fields: dict[str, str]) -> dict[str, Any]:
    text, address = fields.get("text") or "", fields.get("address") or ""
    return {
        "_id": box.sealed.key,
        "tenant": box.tenant,
        "request": box.request,
        "text": text,
        "address": address,
        "tokens": tokens(f"{text}\n{address}"),
        "at": box.at,
    }


def _text(row: dict[str, Any]) -> Text:
    return Text(row["_id"], row["request"], row["text"], row["address"], row["at"])
