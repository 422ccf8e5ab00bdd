"""The street's residents: who they are, and how they put what they say. Made up, and the same for every seed."""

from dataclasses import dataclass
from random import Random

from lastmile.demo.street import Building, texts

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = (
    *(
        "伟",
        "芳",
        "娜",
        "敏",
        "静",
        "丽",
        "强",
        "磊",
        "军",
        "洋",
        "勇",
        "艳",
        "杰",
        "娟",
        "涛",
        "明",
        "超",
        "霞",
        "平",
    ),
    *(
        "桂英",
        "玉兰",
        "秀兰",
        "建国",
        "志强",
        "晓燕",
        "雨欣",
        "子轩",
        "浩然",
        "思雨",
        "国庆",
        "春梅",
        "海燕",
        "文华",
    ),
    *("佳怡", "俊峰", "丽华", "小红", "永福", "金凤", "雪琴", "少华", "德明", "巧云"),
)
_PHONES = 138_0000_1000
"""Nobody's that we know of; a thousand of them."""


@dataclass(frozen=True)
class Resident:
    name: str
    phone: str
    building: Building
    unit: str

    @property
    def chat(self) -> str:
        return f"resident-{self.phone[-4:]}"


def somebody(building: Building, dice: Random) -> Resident:
    """Whoever lives in the building and has something to say."""
    number = dice.randrange(1000)
    person = Random(f"resident-{number}")  # noqa: S311 - a story, not a secret
    name = person.choice(_SURNAMES) + person.choice(_GIVEN)
    return Resident(name, f"+86{_PHONES + number}", building, dice.choice(building.units))


def words(category: str, building: Building, dice: Random) -> str:
    """What a resident says about this kind of thing."""
    said = texts()
    where = building.code if dice.random() < 0.6 else dice.choice(said["nearby"])
    text = dice.choice(said["requests"][category]).format(where=where)
    opening = dice.choice(said["openings"]) if dice.random() < 0.35 else ""
    closing = dice.choice(said["closings"]) if dice.random() < 0.3 else ""
    return f"{opening}{text}{closing}"


def finding(category: str, building: Building, dice: Random) -> str:
    """What a grid worker writes down on the daily round (巡查发现)."""
    return dice.choice(texts()["findings"][category]).format(where=building.code)


def outcome(category: str, dice: Random) -> str:
    return dice.choice(texts()["outcomes"][category])


def comment(satisfaction: int, dice: Random) -> str:
    return dice.choice(texts()["comments"][str(satisfaction)])
