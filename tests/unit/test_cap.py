"""Warnings of the authorities: read whole and as issued, or refused with the reason."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from services.notify.alert.cap import read_alert
from services.notify.alert.reach import grids_reached
from services.notify.alert.unusable import UnusableAlertError
from shared.words import Level

SPACE = "urn:oasis:names:tc:emergency:cap:1.2"
AREA = "<area><areaDesc>青禾社区</areaDesc><polygon>31.0,121.0 31.0,121.2 31.2,121.2 31.2,121.0 31.0,121.0</polygon></area>"
INFO = {
    "language": "zh-CN",
    "category": "Met",
    "event": "暴雨",
    "urgency": "Immediate",
    "severity": "Extreme",
    "certainty": "Observed",
    "onset": "2026-07-20T08:00:00+08:00",
    "expires": "2026-07-20T20:00:00+08:00",
    "senderName": "市气象台",
    "headline": "市气象台发布暴雨红色预警",
    "description": "预计未来三小时降雨量将达一百毫米以上。",
    "instruction": "停止户外作业。",
}
HEAD = {
    "identifier": "310000-20260720-0001",
    "sender": "qx@sh.gov.cn",
    "sent": "2026-07-20T07:50:00+08:00",
    "status": "Actual",
    "msgType": "Alert",
    "scope": "Public",
}


def tags(said: dict[str, str | None]) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in said.items() if value is not None)


def cap(*, head=None, info=None, area=AREA, space=SPACE, before="", more_info="") -> bytes:
    inside = tags(HEAD | (head or {}))
    if info is not False:
        inside += f"{more_info}<info>{tags(INFO | (info or {}))}{area}</info>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}<alert xmlns="{space}">{inside}</alert>'.encode()


def refused(data: bytes) -> str:
    with pytest.raises(UnusableAlertError) as why:
        read_alert(data)
    return why.value.reason


@pytest.mark.parametrize("space", [SPACE, SPACE.replace("1.2", "1.1")])
def test_a_warning_is_read_as_it_was_issued(space):
    alert = read_alert(cap(space=space))
    assert (alert.kind, alert.level, alert.event) == ("Alert", Level.RED, "暴雨")
    assert alert.issuer == "市气象台"
    assert alert.sent == datetime(2026, 7, 19, 23, 50, tzinfo=UTC)
    assert alert.expires == datetime(2026, 7, 20, 12, 0, tzinfo=UTC)
    (area,) = alert.areas
    assert area.shapes[0].covers(Point(121.1, 31.1)), "longitude first, as everywhere here"


def test_the_issuers_colour_is_more_exact_than_the_severity():
    words = {"severity": "Severe", "headline": "市气象台发布大风黄色预警"}
    assert read_alert(cap(info=words)).level == Level.YELLOW
    assert read_alert(cap(info={"headline": "Heavy rain", "severity": "Moderate"})).level == Level.YELLOW
    assert read_alert(cap(info={"headline": "黄色转橙色", "severity": "Orange"})).level == Level.ORANGE


def test_the_chinese_words_come_first():
    english = f"<info>{tags(INFO | {'language': 'en-US', 'event': 'Rainstorm'})}{AREA}</info>"
    assert read_alert(cap(more_info=english)).event == "暴雨"


def test_an_update_names_what_it_is_about_and_a_cancellation_need_say_no_more():
    earlier = "qx@sh.gov.cn,310000-20260720-0001,2026-07-20T07:50:00+08:00"
    update = read_alert(cap(head={"msgType": "Update", "identifier": "2", "references": earlier}))
    assert update.references[0].identifier == "310000-20260720-0001"
    cancel = read_alert(cap(head={"msgType": "Cancel", "references": earlier}, info=False))
    assert (cancel.kind, cancel.level, cancel.areas) == ("Cancel", None, ())


def test_a_circle_is_so_many_kilometres_wide_in_every_direction():
    circle = "<area><areaDesc>厂区</areaDesc><circle>31.1,121.1 5</circle></area>"
    (shape,) = read_alert(cap(area=circle)).areas[0].shapes
    for lon, lat in ((121.1, 31.1), (121.1, 31.1 + 4.9 / 111.2), (121.1 + 4.9 / 95.2, 31.1)):
        assert shape.covers(Point(lon, lat))
    for lon, lat in ((121.1, 31.1 + 5.1 / 111.2), (121.1 + 5.2 / 95.2, 31.1)):
        assert not shape.covers(Point(lon, lat))


BOMB = "<!DOCTYPE a [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {after} '{f'&{before};' * 10}'>" for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (cap(before='<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "document_type"),
        (cap(before='<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd">'), "document_type"),
        (cap(before=f"{BOMB}]>", info={"event": "&i;"}), "document_type"),
        (b" " * 20_000_000, "too_large"),
        (cap()[:-40], "not_well_formed"),
        (b"", "not_well_formed"),
        (b"\x00\xff" * 50, "not_well_formed"),
        (cap(info={"event": "<b>" * 50 + "</b>" * 50}), "too_deep"),
        (cap(area="<area/>" * 30_000), "too_many_elements"),
        (b"<html/>", "not_cap"),
        (cap(space="urn:oasis:names:tc:emergency:cap:9.9"), "not_cap"),
        (cap(head={"status": "Exercise"}), "not_actual"),
        (cap(head={"scope": "Private"}), "not_public"),
        (cap(head={"msgType": "Ack"}), "nothing_to_relay"),
        (cap(head={"msgType": "Shout"}), "unknown_word"),
        (cap(head={"msgType": "Update"}), "missing"),
        (cap(head={"msgType": "Update", "references": "who,what"}), "impossible_reference"),
        (cap(head={"identifier": "a b"}), "impossible_name"),
        (cap(head={"sent": "yesterday"}), "impossible_time"),
        (cap(head={"sent": "2026-07-20T07:50:00"}), "impossible_time"),
        (cap(info={"severity": "Catastrophic", "headline": "大风"}), "no_level"),
        (cap(info={"certainty": None}), "missing"),
        (cap(info={"expires": "2026-07-20T07:00:00+08:00"}), "ends_before_it_begins"),
        (cap(info=False), "missing"),
        (cap(area=""), "missing"),
        (cap(area="<area><areaDesc>全市</areaDesc></area>"), "area_without_shape"),
        (cap(area=AREA.replace("31.0,121.0</polygon>", "31.0,121.1</polygon>")), "polygon_not_closed"),
        (cap(area=AREA.replace("31.2,121.2 31.2,121.0", "31.2,121.0 31.2,121.2")), "impossible_polygon"),
        (cap(area=AREA.replace("31.0,121.2", "95,121.2")), "impossible_position"),
        (cap(area="<area><areaDesc>x</areaDesc><circle>31,121 -1</circle></area>"), "impossible_circle"),
    ],
)
def test_what_cannot_be_relayed_is_refused_with_its_reason(data, reason):
    assert refused(data) == reason


@given(st.binary(max_size=300))
def test_nothing_but_a_refusal_comes_of_noise(noise):
    with pytest.raises(UnusableAlertError):
        read_alert(noise)


@given(st.data())
def test_a_damaged_file_is_refused_or_still_whole(data):
    """One byte lost or changed anywhere: never another error."""
    whole = cap()
    place = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:place] + data.draw(st.binary(max_size=2)) + whole[place + 1 :]
    try:
        assert read_alert(damaged).kind == "Alert"
    except UnusableAlertError as why:
        assert why.reason.isidentifier()


def box(west: float, south: float, size: float = 0.1) -> list[tuple[float, float]]:
    east, north = west + size, south + size
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def plan(**grids: tuple[float, float]) -> dict:
    return {
        "areas": [{"code": "c1", "level": "community", "zh": "青禾", "en": "Qinghe"}],
        "features": [
            {
                "geometry": {"type": "Polygon", "coordinates": [box(*corner)]},
                "properties": {"code": code, "name": code, "parent": "c1" if code.startswith("g") else None},
            }
            for code, corner in grids.items()
        ],
    }


@given(
    st.tuples(st.floats(120.5, 121.5), st.floats(30.5, 31.5)),
    st.lists(st.tuples(st.floats(120, 122), st.floats(30, 32)), min_size=1, max_size=6),
)
def test_it_reaches_exactly_the_grids_that_it_touches(corner, grids):
    """Told by arithmetic: two boxes touch unless one lies wholly beside the other."""
    ring = " ".join(f"{lat!r},{lon!r}" for lon, lat in box(*corner, 0.3))
    alert = read_alert(cap(area=f"<area><areaDesc>x</areaDesc><polygon>{ring}</polygon></area>"))
    known = {f"g{number}": each for number, each in enumerate(grids)}

    def apart(one: tuple[float, float]) -> bool:
        (west, south), (lon, lat) = corner, one
        return lon > west + 0.3 or lon + 0.1 < west or lat > south + 0.3 or lat + 0.1 < south

    expected = sorted(code for code, each in known.items() if not apart(each))
    assert grids_reached(alert, plan(**known)) == expected


def test_a_code_of_ours_reaches_all_that_lies_below_it():
    code = "<geocode><valueName>area</valueName><value>c1</value></geocode>"
    alert = read_alert(cap(area=f"<area><areaDesc>青禾</areaDesc>{code}</area>"))
    assert grids_reached(alert, plan(g1=(0, 0), g2=(1, 1), h1=(2, 2))) == ["g1", "g2"]
