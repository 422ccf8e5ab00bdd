"""Opened words: looked up as people type, and gone with their keys."""

import re
from datetime import timedelta
from typing import Any

import pytest

from shared.envelope import Fact, History
from shared.events.audit import PersonErased
from shared.events.event import Event
from shared.events.submission import RequestAmended, RequestSubmitted
from shared.texts import Texts, tokens, wanted
from shared.vault import Vault
from tests.conftest import MakeSettings, OpenStore
from tests.fixtures.facts import START, fact, submission

Desk = tuple[Texts, Vault]


def test_chinese_is_looked_up_by_pairs_and_latin_by_words():
    assert tokens("楼道灯坏，Ｌ１ lamp") == ["l1", "lamp", "坏", "楼道", "灯坏", "道灯"]
    assert wanted("路灯") == ["路灯"]
    assert wanted("灯") == [re.compile("^灯")]


@pytest.fixture
async def desk(store: OpenStore, settings: MakeSettings) -> Desk:
    here = store("routing")
    vault = Vault(here, settings("routing").master, "routing", pool=256)
    await vault.fill()
    texts = Texts(here, vault)
    await texts.prepare()
    return texts, vault


def said(vault: Vault, tenant: str, request: str, at: int = 0, **fields: str) -> Fact:
    history = submission(tenant, request)
    event = RequestSubmitted(
        code="c", at=START + timedelta(minutes=at), sealed=vault.seal(history.subject, fields)
    )
    return fact(history, 1, event)


def erased(tenant: str, request: str, *said_by_them: Fact) -> Fact:
    keys = tuple(key_of(one.event) for one in said_by_them)
    return fact(
        History(tenant, "console", "audit", "e1"), 1, PersonErased(request=request, keys=keys, at=START)
    )


def key_of(event: Event | None) -> str:
    assert isinstance(event, RequestSubmitted | RequestAmended)
    assert event.sealed is not None
    return event.sealed.key


async def test_what_somebody_said_is_found_by_what_somebody_types(desk: Desk, tenant: str):
    """All words must stand there, side by side; the newest comes first; a name is not looked up here."""
    texts, vault = desk
    await texts.follow(
        [
            said(vault, tenant, "r1", 1, text="6弄门口的路灯不亮", name="王小明", address="青禾路6弄"),
            said(vault, tenant, "r2", 2, text="路灯又坏了 Lamp ABC123", name="李四"),
            said(vault, "other", "r3", 3, text="路灯"),
        ]
    )
    assert await texts.search(tenant, "路灯") == ["r2", "r1"]
    assert await texts.search(tenant, "路灯 青禾路6") == ["r1"]
    assert await texts.search(tenant, "lamp abc") == ["r2"]
    assert await texts.search(tenant, "亮") == ["r1"]
    assert await texts.search(tenant, "灯路") == []
    assert await texts.search(tenant, "王小明") == []
    assert await texts.search(tenant, "…") == []
    assert [text.text for text in (await texts.of(tenant, ["r2"]))["r2"]] == ["路灯又坏了 Lamp ABC123"]


async def test_words_are_forgotten_with_the_person_and_do_not_come_back(desk: Desk, tenant: str):
    """The erasure may be read before the words, and the words may come twice: nothing of them stays."""
    texts, vault = desk
    first, late = said(vault, tenant, "r1", text="漏水"), said(vault, tenant, "r1", text="漏水更大了")
    await texts.follow([first])
    await texts.follow([erased(tenant, "r1", first, late)])
    await texts.follow([first, late])
    assert await texts.search(tenant, "漏水") == []
    assert await texts.of(tenant, ["r1"]) == {}
    assert set(await texts.erased_since(START)) == {key_of(first.event), key_of(late.event)}


async def test_a_key_that_goes_while_words_are_written_takes_them_along(
    desk: Desk, tenant: str, monkeypatch: pytest.MonkeyPatch
):
    texts, vault = desk
    told = said(vault, tenant, "r1", text="漏水")
    standing = vault.standing

    async def destroyed_meanwhile(keys: Any) -> set[str]:
        await vault.destroy([key_of(told.event)])
        return await standing(keys)

    monkeypatch.setattr(vault, "standing", destroyed_meanwhile)
    await texts.follow([told])
    assert await texts.search(tenant, "漏水") == []
