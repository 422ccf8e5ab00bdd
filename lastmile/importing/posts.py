"""`lastmile posts import`: who stands where, from a table. A row that cannot be used is named; the rest is posted."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from lastmile.corridor import plan_that_holds
from lastmile.crowd import each
from lastmile.importing.grids import Post, Posts
from lastmile.importing.sheets import Sheet
from lastmile.importing.tables import Row, Table
from lastmile.trouble import Trouble
from shared.areas import Areas
from shared.bus import Bus
from shared.records.checks import as_dialled
from shared.settings import Settings
from shared.vault import Vault
from shared.words import Duty, Token

_TOKEN: TypeAdapter[str] = TypeAdapter(Token)
_AT_ONCE: Final = 16
_COLUMNS: Final = {
    "area": ("area", "grid", "区域", "网格"),
    "duty": ("duty", "岗位"),
    "worker": ("worker", "人员编号", "编号"),
    "name": ("name", "姓名"),
    "phone": ("phone", "电话", "手机"),
    "chat": ("chat", "微信"),
}
"""How tables call them; the first three are needed."""
_DUTIES: Final = {
    "网格员": Duty.WORKER,
    "副网格员": Duty.DEPUTY,
    "志愿者": Duty.VOLUNTEER,
    "负责人": Duty.HEAD,
    **{duty.value: duty for duty in Duty},
}


@dataclass(frozen=True)
class Odd:
    """``row`` as a spreadsheet numbers it, the header being row 1. The reason says nothing that was in a person's cells."""

    row: int
    reason: str


@dataclass
class PostsReport:
    rows: int = 0
    on_duty: int = 0
    posted: int = 0
    """Who was not on that post before, or is reached in a new way."""
    rejected: list[Odd] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def in_words(self) -> str:
        return f"{self.on_duty} of {self.rows} rows are posts; {self.posted} of them filled just now"


@dataclass
class Wanted:
    posts: list[Post] = field(default_factory=list)
    contacts: dict[str, dict[str, str]] = field(default_factory=dict)
    rejected: list[Odd] = field(default_factory=list)
    rows: int = 0


def read_posts(table: Table | Sheet, areas: Collection[str]) -> Wanted:
    """Raises Trouble where a needed column is not there."""
    columns = {
        ours: next((c for c in theirs if c in table.columns), None) for ours, theirs in _COLUMNS.items()
    }
    if missing := [name for name in ("area", "duty", "worker") if columns[name] is None]:
        raise Trouble(
            f"The table has no column {', '.join(missing)}.",
            f"It has {', '.join(table.columns)}; area, duty and worker are needed (区域, 岗位, 人员编号).",
        )
    wanted = Wanted()
    holders: dict[tuple[str, Duty], str] = {}
    for row in table:
        wanted.rows += 1
        said = {name: row.values.get(column, "") for name, column in columns.items() if column}
        try:
            post = _post(row, said, areas)
            if said.get("phone"):
                said["phone"] = _dialled(said["phone"])
            _refuse_second(post, holders)
        except ValueError as why:
            wanted.rejected.append(Odd(row.shown, str(why)))
            continue
        wanted.posts.append(post)
        if contact := {name: said[name] for name in ("name", "phone", "chat") if said.get(name)}:
            wanted.contacts[post.worker] = wanted.contacts.get(post.worker, {}) | contact
    return wanted


def _post(row: Row, said: dict[str, str], areas: Collection[str]) -> Post:
    if row.trouble:
        raise ValueError(row.trouble)
    if said["area"] not in areas:
        raise ValueError(f"there is no area {said['area'][:64]!r} in the plan that holds")
    duty = _DUTIES.get(said["duty"])
    if duty is None:
        raise ValueError(f"the duty {said['duty'][:40]!r} is none of {', '.join(_DUTIES)}")
    try:
        worker = _TOKEN.validate_python(said["worker"])
    except ValidationError:
        raise ValueError("the worker's id is not made of letters, digits, _ and -") from None
    return Post(said["area"], duty, worker)


def _dialled(phone: str) -> str:
    number = as_dialled(phone)
    if number is None:
        raise ValueError("nobody can be called at this phone number")
    return number


def _refuse_second(post: Post, holders: dict[tuple[str, Duty], str]) -> None:
    """One worker, one deputy, one head an area (一格一员)."""
    if post.duty is Duty.VOLUNTEER:
        return
    holder = holders.setdefault((post.grid, post.duty), post.worker)
    if holder != post.worker:
        raise ValueError(f"an earlier row posts {holder} there")


async def post_all(bus: Bus, settings: Settings, table: Table | Sheet, vault: Vault | None) -> PostsReport:
    """Raises Refused, UnavailableError, Trouble."""
    areas = Areas(await plan_that_holds(bus, settings.tenant))
    wanted = read_posts(table, areas)
    posts = Posts(bus, settings, wanted.contacts, vault)
    await each(wanted.posts, posts.fill, at_once=_AT_ONCE)
    return PostsReport(wanted.rows, len(wanted.posts), posts.filled, wanted.rejected)
