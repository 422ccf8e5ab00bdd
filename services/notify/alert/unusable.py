"""Why a file is not relayed."""

from collections.abc import Mapping


class UnusableAlertError(Exception):
    """``reason`` is a slug, ``where`` the element or line, ``said`` what it says of itself, as far as that could be read."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(f"{reason} {where}".strip())
        self.reason = reason
        self.where = where
        self.said: Mapping[str, str] = {}
