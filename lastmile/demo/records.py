"""Some of the demo street's grid book: people who also report, their dwellings, shops and things, with a few gaps.

Made up like the rest: the id numbers have the area code 999900, which no place has.
"""

import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from lastmile.corridor import ask, send
from lastmile.demo import street
from lastmile.demo.lives import Life
from lastmile.importing.records import Import, read_columns
from lastmile.importing.tables import open_table
from services import console
from shared.bus import Bus
from shared.commands.command import Command
from shared.records.filling import Filling, Scope
from shared.records.template import read_template
from shared.settings import Settings
from shared.vault import Vault
from shared.words import RecordKind

Rows = list[dict[str, str]]
_PEOPLE = 60
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SHOPS = (
    ("便民理发店", "理发"),
    ("好邻居超市", "零售"),
    ("老街面馆", "餐饮"),
    ("康民药房", "药店"),
    ("小太阳托管", "教育"),
)
_THINGS = (
    ("消防栓", "消防"),
    ("健身器材", "文体"),
    ("非机动车棚", "停车"),
    ("垃圾投放点", "环卫"),
    ("电梯", "特种设备"),
)
_ACTOR = "import:demo"
_ASKED = (
    ("区民政局", "any", None),
    ("区老龄办", "any", None),
    ("街道平安办", None, ("WT-01", "WT-02", "WT-07")),
)
"""Which office asks about whom, and where."""
_NEEDS = ("独居老人", "重度残疾", "失能老人", "困境儿童")


def rows(told: Sequence[Life]) -> dict[RecordKind, Rows]:
    """Every fourth reporter's record lacks the phone, every fifth the id number; every sixth person needs looking after."""
    dice = Random("records")  # noqa: S311 - a story, not a secret
    people: Rows = []
    dwellings: dict[tuple[str, str], dict[str, str]] = {}
    seen: set[str] = set()
    for life in reversed(told):  # those who spoke lately are still waited for
        reporter, building = life.body.get("reporter") or {}, life.body["location"].get("building")
        phone = reporter.get("phone", "")
        if not phone or not building or phone in seen:
            continue
        seen.add(phone)
        place = len(people)
        unit = life.body["location"].get("unit") or dice.choice(street.buildings()[building].units)
        need = _NEEDS[place // 6 % len(_NEEDS)] if place % 6 == 0 else ""
        born = dice.randint(1938, 1955) if need.endswith("老人") else dice.randint(1950, 2004)
        people.append(
            {
                "编号": f"R{place + 1:03d}",
                "姓名": reporter.get("name", ""),
                "身份证号": "" if place % 5 == 3 else _id_number(born, place, dice),
                "联系电话": "" if place % 4 == 1 else phone.removeprefix("+86"),
                "户籍类型": dice.choice(("户籍", "户籍", "常住", "租住")),
                "楼栋": building,
                "室号": unit,
                "关爱类型": need,
                "核实日期": f"2026-0{1 + place % 2}-{1 + place % 28:02d}" if place % 7 else "",
            }
        )
        dwellings[building, unit] = {
            "楼栋": building,
            "室号": unit,
            "居住人数": "" if place % 6 == 2 else str(1 + place % 4),
            "房屋类型": dice.choice(("自住", "自住", "出租")),
            "户主": reporter.get("name", ""),
        }
        if len(people) == _PEOPLE:
            break
    grids = [feature["properties"] for feature in street.plan()["features"]]
    shops = [
        {
            "编号": f"91999900MA{place:06d}XY",
            "企业名称": f"{grid['buildings'][0].rstrip('号0123456789弄')}{name}",
            "行业": "" if place % 5 == 4 else trade,
            "联系电话": "" if place % 3 == 2 else f"1380000{2000 + place}",
            "楼栋": grid["buildings"][0],
        }
        for place, (grid, (name, trade)) in enumerate(zip(grids[::3], _SHOPS * 3, strict=False))
    ]
    things = [
        {
            "编号": f"S{place + 1:03d}",
            "设施名称": f"{grid['buildings'][-1]}{name}",
            "设施类型": "" if place % 6 == 5 else sort,
            "楼栋": grid["buildings"][-1],
        }
        for place, (grid, (name, sort)) in enumerate(zip(grids[::2], _THINGS * 4, strict=False))
    ]
    return {
        RecordKind.PERSON: people,
        RecordKind.DWELLING: list(dwellings.values()),
        RecordKind.ENTERPRISE: shops,
        RecordKind.FACILITY: things,
    }


def _id_number(born: int, place: int, dice: Random) -> str:
    digits = f"999900{born}{dice.randint(1, 12):02d}{dice.randint(1, 28):02d}{100 + place:03d}"
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11]


async def enter(bus: Bus, settings: Settings, vault: Vault, told: Sequence[Life]) -> int:
    """Enter them as an import does; what stands already stays. Returns how many rows there are."""
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for kind, listed in rows(told).items():
            path = Path(folder) / f"{kind.value}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                table = csv.DictWriter(file, list(listed[0]))
                table.writeheader()
                table.writerows(listed)
            read = open_table(path)
            columns = read_columns(kind, read.columns, [])
            bringing = Import(bus, settings, vault, kind, columns)
            summary = await bringing.run(read, path.with_suffix(".rejected.csv"), lambda _: None)
            count += summary.rows - summary.rejected
    await ask_for_more(bus, settings, vault)
    return count


async def ask_for_more(bus: Bus, settings: Settings, vault: Vault) -> None:
    """Three offices send much the same table, as they do: what the book lacks becomes the workers' tasks. Once."""
    if (await ask(bus, "query.routing.Asks", {"since": "2000-01-01"}))["templates"]:
        return
    sample = (Path(console.__file__).parent / "static" / "sample-table.xlsx").read_bytes()

    async def asked(subject: str, question: dict[str, Any]) -> Any:
        return await ask(bus, subject, question)

    async def sent(command: Command) -> Any:
        return await send(bus, command)

    filling = Filling(asked, sent, vault, settings, _ACTOR)
    for office, care, grids in _ASKED:
        scope = Scope(office=office, purpose="季度统计", care=care, grids=grids)
        await filling.fill(read_template(sample, "统计表", RecordKind.PERSON), scope)
