"""`lastmile rota import`: who is on duty when, from a table. A row that cannot be used is named; the rest is noted."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from lastmile.corridor import plan_that_holds, send
from lastmile.importing.mapping import moment
from lastmile.importing.posts import Odd
from lastmile.importing.sheets import Sheet
from lastmile.importing.tables import Row, Table
from lastmile.trouble import Trouble
from shared.areas import Areas
from shared.bus import Bus
from shared.clock import now
from shared.commands.rota import RosterDuty
from shared.ids import new_id, rota_id
from shared.refusal import Refused
from shared.settings import Settings
from shared.words import Token

_TOKEN: TypeAdapter[str] = TypeAdapter(Token)
_ACTOR: Final = "staff:import"
_COLUMNS: Final = {
    "area": ("area", "grid", "区域", "网格"),
    "from": ("from", "starts", "开始", "开始时间"),
    "to": ("to", "ends", "结束", "结束时间"),
    "worker": ("worker", "值班人", "值班人员", "人员编号"),
    "deputy": ("deputy", "副班", "备班"),
}
"""How tables call them; all but the last are needed."""


@dataclass(frozen=True)
class Duty:
    row: int
    area: str
    starts: datetime
    ends: datetime
    worker: str
    deputy: str | None


@dataclass
class RotaReport:
    rows: int = 0
    noted: int = 0
    """Rows that were not in the rota before, or stood there otherwise."""
    rejected: list[Odd] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def in_words(self) -> str:
        usable = self.rows - len(self.rejected)
        return f"{usable} of {self.rows} rows can be used; {self.noted} of them noted just now"


def read_rota(
    table: Table | Sheet, areas: Collection[str], zone: ZoneInfo
) -> tuple[list[Duty], list[Odd], int]:
    """Return what can be used, what cannot and why, and how many rows there were. Raises Trouble."""
    columns = {
        ours: next((c for c in theirs if c in table.columns), None) for ours, theirs in _COLUMNS.items()
    }
    if missing := [name for name in ("area", "from", "to", "worker") if columns[name] is None]:
        raise Trouble(
            f"The table has no column {', '.join(missing)}.",
            f"It has {', '.join(table.columns)}; area, from, to and worker are needed (区域, 开始, 结束, 值班人).",
        )
    duties: list[Duty] = []
    rejected: list[Odd] = []
    rows = 0
    for row in table:
        rows += 1
        said = {name: row.values.get(column, "") for name, column in columns.items() if column}
        try:
            duties.append(_duty(row, said, areas, zone))
        except ValueError as why:
            rejected.append(Odd(row.shown, str(why)))
    return duties, rejected, rows


def _duty(row: Row, said: dict[str, str], areas: Collection[str], zone: ZoneInfo) -> Duty:
    if row.trouble:
        raise ValueError(row.trouble)
    if said["area"] not in areas:
        raise ValueError(f"there is no area {said['area'][:64]!r} in the plan that holds")
    starts, ends = (_moment(said[name], name, zone) for name in ("from", "to"))
    worker = _person(said["worker"], "worker")
    deputy = _person(said["deputy"], "deputy") if said.get("deputy") else None
    return Duty(row.shown, said["area"], starts, ends, worker, deputy)


def _moment(written: str, column: str, zone: ZoneInfo) -> datetime:
    at = moment(written)
    if at is None:
        raise ValueError(f"{column}: {written[:40]!r} is not a time; 2026-12-01 17:30 is")
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _person(written: str, column: str) -> str:
    try:
        return _TOKEN.validate_python(written)
    except ValidationError:
        raise ValueError(f"the {column}'s id is not made of letters, digits, _ and -") from None


async def roster_all(bus: Bus, settings: Settings, table: Table | Sheet) -> RotaReport:
    """Note every row; the same again changes nothing. Raises UnavailableError, Trouble."""
    areas = Areas(await plan_that_holds(bus, settings.tenant))
    duties, rejected, rows = read_rota(table, areas, settings.zone)
    report = RotaReport(rows, 0, rejected)
    for duty in duties:
        month = f"{duty.starts.astimezone(settings.zone):%Y-%m}"
        command = RosterDuty(
            id=new_id(),
            tenant=settings.tenant,
            actor=_ACTOR,
            at=now(),
            rota=rota_id(settings.tenant, duty.area, month),
            area=duty.area,
            month=month,
            starts=duty.starts,
            ends=duty.ends,
            worker=duty.worker,
            deputy=duty.deputy,
        )
        try:
            reply = await send(bus, command)
        except Refused as refused:
            report.rejected.append(Odd(duty.row, refused.reason.replace("_", " ")))
        else:
            report.noted += reply.event is not None
    report.rejected.sort(key=lambda odd: odd.row)
    return report
