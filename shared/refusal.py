"""A refusal: a command that the rules decline, with a slug for programs and a sentence for people."""

from typing import Any

from pydantic import BaseModel, ConfigDict

NOT_NOW = frozenset({"conflict", "held", "unavailable", "failed"})
"""Reasons that say nothing about the rules: the same command may well be taken later."""


class Refused(Exception):  # noqa: N818 - the design's word; it is an answer, not a failure
    """``raise Refused("quorum_not_met", needed=2/3, present=0.545)``; the rule knows neither HTTP nor language."""

    def __init__(self, reason: str, **detail: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


class Reply(BaseModel):
    """What a command's sender gets back over the bus."""

    model_config = ConfigDict(frozen=True)

    ok: bool
    event: dict[str, Any] | None = None
    revision: int = 0
    reason: str = ""
    detail: dict[str, Any] = {}
