"""Commands at the staff's door: who may send which, what the door fills in, and what it seals before it speaks."""

from collections.abc import Iterator
from typing import Any, cast, get_args

from pydantic import ValidationError

from services.console.alerts import ALERTS_OF_STAFF, ALERTS_OF_WORKERS, check_relaying
from services.console.bulletin.routes import BULLETINS_OF_STAFF
from services.console.call_ups import CALL_UP_OF_STAFF, CALL_UP_OF_WORKERS
from services.console.joint_work_commands import JOINT_WORK_OF_STAFF, JOINT_WORK_OF_WORKERS, OF_THE_STREET
from services.console.notices import NOTICES_OF_STAFF, fill_notice
from services.console.relaying import RELAYS_OF_STAFF, RELAYS_OF_WORKERS
from services.console.wish_commands import WISHES_OF_STAFF, WISHES_OF_WORKERS
from shared import commands
from shared.answering import plain_errors
from shared.clock import now
from shared.commands.alert import UNREAD
from shared.commands.command import Command
from shared.envelope import History
from shared.events.event import Sealed
from shared.http import ProblemError, unavailable
from shared.ids import named_id, new_id, post_id, read_code, request_id, rota_id
from shared.records.checks import as_dialled
from shared.staff import Staff
from shared.vault import Vault, VaultEmptyError
from shared.words import sayable

OF_WORKERS = (
    "AcceptRequest",
    "NoteProgress",
    "ContactResident",
    "AskResident",
    "SendGuidance",
    "PauseClock",
    "ResumeClock",
    "ReportUp",
    "ResolveRequest",
    "ReturnRequest",
    "HoldRequest",
    "TransferRequest",
    "NoteAbsence",
    "EndAbsence",
    *JOINT_WORK_OF_WORKERS,
    *WISHES_OF_WORKERS,
    *CALL_UP_OF_WORKERS,
    "SetPreferences",
    *ALERTS_OF_WORKERS,
    *RELAYS_OF_WORKERS,
)
OF_STAFF = (
    *OF_WORKERS,
    "AssignGrid",
    "RegradeRequest",
    "NameAccused",
    "JoinMatter",
    "LeaveMatter",
    "ReopenRequest",
    "CloseRequest",
    "DeclineRequest",
    "JoinPeople",
    "PartPeople",
    "ReleaseContact",
    "PostWorker",
    "RelieveWorker",
    *JOINT_WORK_OF_STAFF,
    *WISHES_OF_STAFF,
    *CALL_UP_OF_STAFF,
    *ALERTS_OF_STAFF,
    *RELAYS_OF_STAFF,
    *BULLETINS_OF_STAFF,
    *NOTICES_OF_STAFF,
    "RosterDuty",
    "StrikeDuty",
    "AdoptPolicy",
    "SettleReply",
    "ReviseTemplate",
    "AdoptGuidance",
)
_SHAPERS = ("staff", "director")
_OF_MESSAGES = "Messages are for the office's staff and directors."
_OF_SHAPERS = {
    "AdoptPolicy": "Policies are for the office's staff and directors.",
    "ReviseTemplate": _OF_MESSAGES,
    "AdoptGuidance": _OF_MESSAGES,
}
_THE_OFFICES = {"AdoptPolicy": "policy", "AdoptGuidance": "guidance"}
"""There is one of each, and it has the office's name."""
_ABOUT_PEOPLE = ("JoinPeople", "PartPeople", "ReleaseContact")
OF_PEOPLE = ("staff", "secretary")
"""Who may look at people, and say which ids are one."""
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
_CONTACT = {"name", "phone", "chat"}
_OF_AN_OFFER = {"name", "phone", "text"}
_LONGEST = 4000


def build_command(name: str, body: dict[str, Any], staff: Staff, key: str | None, vault: Vault) -> Command:
    """Raises ProblemError: unknown, not for this role, or not what the command needs."""
    if name not in OF_STAFF:
        raise ProblemError(404, "unknown_command", "There is no such command at this door.")
    if staff.role == "worker" and name not in OF_WORKERS:
        raise ProblemError(403, "forbidden", "This command is not for grid workers.")
    if staff.areas and name in OF_THE_STREET:
        raise ProblemError(403, "not_for_communities", "This command is the street office's.")
    if name in _ABOUT_PEOPLE and staff.role not in OF_PEOPLE:
        raise ProblemError(403, "forbidden", "People are for the office's staff and secretaries.")
    if name == "RelayAlert":
        check_relaying(body, staff)
        body = {"alert": UNREAD, **body}
    if (theirs := _OF_SHAPERS.get(name)) is not None and staff.role not in _SHAPERS:
        raise ProblemError(403, "forbidden", theirs)
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
    said |= _sealed(model, said, vault)
    try:
        return model.model_validate(said)
    except ValidationError as invalid:
        errors = plain_errors(invalid)
        raise ProblemError(422, "invalid", "Some fields cannot be used.", errors=errors) from None


def _sealed(model: type[Command], said: dict[str, Any], vault: Vault) -> dict[str, Sealed | None]:
    """Words of and about people: given in clear at the door, a sealed box from here on."""
    boxes: dict[str, Sealed | None] = {}
    for name, field in model.model_fields.items():
        if Sealed not in (field.annotation, *get_args(field.annotation)) or name not in said:
            continue
        fields = said[name]
        if fields is None or fields == "":
            boxes[name] = None
            continue
        words = _words_of(name, fields, _OF_AN_OFFER if model.target == "offer" else _CONTACT)
        if words is None or not isinstance(said.get(model.target), str):
            raise ProblemError(422, "invalid", errors=[{"field": name, "why": "words are expected"}])
        if name == "sealed" and words.get("phone"):
            if (number := as_dialled(words["phone"])) is None:
                errors = [{"field": "sealed.phone", "why": "nobody can be called at this number"}]
                raise ProblemError(422, "invalid", "Some fields cannot be used.", errors=errors)
            words = words | {"phone": number}
        try:
            history = History(said["tenant"], model.owner, model.aggregate, said[model.target])
            boxes[name] = vault.seal(history.subject, words)
        except VaultEmptyError as empty:
            raise unavailable() from empty
        except ValueError as odd:
            errors = [{"field": model.target, "why": "not an id"}]
            raise ProblemError(422, "invalid", errors=errors) from odd
    return boxes


def _words_of(field: str, said: Any, known: set[str]) -> dict[str, str] | None:
    """A note is a text; what is sealed of a worker, or of a giver, is how to reach him. None: neither."""
    fields: Any = said if field == "sealed" else {"text": said}
    if not isinstance(fields, dict) or not fields or (field == "sealed" and not fields.keys() <= known):
        return None
    short = all(isinstance(value, str) and len(value) <= _LONGEST for value in fields.values())
    return fields if short else None


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
