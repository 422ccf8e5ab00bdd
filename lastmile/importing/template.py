"""Codes and names made from a feature's own properties: ``"{district_number:02d} {borough!u}"``."""

import string
from collections.abc import Mapping, Sequence
from typing import Any

from lastmile.trouble import Trouble


class Template(string.Formatter):
    """The language of ``str.format`` over properties; nothing but their values can be reached.

    Digits in a string count as a number (``:02d``), ``!u`` makes upper case and ``!l`` lower case.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        try:
            fields = [name for _, name, _, _ in self.parse(text) if name is not None]
        except ValueError as broken:
            raise Trouble(
                f"The template {text!r} is broken: {broken}.", 'Write it like "{number:02d} {borough!u}".'
            ) from broken
        if not fields or "" in fields:
            raise Trouble(
                f"The template {text!r} names no property.", 'Put properties in braces: "{number:02d}".'
            )

    def fill(self, properties: Mapping[str, Any]) -> str:
        """Raises ValueError that says which property is missing or does not fit."""
        return self.vformat(self._text, (), properties).strip()

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        del args
        if kwargs.get(field_name) in (None, ""):
            has = ", ".join(name for name, value in kwargs.items() if value not in (None, ""))
            raise ValueError(f"it has no property {field_name!r}; it has {has[:200] or 'none'}")
        return kwargs[field_name], field_name

    def convert_field(self, value: Any, conversion: str | None) -> Any:
        match conversion:
            case "u":
                return str(value).upper()
            case "l":
                return str(value).lower()
            case None:
                return value
            case _:
                raise ValueError(f"the template knows !u and !l, not !{conversion}")

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec.endswith("d") and not isinstance(value, int):
            try:
                whole = int(str(value).strip().removesuffix(".0"))
            except ValueError:
                raise ValueError(f"{value!r} is not a whole number") from None
            return format(whole, format_spec)
        return format(value, format_spec)
