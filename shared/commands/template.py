"""What routing may be told about superiors' templates."""

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.commands.command import Command
from shared.words import Code, RecordKind, Token


class ReceiveTemplate(Command, owner="routing", aggregate="template", target="template"):
    """``template`` is named by office, title and due day: filled again, it is the same one."""

    template: Token
    office: Code
    title: Token
    kind: RecordKind
    fields: Annotated[tuple[Code, ...], Field(min_length=1)]
    unknown: Annotated[int, Field(ge=0)] = 0
    grids: tuple[Code, ...] = ()
    care: Code | None = None
    records: Annotated[int, Field(ge=0)] = 0
    due_on: date
