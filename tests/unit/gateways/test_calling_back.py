"""What providers bring to our door, in the words of their own documents, and in words that nobody documents."""

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as some
from pydantic import ValidationError

from services.notify.gateways.aliyun import AliyunSettings, SmsReport, SmsUp
from services.notify.gateways.calling_back import Receipt, Reply
from services.notify.gateways.registry import UnusableGatewaysError, parse_gateways
from services.notify.gateways.tencent import Answered, Status, TencentSettings
from shared.vault import Locksmith

LOCKSMITH = Locksmith(b"m" * 32)

REPORT = {
    "phone_number": "13900000001",
    "send_time": "2017-01-01 00:00:00",
    "report_time": "2017-01-01 00:00:00",
    "success": True,
    "err_code": "DELIVERED",
    "err_msg": "用户接收成功",
    "sms_size": "1",
    "biz_id": "12345^0",
    "out_id": "67890",
}
STATUS = {
    "user_receive_time": "2015-10-17 08:03:04",
    "nationcode": "86",
    "mobile": "13900000001",
    "report_status": "SUCCESS",
    "errmsg": "DELIVRD",
    "description": "用户短信送达成功",
    "sid": "2645:1",
}


def test_a_receipt_is_read_as_they_document_it():
    assert SmsReport.model_validate(REPORT).receipt() == Receipt(
        "confirmed", "12345^0 67890 DELIVERED", reference="12345^0", delivery="67890", why="DELIVERED"
    )
    assert Status.model_validate(STATUS).receipt() == Receipt(
        "confirmed", "2645:1 SUCCESS DELIVRD", reference="2645:1", why="DELIVRD"
    )


def test_a_failure_says_the_carrier_s_code():
    told = SmsReport.model_validate(REPORT | {"success": False, "err_code": "MK:0001"}).receipt()
    assert (told.outcome, told.why) == ("failed", "MK:0001")
    told = Status.model_validate(STATUS | {"report_status": "FAIL", "errmsg": "MK:0001"}).receipt()
    assert (told.outcome, told.why) == ("failed", "MK:0001")


def test_nothing_of_a_receipt_is_the_number():
    for told in (SmsReport.model_validate(REPORT).receipt(), Status.model_validate(STATUS).receipt()):
        assert "13900000001" not in repr(told)


def test_a_reply_is_read_as_they_document_it():
    up = {
        "phone_number": "13900000001",
        "send_time": "2017-01-01 00:00:00",
        "content": "TD",
        "sign_name": "梧桐里街道",
        "dest_code": "12345",
        "sequence_id": 1234567890,
    }
    assert SmsUp.model_validate(up).reply() == Reply(
        "13900000001", "TD", ("1234567890", "2017-01-01 00:00:00", "13900000001", "TD")
    )
    answered = {"mobile": "13900000001", "nationcode": "86", "text": "TD", "time": 1457336869, "sign": "x"}
    assert Answered.model_validate(answered).reply() == Reply(
        "+8613900000001", "TD", ("1457336869", "+8613900000001", "TD", "")
    )


_json = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inside: some.lists(inside, max_size=3) | some.dictionaries(some.text(), inside, max_size=3),
    max_leaves=8,
)
_like_theirs = some.dictionaries(
    some.sampled_from([*REPORT, *STATUS, "content", "sequence_id", "text", "time", "extend"]), _json
)


@any_of(_json | _like_theirs)
def test_whatever_is_brought_is_read_or_refused(said):
    for theirs in (SmsReport, SmsUp, Status, Answered):
        try:
            read = theirs.model_validate(said)
        except ValidationError:
            continue
        told = read.receipt() if isinstance(read, SmsReport | Status) else read.reply()
        assert isinstance(told, Receipt | Reply)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('callback = "in clear, and long enough to be one"', "gateway.0.aliyun.callback"),
        (f'callback = "{LOCKSMITH.seal_setting("short")}"', "gateway.0.aliyun.callback"),
        (f'callback = "{LOCKSMITH.seal_setting("a" * 32)}"', ""),
    ],
    ids=["in clear", "too short", "sealed"],
)
def test_the_secret_of_an_address_stands_sealed_and_nobody_guesses_it(line, wrong, tmp_path):
    file = tmp_path / "gateways.toml"
    key = LOCKSMITH.seal_setting("k")
    file.write_text(
        f'[[gateway]]\nkind="aliyun"\nname="a-1"\nkey_id="k"\nkey_secret="{key}"\nsign="s"\ntemplates={{}}\n{line}\n'
    )
    if not wrong:
        assert isinstance(parse_gateways(file, LOCKSMITH).gateway[0], AliyunSettings)
        return
    with pytest.raises(UnusableGatewaysError, match=wrong):
        parse_gateways(file, LOCKSMITH)


def test_each_provider_is_thanked_as_it_wants():
    assert AliyunSettings.thanks == {"code": 0, "msg": "接收成功"}
    assert TencentSettings.thanks == {"result": 0, "errmsg": "OK"}
