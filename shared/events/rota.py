"""Who is on duty when (值班): rows of an area's rota of one month. routing's facts."""

from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from shared.events.event import Event
from shared.words import Code, Token

Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
"""YYYY-MM on the tenant's clock: in which a duty begins."""


class DutyRostered(Event, owner="routing", aggregate="rota"):
    """From ``starts`` until just before ``ends`` this worker is on duty in the area, or the deputy. The same start and worker again
    corrects the row.
    """

    area: Code
    month: Month
    starts: AwareDatetime
    ends: AwareDatetime
    worker: Token
    deputy: Token | None = None


class DutyStruck(Event, owner="routing", aggregate="rota"):
    area: Code
    month: Month
    starts: AwareDatetime
    worker: Token
