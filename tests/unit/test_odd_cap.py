"""Messages that are odd and valid, as issuers write them: read right. And whom a warning reaches, against brute force."""

import socket
from datetime import UTC, datetime
from math import asin, atan2, cos, degrees, radians, sin, tau
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon, box, shape
from shapely.ops import unary_union

from services.notify.alert.cap import read_alert
from services.notify.alert.places import circle, polygon, shapes_of
from services.notify.alert.reach import Ground, grids_reached, unplaced
from services.notify.alert.unusable import UnusableAlertError
from shared.words import Level
from tests.unit.test_cap import AREA, HEAD, INFO, SPACE, cap, refused, tags


def test_a_prefix_is_as_good_as_none():
    plain = cap().decode()
    prefixed = plain.replace(f'xmlns="{SPACE}"', f'xmlns:c="{SPACE}"').replace("</", "\0")
    prefixed = prefixed.replace("<?", "\1").replace("<", "<c:").replace("\0", "</c:").replace("\1", "<?")
    assert read_alert(prefixed.encode()) == read_alert(cap())


@pytest.mark.parametrize("declared", ["GB18030", "gb2312", "GBK", "UTF-16", "UTF-8", "utf8", "Big5-HKSCS"])
def test_whatever_encoding_it_declares(declared):
    """Chinese systems write GB 18030 and call it GB 2312; Python's UTF-16 has a mark, as XML wants it."""
    codec = {"gb2312": "gb18030", "GBK": "gb18030"}.get(declared, declared)
    headline = "市气象台發佈暴雨预警" if declared != "Big5-HKSCS" else "天文台發出暴雨警告"
    words = {name: "x" for name in ("event", "senderName", "description", "instruction")}
    area = AREA.replace("青禾社区", "x")
    text = cap(info=words | {"headline": headline}, area=area).decode().replace("UTF-8", declared)
    assert read_alert(text.encode(codec)).headline == headline


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_whatever_stands_before_it(codec):
    """A byte order mark, or none where the first character tells; the word it declares is then of no account."""
    assert read_alert(cap().decode().encode(codec)) == read_alert(cap())


def test_utf_16_that_was_written_anew_keeps_its_word():
    assert read_alert(cap().replace(b"UTF-8", b"utf-16")) == read_alert(cap())


@pytest.mark.parametrize("declared", ["rot13", "zlib", "utf-7", "unicode_escape", "idna", "nonsense", "hex"])
def test_what_is_no_encoding_of_texts_is_refused(declared):
    assert refused(cap().replace(b"UTF-8", declared.encode())) == "unknown_encoding"


def test_several_languages_are_one_message():
    """The issuer's English goes with it; what stands for another place in English alone is not left out."""
    english = INFO | {"language": "en-US", "event": "Rainstorm", "headline": "Red rainstorm warning"}
    alert = read_alert(cap(more_info=f"<info>{tags(english)}{AREA}</info>"))
    assert [info.event for info in alert.infos] == ["暴雨"]
    assert [info.event for info in alert.english] == ["Rainstorm"]
    elsewhere = AREA.replace("121.", "122.")
    alert = read_alert(cap(more_info=f"<info>{tags(english)}{elsewhere}</info>"))
    assert [info.event for info in alert.infos] == ["暴雨", "Rainstorm"]
    assert len(alert.areas) == 2


def test_each_part_has_its_own_level_and_places():
    other = INFO | {"event": "大风", "headline": "市气象台发布大风蓝色预警"}
    elsewhere = AREA.replace("121.", "122.")
    alert = read_alert(cap(more_info=f"<info>{tags(other)}{elsewhere}</info>"))
    assert [(info.level, info.event) for info in alert.infos] == [(Level.BLUE, "大风"), (Level.RED, "暴雨")]
    assert (alert.level, alert.event, len(alert.areas)) == (Level.RED, "暴雨", 2)


def test_a_severity_of_unknown_has_no_level():
    assert read_alert(cap(info={"severity": "Unknown", "headline": "大风"})).level is None


def test_it_may_end_before_what_it_warns_of_begins():
    """A watch for the day after tomorrow holds for twelve hours, and another follows."""
    said = {"onset": "2026-07-22T08:00:00+08:00", "expires": "2026-07-20T20:00:00+08:00"}
    assert read_alert(cap(info=said)).expires == datetime(2026, 7, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    [
        "2026-07-20T07:50:00+08:00",
        "2026-07-19T23:50:00-00:00",
        "2026-07-19T23:50:00Z",
        "2026-07-19T18:50:00-05:00",
    ],
)
def test_whatever_offset_its_times_have(said):
    assert read_alert(cap(head={"sent": said})).sent == datetime(2026, 7, 19, 23, 50, tzinfo=UTC)


def test_what_is_empty_is_as_if_it_were_not_there():
    code = "<geocode><valueName>SAME</valueName><value></value></geocode><geocode/><circle> </circle>"
    area = AREA.replace("</area>", f"{code}</area><area><areaDesc>别处</areaDesc></area>")
    alert = read_alert(cap(area=area, info={"instruction": "", "expires": None}))
    assert (alert.areas[0].codes, alert.instruction, alert.expires) == ((), "", None)
    assert unplaced(alert.areas) == ["别处"]


def test_a_code_of_another_system_names_no_place_of_ours():
    code = "<geocode><valueName>AreaCode</valueName><value>310115</value></geocode>"
    alert = read_alert(cap(area=f"<area><areaDesc>浦东新区</areaDesc>{code}</area>"))
    assert unplaced(alert.areas, ["G-1"]) == ["浦东新区"]
    assert unplaced(alert.areas, ["G-1", "310115"]) == []


def test_what_others_put_in_beside_is_theirs():
    foreign = '<x:event xmlns:x="urn:x">不是</x:event><!-- 暴雨 --><?pi x?>'
    raw = cap().replace(b"<event>", foreign.encode() + b"<event>")
    signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature></alert>'
    assert read_alert(raw.replace(b"</alert>", signature.encode())).event == "暴雨"


def test_a_cancellation_may_say_as_much_as_it_likes():
    earlier = "qx@sh.gov.cn,1,2026-07-20T07:50:00+08:00 qx@sh.gov.cn,2,2026-07-20T07:51:00+08:00"
    said = {"severity": None, "expires": "2026-07-20T01:00:00+08:00", "urgency": None}
    alert = read_alert(cap(head={"msgType": "Cancel", "references": earlier}, info=said, area=""))
    assert (len(alert.references), alert.level, alert.areas) == (2, Level.RED, ())


def test_a_refusal_says_what_it_is_all_the_same():
    with pytest.raises(UnusableAlertError) as why:
        read_alert(cap(head={"status": "Exercise"}))
    assert why.value.said["status"] == "Exercise"
    assert (why.value.said["msgType"], why.value.said["event"], why.value.said["areas"]) == (
        "Alert",
        "暴雨",
        "青禾社区",
    )


@pytest.mark.parametrize("said", ["1764331200", "1764331200.5", "2026-07-20", "2026-07-20T07:50:00", "昨天"])
def test_a_moment_has_a_day_and_a_zone(said):
    """A number alone would be the seconds since 1970 to those who write programs, and to nobody else."""
    assert refused(cap(head={"sent": said})) == "impossible_time"


@pytest.mark.parametrize("text", ["a\u202eb", "a\u2028b", "a\x7fb"])
def test_words_that_do_something_are_refused(text):
    assert refused(cap(info={"headline": text})) == "unsayable"


def test_circles_are_as_many_corners_as_it_takes_to_draw_them():
    """Four thousand in a small file had kept everybody waiting for seconds."""
    circles = "<circle>31,121 5</circle>" * 200
    assert refused(cap(area=AREA.replace("</area>", f"{circles}</area>"))) == "too_many_corners"


def test_words_without_end_are_refused():
    assert refused(cap(info={"description": "长" * 20_001})) == "too_long"


# places ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def covers(ring: Any, lon: float, lat: float) -> bool:
    return any(each.covers(Point(lon, lat)) for each in shapes_of(ring))


def test_a_polygon_over_the_antimeridian_is_small_and_lies_on_both_edges():
    ring = polygon("10,179 10,-179 12,-179 12,179 10,179")
    assert covers(ring, 179.5, 11)
    assert covers(ring, -179.5, 11)
    assert not covers(ring, 0, 11)
    assert not covers(ring, 121, 11)


@given(st.floats(-180, 180), st.floats(-80, 80), st.floats(1, 500), st.floats(0, 360), st.floats(0, 2))
def test_a_circle_is_round_wherever_it_lies(lon, lat, radius, bearing, part):
    """Against the sphere: a place at any bearing is in it if it is nearer than its radius, the antimeridian or not."""
    if 0.99 < part < 1.01 or abs(lat) + radius / 111 > 88:
        return
    away, turn, at = radius * part / 6371.0088, radians(bearing), radians(lat)
    there = asin(sin(at) * cos(away) + cos(at) * sin(away) * cos(turn))
    aside = atan2(sin(turn) * sin(away) * cos(at), cos(away) - sin(at) * sin(there))
    other = (lon + degrees(aside) + 180) % 360 - 180
    assert covers(circle(f"{lat!r},{lon!r} {radius!r}"), other, degrees(there)) == (part < 1)


def test_a_circle_around_a_pole_has_every_longitude():
    ring = circle("89.5,0 200")
    assert covers(ring, 179, 89)
    assert covers(ring, -90, 89)
    assert not covers(ring, 0, 85)


SOMEWHERE = st.tuples(st.floats(120, 122), st.floats(30, 32))


@st.composite
def star(draw: st.DrawFn) -> list[tuple[float, float]]:
    """A ring of any form that does not cross itself, around some place."""
    lon, lat = draw(SOMEWHERE)
    reaches = draw(st.lists(st.floats(0.05, 0.6), min_size=3, max_size=9))
    turns = [tau * number / len(reaches) for number in range(len(reaches))]
    ring = [(lon + far * cos(turn), lat + far * sin(turn)) for far, turn in zip(reaches, turns, strict=True)]
    return [*ring, ring[0]]


def drawn(grids: dict[str, Any], *, micro: bool = False) -> dict[str, Any]:
    """A plan whose leaves are these shapes: grids, or micro-grids (微网格) each in a grid of its own."""
    above = [{"code": "c1", "level": "community", "zh": "青禾"}]
    if micro:
        above += [{"code": f"{code}-of", "level": "grid", "zh": code, "parent": "c1"} for code in grids]
    return {
        "areas": above,
        "features": [
            {
                "geometry": {"type": "Polygon", "coordinates": [[list(corner) for corner in ring]]},
                "properties": {
                    "code": code,
                    "name": code,
                    "level": "micro_grid" if micro else "grid",
                    "parent": f"{code}-of" if micro else "c1",
                },
            }
            for code, ring in grids.items()
        ],
    }


@given(st.lists(star(), min_size=1, max_size=3), st.lists(star(), min_size=1, max_size=8), st.booleans())
def test_it_reaches_exactly_the_grids_that_intersect(warned, grids, micro):
    """Against brute force: the union of what is warned of, against each grid by itself."""
    rings = [" ".join(f"{lat!r},{lon!r}" for lon, lat in ring) for ring in warned]
    area = "".join(f"<polygon>{ring}</polygon>" for ring in rings)
    known = {f"g{number}": ring for number, ring in enumerate(grids)}
    plan = drawn(known, micro=micro)
    alert = read_alert(cap(area=f"<area><areaDesc>x</areaDesc>{area}</area>"))
    meant = unary_union([Polygon(ring) for ring in warned])
    expected = [
        f"{each['properties']['code']}{'-of' if micro else ''}"
        for each in plan["features"]
        if meant.intersects(shape(each["geometry"]))
    ]
    assert grids_reached(alert, plan) == sorted(expected)


def test_a_code_below_a_grid_reaches_that_grid():
    ground = Ground(
        drawn({"m1": box(0, 0, 1, 1).exterior.coords, "m2": box(2, 2, 3, 3).exterior.coords}, micro=True)
    )
    assert ground.grids(["m1"]) == ["m1-of"]
    assert ground.grids(["c1"]) == ["m1-of", "m2-of"]
    assert ground.grids(["nobody's"]) == []


# nobody is called ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_is_called_whatever_is_read(monkeypatch):
    """No file is opened and no socket, for an outside entity, a DTD, an XInclude or a schema."""

    def call(*_: Any, **__: Any) -> None:
        pytest.fail("somebody was called")

    outside = [
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd">',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:1/"> %x;]>',
        '<?xml-stylesheet href="http://127.0.0.1:1/x.xsl"?>',
    ]
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/></alert>'
    files = [cap(before=each) for each in outside] + [cap().replace(b"</alert>", include.encode())]
    monkeypatch.setattr(socket, "socket", call)
    monkeypatch.setattr("builtins.open", call)
    found = []
    for each in files:
        try:
            found.append(read_alert(each).event)
        except UnusableAlertError as why:
            found.append(why.reason)
    monkeypatch.undo()
    assert found == ["document_type"] * 3 + ["暴雨"] * 2


@given(st.dictionaries(st.sampled_from([*HEAD, *INFO]), st.text(max_size=20), max_size=4))
def test_any_words_anywhere_are_read_or_refused(said):
    """Whatever an element says: an alert, or a reason; never another error."""
    clean = {
        name: "".join(each for each in value if each.isprintable() and each not in "<&>")
        for name, value in said.items()
    }
    head = {name: value for name, value in clean.items() if name in HEAD}
    info = {name: value for name, value in clean.items() if name in INFO}
    try:
        assert read_alert(cap(head=head, info=info)).kind
    except UnusableAlertError as why:
        assert why.reason.isidentifier()
