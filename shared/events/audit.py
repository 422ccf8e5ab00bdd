"""Who looked at personal data, and what was forgotten: the console's facts."""

from pydantic import Field

from shared.events.event import Event
from shared.words import Code, Token


class PersonalDataOpened(Event, owner="console", aggregate="audit"):
    """Somebody of the staff looked at a reporter's name and phone."""

    request: Token
    fields: tuple[str, ...]
    purpose: str


class PersonErased(Event, owner="console", aggregate="audit"):
    """Written first; then the keys are destroyed."""

    request: Token
    keys: tuple[str, ...]


class DataExported(Event, owner="console", aggregate="audit"):
    """Personal data left the house in a file."""

    what: Code = Field(description="of which collection, as in records.person")
    grids: tuple[Code, ...] = Field(default=(), description="of these alone; of all when it is empty")
    fields: tuple[str, ...]
    purpose: str
