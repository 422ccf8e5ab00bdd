"""How notify is asked to word a message otherwise."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.commands.command import Command
from shared.words import Code

Wording = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)]


class ReviseTemplate(Command, owner="notify", aggregate="message_template", target="template"):
    """``on``: the version that was read; another one holds by now: refused. None: whatever holds."""

    template: Code = Field(description="which text of the catalogue: sms.reporter.received")
    zh: Wording
    en: Wording
    note: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] = ""
    on: int | None = None

    @property
    def history(self) -> str:
        return template_history(self.template)


def template_history(template: str) -> str:
    """The id of a template's history: a dot would part a NATS subject."""
    return template.replace(".", "-")
