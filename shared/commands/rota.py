"""What routing may be asked to note in a rota. Its history is named by tenant, area and month (shared.ids.rota_id)."""

from pydantic import AwareDatetime

from shared.commands.command import Command
from shared.events.rota import Month
from shared.words import Code, Token


class RosterDuty(Command, owner="routing", aggregate="rota", target="rota"):
    rota: Token
    area: Code
    month: Month
    starts: AwareDatetime
    ends: AwareDatetime
    worker: Token
    deputy: Token | None = None


class StrikeDuty(Command, owner="routing", aggregate="rota", target="rota"):
    rota: Token
    area: Code
    month: Month
    starts: AwareDatetime
    worker: Token
