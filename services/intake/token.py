"""Who may say more of a request than its code tells: whoever shows the token that came with it."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Path
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.intake.rooms import Rooms
from shared.http import ProblemError
from shared.ids import read_code, request_id

_BEARER = HTTPBearer(auto_error=False, description="the token that came with the code")
_Shown = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]


def token_of(rooms: Rooms) -> Callable[[str, _Shown], Awaitable[str]]:
    """Return what a route depends on to be for whoever submitted the request: it returns the request's id."""

    async def whoever_submitted(code: Annotated[str, Path(max_length=64)], shown: _Shown) -> str:
        read = read_code(code)
        if shown is None:
            raise ProblemError(
                401, "unauthorised", "Show the token that came with the code: Authorization: Bearer …"
            )
        request = request_id(rooms.service.settings.tenant, read or "")
        if read is None or not rooms.submitting.holds_token(request, shown.credentials.strip()):
            raise ProblemError(403, "forbidden", "This token is not of this request.")
        return request

    return whoever_submitted
