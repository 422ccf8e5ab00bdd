"""A workbook's parts (OPC, ECMA-376 part 2): taken out within bounds, put back as they were but for what changed."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Mapping

from shared.sheets.cells import UnusableSheetError
from shared.sheets.marks import walk

LARGEST_PACKED = 8 * 1024 * 1024  # bytes
_LARGEST_UNPACKED = 256 * 1024 * 1024
_LARGEST_PART = 96 * 1024 * 1024
"""A sheet of 1,048,576 rows that say nothing is smaller than this."""
_MOST_PARTS = 2000
_BROKEN = (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)
_OLD = b"\xd0\xcf\x11\xe0"


class Package:
    """Raises UnusableSheetError for what is no workbook, or unpacks to more than anybody fills in."""

    def __init__(self, data: bytes) -> None:
        if data.startswith(_OLD):
            raise UnusableSheetError("sheet_old_workbook")
        if len(data) > LARGEST_PACKED:
            raise UnusableSheetError("sheet_too_large")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as broken:
            raise UnusableSheetError("sheet_unreadable") from broken
        parts = self._zip.infolist()
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_UNPACKED:
            raise UnusableSheetError("sheet_too_large")
        if any(part.flag_bits & 1 for part in parts):  # encrypted
            raise UnusableSheetError("sheet_old_workbook")
        if len({part.filename for part in parts}) != len(parts):  # two readers would see two workbooks
            raise UnusableSheetError("sheet_unreadable")

    def has(self, name: str) -> bool:
        return name in self._zip.NameToInfo

    def part(self, name: str) -> bytes:
        """No more than the part's declared size is ever unpacked. Raises UnusableSheetError."""
        try:
            about = self._zip.getinfo(name)
            if about.file_size > _LARGEST_PART:
                raise UnusableSheetError("sheet_too_large")
            return self._zip.read(about)
        except _BROKEN as broken:
            raise UnusableSheetError("sheet_unreadable") from broken

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """Return what a part refers to: by id, the kind's last word and the part."""
        folder, _, file = name.rpartition("/")
        rels = f"{folder}/_rels/{file}.rels".lstrip("/")
        found: dict[str, tuple[str, str]] = {}
        if not self.has(rels):
            return found

        def opened(element: str, given: Mapping[str, str], _start: int) -> None:
            if element == "Relationship" and given.get("TargetMode") != "External":
                target = given.get("Target", "")
                path = target[1:] if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
                found[given.get("Id", "")] = (given.get("Type", "").rpartition("/")[2], path.lstrip("/"))

        walk(self.part(rels), opened, lambda _name, _start, _after: None)
        return found

    def written(self, changed: Mapping[str, bytes]) -> bytes:
        """Return the workbook with these parts instead; every other part has the same bytes."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for about in self._zip.infolist():
                part = changed.get(about.filename)
                fresh = zipfile.ZipInfo(about.filename, about.date_time)
                fresh.compress_type = about.compress_type
                fresh.external_attr = about.external_attr
                packed.writestr(fresh, self.part(about.filename) if part is None else part)
        return out.getvalue()
