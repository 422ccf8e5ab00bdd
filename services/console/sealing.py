"""What the staff's door seals before it speaks: words of and about people."""

from typing import Any, get_args

from shared.commands.command import Command
from shared.envelope import History
from shared.events.event import Sealed
from shared.http import ProblemError, unavailable
from shared.records.checks import as_dialled
from shared.vault import Vault, VaultEmptyError

_CONTACT = {"name", "phone", "chat"}
_OF_AN_OFFER = {"name", "phone", "text"}
_LONGEST = 4000


def seal_words(model: type[Command], said: dict[str, Any], vault: Vault) -> dict[str, Sealed | None]:
    """Return a sealed box for each field of words, which came in clear. Raises ProblemError."""
    boxes: dict[str, Sealed | None] = {}
    for name, field in model.model_fields.items():
        if Sealed not in (field.annotation, *get_args(field.annotation)) or name not in said:
            continue
        fields = said[name]
        blank = fields is None or (isinstance(fields, str) and not fields.strip())
        if blank and not field.is_required():
            boxes[name] = None
            continue
        words = _words_of(name, fields, _OF_AN_OFFER if model.target == "offer" else _CONTACT)
        if words is None or not isinstance(said.get(model.target), str):
            raise ProblemError(
                422,
                "invalid",
                errors=[{"field": name, "why": f"words are expected, at most {_LONGEST:,} characters"}],
            )
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
    fields: Any = said if field == "sealed" else {"text": said.strip() if isinstance(said, str) else said}
    if field != "sealed" and not fields["text"]:
        return None
    if not isinstance(fields, dict) or not fields or (field == "sealed" and not fields.keys() <= known):
        return None
    short = all(isinstance(value, str) and len(value) <= _LONGEST for value in fields.values())
    return fields if short else None
