"""`lastmile requests import`: every usable row becomes a request, once, however often the import is started."""

import csv
import io
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import BaseModel, ValidationError

from lastmile.corridor import ask
from lastmile.crowd import each
from lastmile.importing.mapping import Mapper, UnusableRowError
from lastmile.importing.sheets import Sheet
from lastmile.importing.tables import Row, Table
from lastmile.trouble import Trouble
from shared.bus import Bus
from shared.journal import UnavailableError
from shared.refusal import Refused

_AT_ONCE = 64
_SUBJECT = "inbound.import.request"
_SAVED_EVERY = 200  # rows
_OURS = ("row", "reason")
"""What stands beside a row that was not taken."""


class Progress(BaseModel):
    """How far an import of this very file came; removed at its end. Idempotency does not need it, patience does."""

    rows: int = 0
    """All rows up to this one are done."""
    accepted: int = 0
    rejected: int = 0


@dataclass
class Summary:
    rows: int
    accepted: int = 0
    rejected: int = 0
    resumed_after: int = 0
    rejected_file: str | None = None
    reasons: dict[str, int] = field(default_factory=dict)
    """The commonest reasons of this run."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Import:
    def __init__(
        self, bus: Bus, table: Table | Sheet, mapper: Mapper, *, rejected: Path, progress: Path | None
    ) -> None:
        self._bus = bus
        self._table = table
        self._mapper = mapper
        self._rejected_path = rejected
        self._progress_path = progress
        self._progress = _read(progress)
        self._beyond: dict[int, bool] = {}
        """Rows that are done while one before them is not: accepted or not."""
        self._summary = Summary(rows=table.rows, resumed_after=self._progress.rows)

    async def run(self, advanced: Callable[[int], None]) -> Summary:
        """Send every row that is not done; ``advanced`` hears how many were. Raises Trouble when nobody answers."""
        advanced(self._progress.rows)
        rows = (row for row in self._table if row.number > self._progress.rows)
        with Rejections(self._rejected_path, self._table, append=self._progress.rejected > 0) as rejections:
            try:
                await each(rows, partial(self._work, rejections, advanced), at_once=_AT_ONCE)
            except UnavailableError:
                raise Trouble(
                    f"The intake service does not answer; {self._progress.rows} of {self._table.rows} rows are in.",
                    "See `lastmile doctor`; the same command again goes on from here.",
                ) from None
            finally:
                self._save()
        summary = self._summary
        summary.accepted, summary.rejected = self._progress.accepted, self._progress.rejected
        summary.rejected_file = str(self._rejected_path) if summary.rejected else None
        if self._progress_path is not None:
            self._progress_path.unlink(missing_ok=True)
        return summary

    async def _work(self, rejections: "Rejections", advanced: Callable[[int], None], row: Row) -> None:
        reason = await self._send(row)
        if reason is not None:
            rejections.write(row, reason)
            self._summary.reasons[reason] = self._summary.reasons.get(reason, 0) + 1
        self._done(row.number, accepted=reason is None)
        advanced(1)

    async def _send(self, row: Row) -> str | None:
        """Return None, or why the row was not taken."""
        if row.trouble is not None:
            return row.trouble
        try:
            await ask(self._bus, _SUBJECT, self._mapper.body(row.values))
        except UnusableRowError as unusable:
            return str(unusable)
        except Refused as refused:
            return _in_words(refused)
        return None

    def _done(self, number: int, *, accepted: bool) -> None:
        self._beyond[number] = accepted
        progress = self._progress
        while (was_accepted := self._beyond.pop(progress.rows + 1, None)) is not None:
            progress.rows += 1
            progress.accepted += was_accepted
            progress.rejected += not was_accepted
            if progress.rows % _SAVED_EVERY == 0:
                self._save()

    def _save(self) -> None:
        if self._progress_path is not None:
            self._progress_path.parent.mkdir(parents=True, exist_ok=True)
            fresh = self._progress_path.with_suffix(".new")
            fresh.write_text(self._progress.model_dump_json(), encoding="utf-8")
            fresh.replace(self._progress_path)


class Rejections:
    """The rows that were not taken, as they came, each with its reason: correct them and import this file."""

    def __init__(self, path: Path, table: Table | Sheet, *, append: bool) -> None:
        self._path = path
        named = table.columns[:-2] if table.columns[-2:] == _OURS else table.columns  # it was one of these
        self._columns = [*named, *_OURS]
        self._append = append
        self._file: io.TextIOWrapper | None = None

    def __enter__(self) -> Self:
        if not self._append:
            self._path.unlink(missing_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, row: Row, reason: str) -> None:
        if self._file is None:
            fresh = not self._path.exists()
            try:
                self._file = self._path.open("a", encoding="utf-8-sig" if fresh else "utf-8", newline="")
            except OSError as error:
                raise Trouble(
                    f"{self._path} cannot be written: {error.strerror}.", "Say where with --rejected."
                ) from error
            if fresh:
                csv.writer(self._file).writerow(self._columns)
        values = {**row.values, "row": str(row.shown), "reason": reason}
        csv.writer(self._file).writerow([values.get(column, "") for column in self._columns])


def _read(path: Path | None) -> Progress:
    if path is None:
        return Progress()
    try:
        return Progress.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return Progress()


def _in_words(refused: Refused) -> str:
    if refused.reason == "another_body":
        return "another row, here or in an earlier import, has this key and says something else"
    errors = refused.detail.get("errors")
    if not isinstance(errors, list) or not errors:
        return refused.reason
    said = [f"{e['field']}: {e['why']}" if isinstance(e, dict) else str(e) for e in errors]
    return "; ".join(said)[:300]
