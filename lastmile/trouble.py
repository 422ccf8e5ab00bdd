"""Trouble: something the person at the keyboard can mend. Says what is wrong and what to do; no traceback."""


class Trouble(Exception):  # noqa: N818 - it is told to a person, not handled by a program
    """``raise Trouble("Port 8080 is in use.", "Choose another: --port 8081")``."""

    def __init__(self, what: str, todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo
