"""What people write back: which words stop, which start again; each reply heard once, and seen to once."""

import pytest

from services.notify.reply.meaning import meaning_of
from shared.commands.preference import HearReply, SettleReply
from shared.events.preference import ReplyHeard, ReplySettled
from tests.fixtures.matter import box, minutes
from tests.fixtures.story import given

AT = minutes(60)
HEARD = ReplyHeard(gateway="aliyun", holder="contact:r1", meaning="other", sealed=box("k1"), at=AT)


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "stop",
        " Stop. ",
        "UNSUBSCRIBE",
        "退订",
        "退订！",
        "ＴＤ",
        "td",
        "T",
        "t",
        "N",
        "\u3000退订\n",
        "“退订”",
        "拒收",
        "Ｒ",
        "退訂",
        "TD【李】",
        "【梧桐里街道】 退订。",
        "[office] stop",
        "【退订】 ",
    ],
)
def test_these_words_stop(text: str):
    assert meaning_of(text) == "stop"


@pytest.mark.parametrize("text", ["START", "ｓｔａｒｔ", "恢复", " 订阅。"])
def test_these_words_start_again(text: str):
    assert meaning_of(text) == "start"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "好的",
        "还没有修好",
        "不要退订",
        "stop it now",
        "TN",
        "ok",
        "1",
        "今天T恤",
        "【TD】不要再发了",
        "【梧桐里街道】",
        "没有，谢谢 N",
    ],
)
def test_anything_else_is_for_people_to_read(text: str):
    assert meaning_of(text) == "other"


def reply(model, actor="service:notify", **said):
    return model.model_validate(
        {"id": "c1", "tenant": "demo", "actor": actor, "at": AT, "reply": "r1"} | said
    )


def test_a_reply_is_heard_once_whatever_the_provider_repeats():
    heard = reply(HearReply, gateway="aliyun", holder="contact:r1", meaning="other", sealed=box("k1"))
    given().when(heard).then(HEARD)
    again = reply(HearReply, gateway="aliyun", holder="contact:r1", meaning="stop", sealed=box("k2"))
    given(HEARD).when(again).then()


def test_somebody_sees_to_it_once():
    seen = reply(SettleReply, "staff:s1")
    given(HEARD).when(seen).then(ReplySettled(by="s1", at=AT))
    given(HEARD, ReplySettled(by="s2", at=AT)).when(seen).then()
    given().when(seen).refused("no_such_reply")
    given(HEARD).when(reply(SettleReply, "resident:r1")).refused("only_staff")
