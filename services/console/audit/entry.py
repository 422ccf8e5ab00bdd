"""One entry of the audit: who looked, took something out or erased, and why. It is on record before anything is done."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, StringConstraints

from shared.clock import now
from shared.ids import new_id
from shared.staff import Staff
from shared.words import sayable


class Why(BaseModel):
    """Names and phones are opened for a purpose that is written down first."""

    purpose: Annotated[
        str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(sayable)
    ]


def entry_of(staff: Staff) -> dict[str, Any]:
    """What every command to the audit begins with: the entry is named by the command that makes it."""
    name = new_id()
    return {"id": name, "tenant": staff.tenant, "actor": staff.actor, "at": now(), "entry": name}
