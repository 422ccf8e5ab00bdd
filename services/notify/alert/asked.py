"""What a warning is and whom it would reach, before anybody is told: ``query.notify.Alert``."""

from base64 import b64decode
from binascii import Error as NotBase64
from typing import Any

from services.notify.alert.cap import UnusableAlertError, read_alert
from services.notify.alert.reach import grids_reached
from services.notify.projection import CONTACT
from shared.answering import BadRequestError
from shared.plans import PresentPlan
from shared.refusal import Refused
from shared.store import Store


async def alert(store: Store, present: PresentPlan, asked: dict[str, Any]) -> dict[str, Any]:
    """``file``: the CAP file in base64. Raises BadRequestError, Refused."""
    try:
        data = b64decode(asked["file"], validate=True)
    except (KeyError, TypeError, NotBase64, ValueError) as unreadable:
        raise BadRequestError("file: base64") from unreadable
    try:
        said = read_alert(data)
    except UnusableAlertError as unusable:
        raise Refused("alert_refused", why=unusable.reason, where=unusable.where) from unusable
    held = await present.get()
    grids = grids_reached(said, held[1]) if held else []
    workers = await store.documents(CONTACT.name).distinct(
        "body.worker", {"body.grid": {"$in": grids}, "body.worker": {"$ne": None}}
    )
    return {
        "alert": said.model_dump(mode="json", exclude={"areas": {"__all__": {"rings"}}}),
        "grids": grids,
        "workers": len(workers),
    }
