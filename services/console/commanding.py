"""Commands at the staff's door: who may send which, what the door fills in, and what it seals before it speaks."""

from typing import Any, get_args

from pydantic import ValidationError

from shared import commands
from shared.answering import plain_errors
from shared.clock import now
from shared.commands import Command
from shared.envelope import History
from shared.events import Sealed
from shared.http import ProblemError, unavailable
from shared.ids import named_id, new_id, read_code, request_id
from shared.staff import Staff
from shared.vault import Vault, VaultEmptyError

OF_WORKERS = ("AcceptRequest", "NoteProgress", "ResolveRequest", "ReturnRequest", "HoldRequest")
OF_STAFF = (
    *OF_WORKERS,
    "AssignGrid",
    "TransferRequest",
    "ReopenRequest",
    "CloseRequest",
    "DeclineRequest",
    "PostWorker",
    "RelieveWorker",
)
_OF_THE_DOOR = ("id", "tenant", "actor", "at")


def build_command(name: str, body: dict[str, Any], staff: Staff, key: str | None, vault: Vault) -> Command:
    """Raises ProblemError: unknown, not for this role, or not what the command needs."""
    if name not in OF_STAFF:
        raise ProblemError(404, "unknown_command", "There is no such command at this door.")
    if staff.role == "worker" and name not in OF_WORKERS:
        raise ProblemError(403, "forbidden", "This command is not for grid workers.")
    if taken := [field for field in _OF_THE_DOOR if field in body]:
        errors = [{"field": field, "why": "the door fills this in"} for field in taken]
        raise ProblemError(422, "invalid", "Some fields are not yours to say.", errors=errors)
    model = commands.CATALOGUE[name]
    said = dict(body)
    if isinstance(code := said.get("request"), str) and (read := read_code(code)):
        said["request"] = request_id(staff.tenant, read)
    said |= {
        "id": new_id() if key is None else named_id("command", staff.actor, key),
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
        if isinstance(fields, str):
            fields = {"text": fields}
        if not _is_text(fields) or not isinstance(said.get(model.target), str):
            raise ProblemError(422, "invalid", errors=[{"field": name, "why": "words are expected"}])
        try:
            history = History(said["tenant"], model.owner, model.aggregate, said[model.target])
            boxes[name] = vault.seal(history.subject, fields)
        except VaultEmptyError as empty:
            raise unavailable() from empty
        except ValueError as odd:
            errors = [{"field": model.target, "why": "not an id"}]
            raise ProblemError(422, "invalid", errors=errors) from odd
    return boxes


def _is_text(fields: Any) -> bool:
    return (
        isinstance(fields, dict)
        and 0 < len(fields) <= 8
        and all(isinstance(k, str) and isinstance(v, str) and len(v) <= 4000 for k, v in fields.items())
    )
