"""Towns told in whole sentences: places with names of every kind, letters' openings, slips, another script.

``FITTED``: the weights of services/routing/hot were fitted on these, and tried on them. ``HELD``: other matters, places,
openings and closings by the same hand, of which nothing was measured before the weights stood; only then were they opened.
Nothing may be chosen by them; what was learnt from looking at them since, docs/hot.md says.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from tests.load.voices.making import Voice

_BEGINS = datetime(2025, 3, 1, tzinfo=UTC)
_DAYS = 200.0
_AGAIN = 35.0
"""Days after which the same matter in the same place is a new one."""
_TOWN = 6000.0  # metres from edge to edge
_ORIGIN = (120.9, 31.2)
_DEGREE = (95_300.0, 111_320.0)  # metres of longitude, of latitude

Crowd = Literal["heavy", "middling", "small"]
"""How many report one thing: up to 120; up to 42; two to four."""


@dataclass(frozen=True)
class Set:
    bank: Literal["fitted", "held"]
    tongue: Literal["zh", "en"]
    seed: int
    crowd: Crowd
    named: float
    """The share of the texts that say where."""
    alone: float = 0.4
    two: float = 0.3
    """The share of the texts that tell two things of the matter."""

    @property
    def ones(self) -> float:
        """Of things, so that of reports about ``alone`` are alone."""
        return self.alone * 6 / (self.alone * 6 + 1 - self.alone)


@dataclass(frozen=True)
class _Matter:
    name: str
    category: str
    said: list[str]


@dataclass(frozen=True)
class _Thing:
    """A matter at a place within some days; ``spread`` is the deviation of its reporters in metres."""

    matter: _Matter
    place: str
    x: float
    y: float
    building: int
    number: int
    day: float
    lasts: float
    spread: int


FITTED = {
    "zh A": Set("fitted", "zh", 1, "heavy", 0.85),
    "zh B": Set("fitted", "zh", 2, "small", 1.0, two=0.1),
    "zh C": Set("fitted", "zh", 7, "middling", 0.75, alone=0.5),
    "en A": Set("fitted", "en", 3, "heavy", 0.85),
    "en B": Set("fitted", "en", 4, "small", 1.0, two=0.1),
    "en C": Set("fitted", "en", 8, "middling", 0.75, alone=0.5),
}
HELD = {
    "Chinese, held back": Set("held", "zh", 5, "heavy", 0.9),
    "English, held back": Set("held", "en", 6, "middling", 0.9),
}

# fmt: off
_PLACES = {
    "fitted zh": "金地格林|阳光100|翠竹园|凤凰城|和谐家园|水木清华|南门菜市场|市二院|实验小学|建设路|人民路|中山大道|百花巷|槐荫里|幸福新村|农机厂家属院|锦绣江南|万科魅力之城|体育馆|汽车东站|东湖公园|滨河步道|富康花园|柳林村|石桥头|大悦城|创业大厦|文昌阁|望江楼|雅居乐|新天地|劳动路|工农街|育才路|银泰公寓|北苑|河畔人家|向阳社区|光明里|电视塔",
    "held zh": "碧桂园|保利香槟|龙湖天街|杏林苑|鼓楼西街|解放路|马家堡|十里堡|化肥厂宿舍|云栖小镇|紫金城|绿地世纪|青年大街|迎宾路|朝阳里|兰亭序|颐和山庄|市体育中心|北站广场|铁路新村|春晖路|半岛蓝湾|八一小区|御景湾|天润城|丁家桥|师大附中|妇幼医院|白沙洲|南湖半岛",
    "fitted en": "Oak Street|Jefferson Avenue|Maple Court|Riverview Towers|Hillcrest|Sunset Plaza|Lincoln High|Pine Ridge|Broadway|5th Avenue|Harbor Point|Elm Street|Cedar Lane|Willow Creek|Market Street|Union Square|Fairmont Apartments|Lakeside Drive|the Greenwood complex|St Luke's Hospital|Delancey|Parkchester|Cooper Village|Washington Heights|Bay Ridge|Franklin Road|Meadowbrook|Grand Concourse|Mulberry|Highland Park|Ashford Place|Canal Street|Stonegate|Orchard Hill|Bergen|Kings Plaza|Madison Terrace|Clinton|Lexington|Prospect Village",
    "held en": "Holloway|Ashby Road|Thornbury House|Leabank|Gladstone Street|Eastfield|Coldharbour|Peel Court|Chapel Lane|Moorside|Wharf Street|Burnley Road|Fernhill|Rosebank|Trinity Way|Queen's Park|Alma Terrace|Castlegate|Birchwood|Tithe Barn|Salter's Brook|Netherfield|Cromwell|Sycamore Drive|Dock Road|Jubilee Gardens|Heron Close|Whitehouse|Langdale|Marsh End",
}
_WHERE = {
    "zh": ("{p}{b}号楼", "{p}{b}栋{u}单元", "{p}", "{p}门口", "{p}附近", "{p}对面", "{p}{b}号楼下", "我是{p}的住户", "{p}这里", "家住{p}{b}幢", "{p}北门", "地址：{p}{b}号"),
    "en": ("{n} {p}", "at {p}", "{p} building {b}", "outside {p}", "near {p}", "{p}", "by {p} entrance", "I live at {n} {p}", "around {p}", "{p}, apt {b}", "behind {p}", "address: {n} {p}"),
}
_FIRST = {
    "fitted zh": ("", "", "", "在线等，", "大家评评理，", "@网格员 ", "请问谁管？", "第N次反映了，", "求助！", "亲们，", "您好，", "晕死，"),
    "held zh": ("尊敬的领导：", "市民来电反映：", "来电人称，", "诉求人表示", "", "", "网友留言：", "您好，", "关于民生诉求：", "本人系当地住户，", "恳请关注，"),
    "fitted en": ("", "", "", "hey ", "FYI ", "Hello, ", "to whom it may concern: ", "again!! ", "can someone help, ", "omg ", "Hi team, "),
    "held en": ("", "", "", "Dear Councillor, ", "Evening, ", "Right, ", "Reporting that ", "Caller states ", "Hiya, ", "As per my last email, "),
}
_LAST = {
    "fitted zh": ("", "", "", "！！！", "，咋整啊", "😡", "🙏", "，急", "，有人管没", "，拍照为证", "~"),
    "held zh": ("，请核实处理。", "，望尽快解决并答复。", "，要求相关部门介入。", "。", "", "，诉求人要求回电。", "，盼复。", "，望重视。"),
    "fitted en": ("", "", "", "!!!", "😡", " pls fix", " smh", " thanks", "... again", " 🙏", " any update?"),
    "held en": ("", "", ".", " Regards", " Not good enough.", " Please action.", " Ta.", " Sort it out.", " Photos to follow.", "?"),
}
_TRADITIONAL = str.maketrans(
    "电楼门灯车气水路坏没条样东来时间过还难听声开关头体单号广场满臭烧烟尘树断垃圾桶层顶爆喷涌马挡这里们说没谁处压闸锁热冷两个点热机网络线价费务阳园宝实学医",
    "電樓門燈車氣水路壞沒條樣東來時間過還難聽聲開關頭體單號廣場滿臭燒煙塵樹斷垃圾桶層頂爆噴湧馬擋這裏們說沒誰處壓閘鎖熱冷兩個點熱機網絡線價費務陽園寶實學醫",
)
_PINYIN = (("电梯", "dt"), ("物业", "wy"), ("垃圾", "lj"), ("停车", "tc"), ("施工", "sg"), ("路灯", "ld"), ("公交", "gj"))
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_SOUNDS_ALIKE = (("漏", "露"), ("垃", "拉"), ("停", "亭"), ("井", "进"), ("路", "陆"), ("坏", "怀"), ("再", "在"), ("那", "哪"), ("的", "地"), ("燃", "然"), ("气", "汽"), ("吵", "炒"))
_SHORTER = (("street", "str"), ("Street", "St."), ("Avenue", "Ave"), ("building", "bldg"))
# fmt: on


def town(of: Set, size: int = 2200, *, address: bool = False) -> list[Voice]:
    """Return so many reports by time; ``address``: each text has a line with its address, as a table's column would."""
    chance = random.Random(of.seed)
    matters = _matters(of)
    places = _PLACES[f"{of.bank} {of.tongue}"].split("|")
    chance.shuffle(places)
    at = {place: (chance.uniform(0, _TOWN), chance.uniform(0, _TOWN)) for place in places}
    things: list[_Thing] = []
    voices: list[Voice] = []
    days = _DAYS
    while len(voices) < size:
        many = 1 if chance.random() < of.ones else _many(of.crowd, chance)
        thing = _new(chance, matters, at, things, days)
        if thing is None:  # the town is full: it goes on for longer
            days += 60
            continue
        things.append(thing)
        many = min(many, size - len(voices))
        voices.extend(_told(of, chance, thing, len(things), address) for _ in range(many))
    chance.shuffle(voices)
    named = [replace(voice, id=f"{of.tongue.upper()}-{number:05}") for number, voice in enumerate(voices)]
    return sorted(named, key=lambda voice: voice.at)


def _matters(of: Set) -> list[_Matter]:
    text = (Path(__file__).parent / f"told.{of.bank}.{of.tongue}.txt").read_text("utf-8")
    lines = text.strip().splitlines()[2:]
    told = zip((head.partition("|") for head in lines[::2]), lines[1::2], strict=True)
    return [_Matter(name, category, said.split("|")) for (name, _, category), said in told]


def _many(crowd: Crowd, chance: random.Random) -> int:
    if crowd == "heavy":
        few = chance.random() < 0.93
        return chance.choice((2, 2, 2, 3, 3, 4, 5, 6, 8, 12) if few else (25, 40, 70, 120))
    if crowd == "small":
        return chance.choice((2, 2, 2, 3, 3, 4))
    return 2 + min(int(chance.expovariate(1 / 5)), 40)


def _new(
    chance: random.Random,
    matters: list[_Matter],
    at: dict[str, tuple[float, float]],
    things: Iterable[_Thing],
    days: float,
) -> _Thing | None:
    """Another matter, place or season than all before it; None where two hundred tries find none."""
    for _ in range(200):
        matter, place, day = chance.choice(matters), chance.choice([*at]), chance.uniform(0, days)
        before = (one for one in things if one.matter is matter and one.place == place)
        if all(abs(day - one.day) >= _AGAIN for one in before):
            building, number = chance.randint(1, 60), chance.randint(1, 900)
            lasts, spread = chance.choice((0.2, 1, 3, 8)), chance.choice((20, 60, 150))
            x, y = at[place]
            x, y = x + chance.gauss(0, 150), y + chance.gauss(0, 150)
            return _Thing(matter, place, x, y, building, number, day, lasts, spread)
    return None


def _told(of: Set, chance: random.Random, thing: _Thing, group: int, address: bool) -> Voice:
    chinese, style = of.tongue == "zh", f"{of.bank} {of.tongue}"
    said = chance.choice(thing.matter.said)
    if chance.random() < of.two:
        said += ("，" if chinese else ", ") + chance.choice(thing.matter.said)
    where = _where(of, chance, thing)
    if chinese:
        if chance.random() < 0.75:
            text = where + chance.choice(("", "，", " ")) + said
        else:
            text = f"{said}，{where}" if where else said
    elif where and chance.random() < 0.4:
        text = where + chance.choice((": ", " - ", ", ")) + said
    else:
        text = said + (chance.choice((" ", ", ", ". ")) + where if where else "")
    text = chance.choice(_FIRST[style]) + text + chance.choice(_LAST[style])
    text = _written(text, chance) if chinese else _typed(text, chance)
    lon = _ORIGIN[0] + (thing.x + chance.gauss(0, thing.spread)) / _DEGREE[0]
    lat = _ORIGIN[1] + (thing.y + chance.gauss(0, thing.spread)) / _DEGREE[1]
    at = _BEGINS + timedelta(days=thing.day + chance.uniform(0, thing.lasts))
    category = thing.matter.category if chance.random() < 0.9 else ("其他" if chinese else "Other")
    if address:
        text += f"\n{thing.place}{thing.building}号楼" if chinese else f"\n{thing.number} {thing.place}"
    return Voice("", group, text, at.replace(second=0, microsecond=0), round(lon, 6), round(lat, 6), category)


def _where(of: Set, chance: random.Random, thing: _Thing) -> str:
    if chance.random() >= of.named:
        return ""
    form = chance.choice(_WHERE[of.tongue])
    building = thing.building if chance.random() < 0.7 else chance.randint(1, 60)
    unit = chance.randint(1, 4)
    number = thing.number + chance.randrange(-6, 7) * 2 if thing.number > 20 else thing.number
    return form.format(p=thing.place, b=building, u=unit, n=number)


def _written(text: str, chance: random.Random) -> str:
    turn = chance.random()
    if turn < 0.08:
        return text.translate(_TRADITIONAL)
    if turn < 0.14:
        for word, sound in _PINYIN:
            text = text.replace(word, sound)
        return text
    if turn < 0.22:
        return text.translate(_FULL_WIDTH)
    if turn < 0.30:
        for right, wrong in _SOUNDS_ALIKE:
            if chance.random() < 0.5:
                text = text.replace(right, wrong, 1)
        return text
    return _slip(text, chance) if turn > 0.88 else text


def _typed(text: str, chance: random.Random) -> str:
    turn = chance.random()
    if turn < 0.08:
        return text.upper()
    if turn < 0.16:
        return _slip(_slip(text, chance), chance)
    if turn < 0.20:
        for word, short in _SHORTER:
            text = text.replace(word, short)
        return text
    return _slip(text, chance) if turn > 0.88 else text


def _slip(text: str, chance: random.Random) -> str:
    """A character dropped, doubled, or changed places with its neighbour."""
    if len(text) < 6:
        return text
    at = chance.randrange(1, len(text) - 1)
    dropped, doubled = text[:at] + text[at + 1 :], text[: at + 1] + text[at:]
    return chance.choice((dropped, doubled, text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]))
