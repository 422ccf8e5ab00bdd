"""Who is away, and who is on duty instead: as routing's grid book asks, for whoever shows it or sends messages."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from shared.areas import Areas
from shared.documents import Body, Model
from shared.envelope import Fact
from shared.events.absence import AbsenceEnded, AbsenceNoted
from shared.words import Duty


def _fold(body: Body, fact: Fact) -> Body:
    match fact.event:
        case AbsenceNoted() as event:
            others = [span for span in body.get("spans", []) if span["starts"] != event.starts]
            return {"worker": event.worker, "spans": [*others, {"starts": event.starts, "ends": event.ends}]}
        case AbsenceEnded() as event:
            return body | {"spans": [span for span in body.get("spans", []) if not _meant(span, event)]}
        case _:
            return body


def _meant(span: Body, event: AbsenceEnded) -> bool:
    if event.starts is not None:
        return span["starts"] == event.starts
    return span["starts"] <= event.at < span["ends"]


AWAY = Model(
    name="away",
    key=lambda history: history.id if (history.owner, history.aggregate) == ("routing", "absence") else None,
    fold=_fold,
)
"""When each worker is away; why stands sealed in the journal, and is nobody's business here."""


def away_at(absences: Iterable[Body], moment: datetime) -> set[str]:
    """Return who is away at a moment, of these documents' bodies."""
    return {
        body["worker"]
        for body in absences
        if any(span["starts"] <= moment < span["ends"] for span in body.get("spans", []))
    }


def on_duty(areas: Areas, posts: Iterable[Mapping[str, Any]], area: str, away: Collection[str]) -> str | None:
    """Worker, deputy, then the heads upwards; nobody who is away."""
    standing = {(post["grid"], post["duty"]): post["worker"] for post in posts}
    way = [each.code for each in areas.upwards(area)]
    asked = [(each, duty) for each in way for duty in (Duty.WORKER, Duty.DEPUTY)]
    asked += [(each, Duty.HEAD) for each in way]
    found = (standing.get((code, duty.value)) for code, duty in asked)
    return next((worker for worker in found if worker and worker not in away), None)


def in_place_of(
    worker: str, areas: Areas, posts: Collection[Mapping[str, Any]], away: Collection[str]
) -> dict[str, set[str] | None]:
    """For whom this worker stands in, and in which grids; None: wherever it was reported up to."""
    found: dict[str, set[str] | None] = {}
    for post in posts:
        absent, area = post["worker"], post["grid"]
        if (
            absent not in away
            or post["duty"] == Duty.VOLUNTEER
            or on_duty(areas, posts, area, away) != worker
        ):
            continue
        grids = found.setdefault(absent, set())
        if post["duty"] == Duty.HEAD:
            found[absent] = None
        elif grids is not None:
            grids.add(area)
    return found
