"""Who looked at personal data, and what was forgotten: the console's facts."""

from shared.events.event import Event
from shared.words import Token


class PersonalDataOpened(Event, owner="console", aggregate="audit"):
    """Somebody of the staff looked at a reporter's name and phone."""

    request: Token
    fields: tuple[str, ...]
    purpose: str


class PersonErased(Event, owner="console", aggregate="audit"):
    """Written first; then the keys are destroyed."""

    request: Token
    keys: tuple[str, ...]
