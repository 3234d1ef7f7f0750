"""Zip archives, bounded in members, sizes and ratio; nothing is ever written to disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

from seawall.errors import LimitExceeded, Malformed
from seawall.safe.limits import DEFAULT, Limits


class Zip:
    """An open archive. `names` in the order of the central directory, folders left out."""

    def __init__(self, data: bytes | Path, *, where: str, limits: Limits = DEFAULT) -> None:
        """Raises Malformed for what is no zip, LimitExceeded for too many members."""
        self.where = where
        self._limits = limits
        self._read_so_far = 0
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Malformed(f"not a readable zip archive: {error}", where=where) from None
        members = self._archive.infolist()
        if len(members) > limits.zip_entries:
            raise LimitExceeded("zip_entries", limits.zip_entries, where=where, found=len(members))
        self._members = {member.filename: member for member in members if not member.is_dir()}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._members)

    def read(self, name: str) -> bytes:
        """One member, unpacked. Raises Malformed, LimitExceeded, or KeyError for a name that is not there."""
        limits, where = self._limits, f"{self.where}!/{name}"
        try:
            with self._archive.open(self._members[name]) as member:
                content = member.read(limits.zip_entry_bytes + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError) as error:
            raise Malformed(f"this member cannot be unpacked: {error}", where=where) from None
        if len(content) > limits.zip_entry_bytes:
            raise LimitExceeded("zip_entry_bytes", limits.zip_entry_bytes, where=where)
        self._read_so_far += len(content)
        if self._read_so_far > limits.zip_total_bytes:
            raise LimitExceeded("zip_total_bytes", limits.zip_total_bytes, where=where)
        return content
