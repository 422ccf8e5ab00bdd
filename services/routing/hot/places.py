"""Where a text says that it is: streets, estates, houses and buildings."""

import re

from services.routing.hot.writing import HAN, composed, simplified

_NUMERALS = str.maketrans("一二三四五六七八九", "123456789")
_STREET = re.compile(
    rf"((?![号楼栋幢的在了条段])[{HAN}](?![号楼栋幢的了条段])[{HAN}])(大道|路(?![灯面障])|街(?!灯)|巷|胡同)"
)
_ESTATE = re.compile(
    rf"([{HAN}]{{2}})(花园|家园|嘉园|新村|公寓|小区|大厦|广场|苑|新城|名城|豪庭|华庭|华府|雅居|宿舍|山庄|别墅|大院|里(?=[\d一二三四五六七八九十]))"
)
# fmt: off
_NO_NAME = frozenset([
    "马路", "道路", "公路", "铁路", "小路", "走路", "夜路", "让路", "线路", "电路", "短路", "半路", "一路", "条路", "段路", "大街", "上街",
    "逛街", "走马路", "的道路", "占道路", "在马路", "到马路", "的马路", "走夜路",
])
# fmt: on
_HOUSE = re.compile(r"(\d+|[一二三四五六七八九])(弄|号(?!楼|院))")
_BUILDING = re.compile(r"(\d+|[一二三四五六七八九])(?:号楼|栋|幢|座|号院)")
_EN_STREET = re.compile(
    r"(?:(\d+)[a-z]? )?(?:(?:north|south|east|west|[nsew]) )?([a-z]+|\d+(?:st|nd|rd|th)?) "
    r"(street|avenue|road|lane|drive|boulevard|st|ave|rd|ln|dr|blvd|way|terrace|place|pl|close|crescent|square|"
    r"row|walk|alley|quay|grove|circle|parade)\b"
)
_EN_ESTATE = re.compile(
    r"([a-z]+) (court|houses|towers|gardens|homes|park|estate|apartments|village|plaza|flats|mews|heights|lofts|residences)\b"
)
_EN_BUILDING = re.compile(r"\b(?:building|bldg|block|entrance|tower|no|unit)\.? ?#?(\d+)")
# fmt: off
_EN_NO_NAME = frozenset([
    "the", "a", "this", "our", "my", "of", "under", "on", "in", "whole", "fire", "bus", "bike", "same",
    "main", "any", "every", "that", "other", "across", "wrong", "public", "each", "next", "car", "to", "and",
    "or", "for", "no", "into", "residential", "amusement",
])
# fmt: on
# fmt: off
_BESIDE = re.compile(
    r"(?=\d+ ?(?:号|栋|幢|座|弄|单元|期|#|-\d))|门口|附近|对面|旁边|隔壁|楼下|[东南西北后正]门|[东南西北]侧|后面|背后|周边|周围|"
    r"一带|这边|这里|这儿|那边|那里|那头|那片|里面|院内|小区|社区|的?(?:住户|居民|业主)"
)
"""What stands behind the name of a place."""
_BEFORE = re.compile(rf"[{HAN}]+$")
_LOOKED_BACK = 8
_CAPITALS = re.compile(r"(?<![\w'’])[A-Z][a-z][a-z'’]*(?:[ -](?:of |the )?[A-Z][a-z][a-z'’]*){0,3}")
_BEGINS = re.compile(r"(?:^|[.!?:;\n\-–—]\s*)$")
_NO_PLACE = frozenset([
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march",
    "april", "june", "july", "august", "september", "october", "november", "december",
])
# fmt: on
_LONG = {
    "st": "street",
    "ave": "avenue",
    "rd": "road",
    "ln": "lane",
    "dr": "drive",
    "blvd": "boulevard",
    "pl": "place",
}


def places_of(said: str) -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    streets = {name + kind for name, kind in _STREET.findall(said) if not _no_name(name, kind)}
    estates = {name + kind for name, kind in _ESTATE.findall(said)}
    houses = {number.translate(_NUMERALS) for number, _ in _HOUSE.findall(said)}
    buildings = {number.translate(_NUMERALS) for number in _BUILDING.findall(said)}
    for number, name, kind in _EN_STREET.findall(said):
        if name not in _EN_NO_NAME:
            streets.add(f"{name} {_LONG.get(kind, kind)}")
            if number:
                houses.add(number)
    estates.update(f"{name} {kind}" for name, kind in _EN_ESTATE.findall(said) if name not in _EN_NO_NAME)
    buildings.update(_EN_BUILDING.findall(said))
    return frozenset(streets), frozenset(estates), frozenset(houses), frozenset(buildings)


def names_of(text: str) -> frozenset[str]:
    """What may be the name of a place by where it stands: the characters before 3号楼 or 门口, and what English writes with
    capitals ("^" before what a sentence begins with).
    """
    said = simplified(composed(text))
    found: set[str] = set()
    for beside in _BESIDE.finditer(said):
        start = beside.start()
        if before := _BEFORE.search(said, max(0, start - _LOOKED_BACK), start):
            found.add(before.group())
    if any(character.islower() for character in said):
        for capitals in _CAPITALS.finditer(said):
            *first, last = capitals.group().casefold().replace("’", "'").split(" ")
            name = " ".join([*first, _LONG.get(last, last) if first else last])
            begins = _BEGINS.search(said, max(0, capitals.start() - 4), capitals.start())
            if name not in _NO_PLACE:
                found.add(f"^{name}" if begins else name)
    found.update(
        f"{name} {_LONG.get(kind, kind)}"
        for number, name, kind in _EN_STREET.findall(said.casefold())
        if number
    )
    return frozenset(found)


def _no_name(name: str, kind: str) -> bool:
    return name[-1] + kind in _NO_NAME or name + kind in _NO_NAME


def same_name(one: str, other: str) -> bool:
    """Whether two names are one, or differ by one slip."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 5:
        return False
    start = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
