"""What a warning is, whom it would reach and what would become of it, before anybody is told: ``query.notify.Alert``."""

from base64 import b64decode
from binascii import Error as NotBase64
from typing import Any

from services.notify.alert.domain import ALERT, decide
from services.notify.alert.reach import unplaced
from services.notify.alert.relaying import Relaying, read
from services.notify.alert.state import State
from services.notify.notice.residents import RESIDENT
from services.notify.projection import CONTACT
from shared.answering import BadRequestError
from shared.areas import Areas
from shared.clock import now
from shared.commands.alert import RelayAlert
from shared.events.alert import AlertArrivedLate, AlertRelayed
from shared.ids import new_id
from shared.refusal import Refused
from shared.words import RecordKind


def sent_file(asked: dict[str, Any]) -> bytes:
    """``file``: the CAP file in base64. Raises BadRequestError."""
    try:
        return b64decode(asked["file"], validate=True)
    except (KeyError, TypeError, NotBase64, ValueError) as unreadable:
        raise BadRequestError("file: base64") from unreadable


async def alert(relaying: Relaying, tenant: str, asked: dict[str, Any]) -> dict[str, Any]:
    """``residents`` are those whose records name a phone. Raises BadRequestError, Refused."""
    data = sent_file(asked)
    said = read(data)
    wish = RelayAlert(id=new_id(), tenant=tenant, actor="service:notify", at=now(), file=data)
    command = await relaying.filled_in(wish)
    assert isinstance(command, RelayAlert)
    assert command.message is not None
    state: State = await relaying.desk.state(ALERT.aggregate, tenant, command.alert)
    grids = sorted({grid for each in command.message.hazards for grid in each.grids})
    held = await relaying.present.get()
    areas = Areas(held[1]) if held else None
    below = _below(areas, grids)
    workers = await relaying.store.documents(CONTACT.name).distinct(
        "body.worker", {"tenant": tenant, "body.grid": {"$in": below}, "body.worker": {"$ne": None}}
    )
    residents = await relaying.store.documents(RESIDENT.name).count_documents(
        {
            "tenant": tenant,
            "body.grid": {"$in": below},
            "body.kind": RecordKind.PERSON.value,
            "body.stands": True,
            "body.sealed": {"$ne": None},
        }
    )
    return {
        "alert": said.model_dump(mode="json", exclude=_SHAPES),
        "id": command.alert,
        "hazards": [
            {"level": each.level, "event": each.said.event, "areas": each.areas, "grids": each.grids}
            for each in command.message.hazards
        ],
        "unplaced": unplaced(said.areas, areas.keys() if areas else ()),
        "grids": grids,
        "workers": len(workers),
        "residents": residents,
        **_would(command, state),
        "stands": _stands(state),
    }


def _below(areas: Areas | None, grids: list[str]) -> list[str]:
    """The grids with their micro-grids (微网格)."""
    return sorted({code for grid in grids for code in (areas.within(grid) if areas else ())})


_RINGS = {"areas": {"__all__": {"rings"}}}
_SHAPES = _RINGS | {"infos": {"__all__": _RINGS}, "english": {"__all__": _RINGS}}


def _would(command: RelayAlert, state: State) -> dict[str, Any]:
    """What the rules make of it now. ``ends``: of ours, whose place it takes; whoever got those hears of it."""
    try:
        event = decide(command, state)
    except Refused as refused:
        return {"would": "be_refused", "because": refused.reason, "ends": []}
    match event:
        case AlertRelayed() if not event.ends and not any(each.grids for each in event.message.hazards):
            return {"would": "tell_nobody", "because": "ends_nothing", "ends": []}
        case AlertRelayed():
            return {"would": "be_relayed", "because": None, "ends": [each.alert for each in event.ends]}
        case AlertArrivedLate():
            return {"would": "tell_nobody", "because": event.why, "ends": [each.alert for each in event.ends]}
        case _:
            return {"would": "change_nothing", "because": "already_relayed", "ends": []}


def _stands(state: State) -> str | None:
    if state.fingerprint is None:
        return None
    if state.ended is not None:
        return state.ended
    return "over" if state.over_at is not None and state.over_at <= now() else "relayed"
