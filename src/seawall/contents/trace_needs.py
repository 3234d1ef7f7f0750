"""The files that are needed, each with the reason that was found first; what the main process needs counts most."""

from __future__ import annotations

from collections.abc import Iterator

from seawall.contents.trace_files import WALKED, Files, follow, join
from seawall.model.contents import Need, Phase, Program

SHARED_FOLDERS = frozenset(
    ("", "bin", "sbin", "lib", "lib32", "lib64", "etc", "usr", "usr/bin", "usr/sbin", "usr/lib", "usr/lib32",
     "usr/lib64", "usr/libexec", "usr/share", "usr/local", "usr/local/bin", "usr/local/sbin", "usr/local/lib",
     "usr/local/share", "usr/local/etc", "usr/local/libexec", "usr/include", "var", "var/lib", "var/cache",
     "var/log", "opt", "home", "srv", "mnt", "media", "dev", "proc", "sys", "boot")
)  # fmt: skip
"""Folders that hold what belongs to many: never needed with all in them."""


class Needs:
    """Collects needs. A path is needed together with the links that lead to it."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._found: dict[str, Need] = {}
        self._left = WALKED
        self.doubts: list[str] = []

    def all(self) -> tuple[Need, ...]:
        """Sorted by path."""
        return tuple(need for _, need in sorted(self._found.items()))

    def add(self, path: str, phase: Phase, why: str) -> str | None:
        """The file or bare folder at a path; returns its real path, None where nothing is there."""
        way = follow(self._files, path)
        if way.real is None:
            return None
        for link in way.links:
            self._note(link, phase, why, folder=False)
        if way.real:
            self._note(way.real, phase, why, folder=False)
        return way.real

    def add_folder(self, path: str, phase: Phase, why: str) -> Iterator[Program]:
        """A folder with all in it, and what its links lead to; yields the programs and libraries in it.

        A file, or a folder that belongs to many, is needed without what else is in it. The caller exhausts this.
        """
        todo, above = [path], ""
        while todo:
            at = self.add(todo.pop(), phase, why)
            if at is None or self._has(at, phase) or at.startswith(above or "\0"):
                continue
            if self._files.kind(at) != "dir":
                program = self._files.program(at)
                if program:
                    yield program
            elif at not in SHARED_FOLDERS:
                self._note(at, phase, why, folder=True)
                yield from self._inside(at, todo)
                above = f"{at}/"

    def holds(self, path: str) -> bool:
        return path in self._found

    def _inside(self, folder: str, beyond: list[str]) -> Iterator[Program]:
        """The programs in a folder; where its links lead out of it is added to `beyond`."""
        todo = [folder]
        while todo:
            here = todo.pop()
            for name in self._files.entries(here):
                path = f"{here}/{name}"
                kind = self._files.kind(path)
                self._left -= 1
                if self._left < 0:
                    if self._left == -1:
                        self.doubts.append(
                            f"/{folder} and more: not all of its files were looked at, they are too many"
                        )
                    return
                if kind == "dir":
                    todo.append(path)
                elif kind == "link":
                    target = join(here, self._files.link(path))
                    if target and not target.startswith(f"{folder}/"):
                        beyond.append(target)
                elif kind == "file" and (program := self._files.program(path)):
                    yield program

    def _has(self, path: str, phase: Phase) -> bool:
        found = self._found.get(path)
        return found is not None and found.folder and (found.phase == "main" or phase == "start")

    def _note(self, path: str, phase: Phase, why: str, *, folder: bool) -> None:
        old = self._found.get(path)
        if old is None:
            self._found[path] = Need(path=path, phase=phase, why=why, folder=folder)
        elif (old.phase == "start" and phase == "main") or (folder and not old.folder):
            main: Phase = "main" if "main" in (old.phase, phase) else "start"
            self._found[path] = Need(path=path, phase=main, why=why, folder=folder or old.folder)
