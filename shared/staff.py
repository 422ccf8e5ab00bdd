"""Who of the staff stands at the door: a signed token (JWT, RFC 7519, HS256) with a role and what it covers."""

from datetime import timedelta
from typing import Literal, get_args

import jwt
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.clock import now
from shared.settings import Settings
from shared.words import Token

Role = Literal["staff", "worker", "secretary", "director", "operator"]
ROLES: tuple[Role, ...] = get_args(Role)
_ALGORITHM = "HS256"


class Staff(BaseModel):
    """``areas`` are communities; empty means all of the tenant."""

    model_config = ConfigDict(frozen=True)

    sub: Token
    role: Role
    tenant: str
    areas: tuple[str, ...] = ()

    @property
    def actor(self) -> str:
        """How events name this person: the owner of an aggregate authorises by it."""
        return f"{'worker' if self.role == 'worker' else 'staff'}:{self.sub}"


class UnknownStaffError(Exception):
    """No token, an expired one, or one that this stack did not sign."""


def make_token(
    settings: Settings,
    subject: str,
    role: Role,
    lifetime: timedelta = timedelta(days=30),
    areas: tuple[str, ...] = (),
) -> str:
    staff = Staff(sub=subject, role=role, tenant=settings.tenant, areas=areas)
    return jwt.encode(staff.model_dump() | {"exp": now() + lifetime}, settings.staff, _ALGORITHM)


def read_token(settings: Settings, raw: str) -> Staff:
    """Raises UnknownStaffError."""
    try:
        claims = jwt.decode(raw, settings.staff, [_ALGORITHM], options={"require": ["exp"]})
        staff = Staff.model_validate(claims)
    except (jwt.InvalidTokenError, ValidationError) as invalid:
        raise UnknownStaffError from invalid
    if staff.tenant != settings.tenant:
        raise UnknownStaffError
    return staff
