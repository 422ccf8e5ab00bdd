"""Commands at the staff's door: what the door fills in, and what nobody may say of himself."""

from collections.abc import Iterator
from typing import Any, cast

from pydantic import ValidationError

from services.console.alerts import check_relaying
from services.console.notices import NOTICES_OF_STAFF, fill_notice
from services.console.permitted import must_be_permitted
from services.console.sealing import seal_words
from shared import commands
from shared.answering import plain_errors
from shared.clock import now
from shared.commands.alert import UNREAD
from shared.commands.command import Command
from shared.http import ProblemError
from shared.ids import named_id, new_id, post_id, read_code, request_id, rota_id
from shared.staff import Staff
from shared.vault import Vault
from shared.words import sayable

_THE_OFFICES = {"AdoptPolicy": "policy", "AdoptGuidance": "guidance"}
"""There is one of each, and it has the office's name."""
_OF_THE_DOOR = ("id", "tenant", "actor", "at", "post", "rota", "stands_on")
_OF_ROUTING = frozenset(
    {
        "accept_by",
        "contact_by",
        "due_at",
        "remind_at",
        "answer_by",
        "accept_left",
        "contact_left",
        "resolve_left",
    }
    | {"counted_on", "stands_in_for", "plan", "community", "person", "imported", "policy", "matched"}
)
"""Of a request: what the policy's calendar counts and the grid book says. Nobody sets his own deadline."""


def build_command(name: str, body: dict[str, Any], staff: Staff, key: str | None, vault: Vault) -> Command:
    """Raises ProblemError: unknown, not for this role, or not what the command needs."""
    must_be_permitted(name, staff)
    if name == "RelayAlert":
        check_relaying(body, staff)
        body = {"alert": UNREAD, **body}
    if (field := _THE_OFFICES.get(name)) is not None:
        body = {field: staff.tenant, **body}
    if name == "SetPreferences":
        body = {"holder": f"worker:{staff.sub}", **body}
        if staff.role != "staff" and body["holder"] != f"worker:{staff.sub}":
            raise ProblemError(403, "forbidden", "One says what one wishes to hear oneself.")
    if name in NOTICES_OF_STAFF:
        body = fill_notice(name, body, staff)
    if taken := [field for field in _OF_THE_DOOR if field in body]:
        errors = [{"field": field, "why": "the door fills this in"} for field in taken]
        raise ProblemError(422, "invalid", "Some fields are not yours to say.", errors=errors)
    model = commands.CATALOGUE[name]
    if model.aggregate == "request" and (taken := sorted(_OF_ROUTING & body.keys())):
        errors = [
            {"field": field, "why": "the policy's calendar and the grid book say this"} for field in taken
        ]
        raise ProblemError(422, "invalid", "Some fields are not yours to say.", errors=errors)
    said = dict(body)
    _refuse_unsayable(said)
    for field in ("request", "matter"):
        if isinstance(code := said.get(field), str) and (read := read_code(code)):
            said[field] = request_id(staff.tenant, read)
    if name == "AdoptDutyList":
        said["area"] = staff.tenant
    if model.target == "rota":
        said["rota"] = _rota(said, staff.tenant)
    if model.target == "post":
        said["post"] = _post(said, staff.tenant)
        said = {
            field: value
            for field, value in said.items()
            if field not in ("grid", "duty", "worker") or field in model.model_fields
        }
    if name == "OfferHelp":
        box: Any = said.get("sealed")
        said["reachable"] = isinstance(box, dict) and bool(cast("dict[str, Any]", box).get("phone"))
    history = str(said.get(model.target))
    said |= {
        "id": new_id() if key is None else named_id("command", staff.actor, key, name, history),
        "tenant": staff.tenant,
        "actor": staff.actor,
        "at": now(),
    }
    said |= seal_words(model, said, vault)
    try:
        return model.model_validate(said)
    except ValidationError as invalid:
        errors = plain_errors(invalid)
        raise ProblemError(422, "invalid", "Some fields cannot be used.", errors=errors) from None


def _post(said: dict[str, Any], tenant: str) -> str:
    """People know a post by its area and duty; its history is named by the two, a volunteer's by the person, too."""
    grid, duty = said.get("grid"), said.get("duty")
    if not isinstance(grid, str) or not isinstance(duty, str):
        errors = [{"field": "grid, duty", "why": "a post is named by the two"}]
        raise ProblemError(422, "invalid", "Some fields cannot be used.", errors=errors)
    worker = said.get("worker")
    return post_id(tenant, grid.strip(), duty, worker if isinstance(worker, str) else "")


def _rota(said: dict[str, Any], tenant: str) -> str:
    area, month = said.get("area"), said.get("month")
    if not isinstance(area, str) or not isinstance(month, str):
        errors = [{"field": "area, month", "why": "a rota is named by the two"}]
        raise ProblemError(422, "invalid", "Some fields cannot be used.", errors=errors)
    return rota_id(tenant, area.strip(), month)


def _refuse_unsayable(said: dict[str, Any]) -> None:
    odd: list[dict[str, str]] = []
    for field, value in said.items():
        try:
            for text in _texts(value):
                sayable(text)
        except ValueError as why:
            odd.append({"field": field[:64], "why": str(why)})
    if odd:
        raise ProblemError(422, "invalid", "Some fields cannot be used.", errors=odd)


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in it, however deep."""
    match value:
        case str():
            yield value
        case dict() | list():
            for part in value.values() if isinstance(value, dict) else value:
                yield from _texts(part)
        case _:
            return
