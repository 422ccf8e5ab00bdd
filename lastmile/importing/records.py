"""`lastmile records import`: each row is one record of the grid book, once, however often the file comes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from lastmile.corridor import ask, send
from lastmile.crowd import each
from lastmile.importing.requests import Rejections
from lastmile.importing.sheets import Sheet
from lastmile.importing.tables import Row, Table
from lastmile.trouble import Trouble
from shared.bus import Bus
from shared.cells import as_meant
from shared.clock import now
from shared.commands.record import CorrectRecord, EnterRecord
from shared.envelope import History
from shared.ids import named_id
from shared.journal import UnavailableError
from shared.records.fields import FIELDS, recognise
from shared.records.making import Content, UnusableRecordError, changed, content, identify
from shared.records.opening import open_records
from shared.refusal import Refused
from shared.settings import Settings
from shared.vault import Vault
from shared.words import RecordKind

_CHUNK = 400
_AT_ONCE = 32
_ACTOR = "import:records"


@dataclass
class Summary:
    rows: int = 0
    entered: int = 0
    corrected: int = 0
    unchanged: int = 0
    rejected: int = 0
    doubtful: int = 0
    """Taken, and something in it is odd: `lastmile records report` tells what."""
    rejected_file: str | None = None
    unknown_columns: list[str] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read_columns(kind: RecordKind, columns: tuple[str, ...], given: list[str]) -> dict[str, str]:
    """Return each usable column's field: by ``--map field=column``, otherwise by its header. Raises Trouble."""
    known = {one.slug for one in FIELDS[kind]}
    found = {column: one.slug for column, one in recognise(kind, columns).items()}
    for pair in ",".join(given).split(",") if given else ():
        slug, _, column = pair.partition("=")
        if slug not in known or column not in columns:
            raise Trouble(
                f"--map {pair}: a field and a column are expected.",
                f"Fields: {', '.join(sorted(known))}. Columns: {', '.join(columns)}.",
            )
        found = {name: had for name, had in found.items() if had != slug} | {column: slug}
    if not found:
        raise Trouble("No column of the file is known.", "--map name=COLUMN says which is which.")
    return found


@dataclass
class _Way:
    """One row on its way to the book."""

    row: Row
    record: str
    said: dict[str, str]


class Import:
    def __init__(
        self, bus: Bus, settings: Settings, vault: Vault, kind: RecordKind, columns: Mapping[str, str]
    ) -> None:
        self._bus = bus
        self._settings = settings
        self._vault = vault
        self._kind = kind
        self._columns = columns
        self._seen: dict[str, int] = {}
        self._today = now().astimezone(settings.zone).date()
        self.summary = Summary()

    async def run(self, table: Table | Sheet, rejected: Path, advanced: Callable[[int], None]) -> Summary:
        """Raises Trouble when nobody answers; the same file again goes on where it broke off."""
        summary = self.summary
        summary.unknown_columns = [name for name in table.columns if name and name not in self._columns]
        rows = iter(table)
        with Rejections(rejected, table, append=False) as rejections:

            def refuse(row: Row, reason: str) -> None:
                rejections.write(row, reason)
                summary.rejected += 1
                summary.reasons[reason] = summary.reasons.get(reason, 0) + 1

            try:
                while chunk := list(islice(rows, _CHUNK)):
                    summary.rows += len(chunk)
                    await self._chunk(chunk, refuse)
                    advanced(len(chunk))
            except UnavailableError:
                raise Trouble(
                    f"Routing does not answer; about {summary.rows} rows were looked at.",
                    "See `lastmile doctor`; the same command again does the rest.",
                ) from None
        summary.rejected_file = str(rejected) if summary.rejected else None
        return summary

    async def _chunk(self, rows: list[Row], refuse: Callable[[Row, str], None]) -> None:
        ways = list(self._ways(rows, refuse))
        if not ways:
            return
        answer = await ask(self._bus, "query.routing.Records", {"ids": [way.record for way in ways]})
        standing = {item["id"]: item for item in answer["items"]}
        before = await open_records(self._vault, self._settings.tenant, answer["items"])
        await self._vault.fill()

        await each(ways, partial(self._row, standing, before, refuse), at_once=_AT_ONCE)

    async def _row(
        self,
        standing: Mapping[str, dict[str, Any]],
        before: Mapping[str, Content],
        refuse: Callable[[Row, str], None],
        way: _Way,
    ) -> None:
        try:
            await self._take(way, standing.get(way.record), before.get(way.record))
        except UnusableRecordError as unusable:
            refuse(way.row, str(unusable))
        except Refused as refused:
            refuse(way.row, refused.reason)

    def _ways(self, rows: list[Row], refuse: Callable[[Row, str], None]) -> Iterator[_Way]:
        settings = self._settings
        for row in rows:
            said = {slug: as_meant(row.values.get(column, "")) for column, slug in self._columns.items()}
            try:
                if row.trouble is not None:
                    refuse(row, row.trouble)
                    continue
                record = identify(settings.door, settings.tenant, self._kind, said)
            except UnusableRecordError as unusable:
                refuse(row, str(unusable))
                continue
            if (first := self._seen.setdefault(record, row.shown)) != row.shown:
                refuse(row, f"the same as row {first}")
                continue
            yield _Way(row, record, said)

    async def _take(self, way: _Way, item: dict[str, Any] | None, before: Content | None) -> None:
        if item is not None and item["removed"]:
            raise Refused(f"removed: {item['removed']}")
        if item is not None and before is None:
            raise Refused("erased")
        secret, tenant = self._settings.door, self._settings.tenant
        made = content(self._kind, way.said, today=self._today, secret=secret, tenant=tenant, before=before)
        self.summary.doubtful += bool(made.doubts)
        digest = made.digest(secret)
        same = item is not None and digest == item["digest"] and made.public["grid"] in (None, item["grid"])
        if same:
            self.summary.unchanged += 1
            return
        revision = "0" if item is None else str(item["revision"])
        subject = History(tenant, "routing", "record", way.record).subject
        said = {
            "id": named_id("record", way.record, revision, digest, made.public["grid"] or ""),
            "tenant": tenant,
            "actor": _ACTOR,
            "at": now(),
            "record": way.record,
            "filled": made.filled,
            "doubts": made.doubts,
            "digest": digest,
            "sealed": self._vault.seal(subject, made.words) if made.words else None,
            **made.public,
        }
        if item is None or before is None:
            await send(self._bus, EnterRecord.model_validate({"kind": self._kind, **said}))
            self.summary.entered += 1
        else:
            fields = changed(before, made)
            await send(
                self._bus,
                CorrectRecord.model_validate({"over": item["digest"], "changed": fields, **said}),
            )
            self.summary.corrected += 1
