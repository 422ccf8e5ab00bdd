""".env.example: every setting that the environment may give, with what it is when nobody gives it."""

import json
from typing import Any

from pydantic.fields import FieldInfo

from shared.settings import Settings


def environment_example() -> str:
    lines = [
        "# Written by `make docs` from shared/settings.py. Every setting, with its default.",
        "# `lastmile secrets --env > .env` makes what has none; a line in .env changes another.",
        "",
    ]
    for name, field in Settings.model_fields.items():
        if field.description:
            lines.append(f"# {field.description}")
        lines += [f"# LASTMILE_{name.upper()}={_default(field)}", ""]
    return "\n".join(lines)


def _default(field: FieldInfo) -> str:
    value: Any = field.get_default(call_default_factory=True, validated_data={})
    if field.is_required() or value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
