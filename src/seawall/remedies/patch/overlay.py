"""The layer that is put on top: new files, hidden ones, and the folders on the way with the rights that they have."""

from __future__ import annotations

import msgspec

from seawall.remedies.patch.present import Present
from seawall.safe.packing import Entry, Sink, write_tar

_WHITEOUT = ".wh."


class Overlay:
    """What changes. All paths are real ones: links of the image are followed before."""

    def __init__(self, present: Present) -> None:
        self._present = present
        self._entries: dict[str, Entry] = {}
        self._hidden: set[str] = set()

    def put(self, entry: Entry) -> None:
        """Add an entry, or replace it."""
        self._entries[entry.name] = entry

    def write_file(self, path: str, content: bytes, mode: int = 0o644) -> None:
        """A file of a package database, owned by root."""
        self.put(Entry(name=path, content=content, mode=mode))

    def hide(self, path: str) -> None:
        """Take away what lower layers have, if nothing new comes in its place."""
        if self._present.kind(path):
            self._hidden.add(path)

    def get(self, path: str) -> Entry | None:
        return self._entries.get(path)

    def __contains__(self, path: str) -> bool:
        return path in self._entries

    @property
    def hidden(self) -> frozenset[str]:
        return frozenset(self._hidden - self._entries.keys())

    def entries(self) -> list[Entry]:
        """In an order in which every tool can unpack them: folders first, hard links after what they name."""
        every = dict(self._entries)
        for path in self.hidden:
            folder, _, name = path.rpartition("/")
            every[f"{folder}/{_WHITEOUT}{name}".lstrip("/")] = Entry(
                name=f"{folder}/{_WHITEOUT}{name}".lstrip("/"), mode=0
            )
        for path in list(every):
            while path := path.rpartition("/")[0]:
                if path not in every:
                    mode, user, group = self._present.rights(path)
                    every[path] = Entry(name=path, kind="dir", mode=mode, owner=(user, group))
        return sorted(every.values(), key=lambda entry: (entry.kind == "hardlink", entry.name))

    def write(self, sink: Sink) -> None:
        """The layer as a plain tar archive."""
        write_tar((msgspec.structs.replace(entry, mode=entry.mode & 0o7777) for entry in self.entries()), sink)
