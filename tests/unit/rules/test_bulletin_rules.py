"""A bulletin (工作计划及进展): counted, edited by a person, published edition by edition, withdrawn; and nobody named."""

from datetime import date
from typing import Any

import pytest

from shared.commands.bulletin import DraftBulletin, EditBulletin, PublishBulletin, WithdrawBulletin
from shared.events.bulletin import (
    BulletinDrafted,
    BulletinEdited,
    BulletinPublished,
    BulletinWithdrawn,
)
from tests.fixtures.matter import minutes
from tests.fixtures.story import given

AT = minutes(60)
TITLE = {"zh": "青荷里社区工作进展", "en": "Progress in Qingheli"}
COUNTED = {"section": "done", "of": "resolved", "zh": "办结 12 件。", "en": "12 requests resolved."}
ADDED = {"section": "due", "of": "", "zh": "周六上午清理楼道。", "en": "Stairwells are cleared on Saturday."}
WHERE = {"area": "qinghe", "community": "qinghe", "grids": ("QH-01", "QH-02"), "span": "week"}
WEEK = {"since": date(2026, 3, 2), "until": date(2026, 3, 8)}


def ask(model: Any, actor: str = "staff:s1", **said: Any) -> Any:
    return model.model_validate(
        {"id": "c1", "tenant": "demo", "actor": actor, "at": AT, "bulletin": "b1"} | said
    )


def draft(*lines: Any, **said: Any) -> Any:
    return ask(DraftBulletin, **(WHERE | WEEK | {"title": TITLE, "lines": lines or (COUNTED,)} | said))


def edit(*lines: Any, **said: Any) -> Any:
    return ask(EditBulletin, **({"title": TITLE, "lines": lines} | said))


def drafted(*lines: Any) -> Any:
    return BulletinDrafted.model_validate(
        WHERE | WEEK | {"title": TITLE, "lines": lines or (COUNTED,), "at": AT}
    )


def edited(*lines: Any, title: Any = TITLE) -> Any:
    return BulletinEdited.model_validate({"title": title, "lines": lines, "at": AT})


def published(edition: int = 1, **said: Any) -> Any:
    return BulletinPublished(edition=edition, at=AT, **({"roles": ("group",)} | said))


withdrawn = BulletinWithdrawn(why="写错了社区", at=AT)


def test_it_is_drafted_edited_and_published():
    story = given().when(draft()).then(drafted())
    story = story.when(edit(ADDED, COUNTED)).then(edited(ADDED, COUNTED))
    story.when(ask(PublishBulletin, roles=())).then(published(roles=()))


def test_counting_anew_replaces_a_draft_but_never_what_a_person_wrote():
    more = COUNTED | {"zh": "办结 13 件。"}
    given(drafted()).when(draft(more)).then(drafted(more))
    given(drafted(), edited(ADDED)).when(draft(more)).refused("bulletin_edited")
    given(drafted(), published()).when(draft(more)).refused("bulletin_published")
    given(drafted(), published(), withdrawn).when(draft(more)).then(drafted(more))


def test_a_correction_is_an_edition_of_its_own_and_says_what_is_corrected():
    story = given(drafted(), published(), edited(ADDED))
    story.when(ask(PublishBulletin)).refused("say_what_is_corrected")
    second = story.when(ask(PublishBulletin, why="补充了周六的安排")).then(
        published(2, why="补充了周六的安排")
    )
    second.when(ask(PublishBulletin, why="再发一次")).then()


def test_nobody_overwrites_or_publishes_what_he_has_not_read():
    story = given(drafted(), edited(ADDED))
    story.when(edit(COUNTED, seen=1)).refused("changed_meanwhile", changes=2)
    story.when(ask(PublishBulletin, seen=1)).refused("changed_meanwhile", changes=2)
    story.when(edit(COUNTED, seen=2)).then(edited(COUNTED))


@pytest.mark.parametrize(
    "said",
    ["找王师傅 13812345678", "身份证31010119900101123X", "住在 302 室的老人", "打１３９ １２３４ ５６７８"],
)
def test_a_phone_an_identity_number_or_a_flat_is_refused(said: str):
    given(drafted()).when(edit(ADDED | {"zh": said})).refused("bulletin_names_somebody")
    given(drafted()).when(edit(ADDED, title={"zh": said})).refused("bulletin_names_somebody")
    given(drafted(), published(), edited(ADDED)).when(ask(PublishBulletin, why=said)).refused(
        "bulletin_names_somebody"
    )


@pytest.mark.parametrize("said", ["3号楼电梯已修好", "拨打 12345 或 021-65012345", "2026 年第 10 周"])
def test_a_building_and_an_office_s_number_may_be_named(said: str):
    given(drafted()).when(edit(ADDED | {"zh": said})).then(edited(ADDED | {"zh": said}))


def test_an_empty_one_an_unknown_one_and_a_withdrawn_one_are_not_published():
    given(drafted(), edited()).when(ask(PublishBulletin)).refused("bulletin_empty")
    given().when(ask(PublishBulletin)).refused("unknown_bulletin")
    given().when(edit(ADDED)).refused("unknown_bulletin")
    given(drafted(), published()).when(ask(WithdrawBulletin, why="写错了社区")).then(withdrawn)
    given(drafted(), withdrawn).when(ask(PublishBulletin)).refused("bulletin_withdrawn")


def test_grid_workers_do_not_write_bulletins_and_a_week_ends_after_it_begins():
    given().when(draft(actor="worker:w1")).refused("not_for_workers")
    given(drafted()).when(ask(PublishBulletin, actor="worker:w1")).refused("not_for_workers")
    given().when(draft(until=date(2026, 3, 1))).refused("period_impossible")
