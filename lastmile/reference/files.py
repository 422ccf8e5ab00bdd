"""docs/files.md: the map of the code, one line a file, from what each file says of itself."""

import ast
from collections.abc import Iterable
from pathlib import Path

ROOMS = {
    "shared": "What every room uses",
    "services/intake": "The residents' door",
    "services/routing": "The request's life, the grid book, posts",
    "services/notify": "Messages to people",
    "services/deliberation": "The council hall",
    "services/console": "The staff's door",
    "lastmile": "The program",
    "deploy": "What runs it",
}


def file_map(root: Path) -> str:
    lines = [
        "# Files",
        "",
        "<!-- Written by `make docs` from the first paragraph of each file. Do not edit. -->",
        "",
        "What each file is for. The picture and the story are in [architecture.md](architecture.md).",
        "",
    ]
    for room, title in ROOMS.items():
        lines += [f"## {room}: {title[0].lower()}{title[1:]}", ""]
        lines += [f"- [`{name}`](../{room}/{name}): {about}" for name, about in _told(root / room)]
        lines.append("")
    return "\n".join(lines)


def _told(room: Path) -> Iterable[tuple[str, str]]:
    """Every file of a room that says something of itself; the file that carries a room's name comes first."""
    for path in sorted(room.rglob("*.py"), key=lambda p: (len(p.parts), p.parent, p.name)):
        told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        if told:
            first = " ".join(told.partition("\n\n")[0].split()).replace("``", "`")
            yield path.relative_to(room).as_posix(), first
