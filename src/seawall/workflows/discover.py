"""Walks what the user named, and says what each thing is: a cluster's description, an image, or not read yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from seawall.errors import SeawallError, Unreadable, Unsupported
from seawall.model import Cluster, Dockerfile, NotAssessed
from seawall.safe import files
from seawall.safe.limits import Limits

FOLDERS_LEFT_OUT = (".git", ".venv", "node_modules", ".terraform")
"""Folders that tools fill; the user can name one to have it read."""

ARCHIVES = (".tar", ".tgz", ".tar.gz", ".tar.zst", ".tar.xz", ".tar.bz2")
"""Endings of files that are images more often than not."""

NAMES_NOT_READ_YET = {
    "chart.yaml": ("manifest", "Helm chart"),
}
"""What is known by its name or ending, and not read yet: the kind that it belongs to, and what it is called."""

MARKS_NOT_READ_YET = (
    (".yaml", "manifest", "Kubernetes manifest", (rb"(?m)^apiVersion:\s*\S", rb"(?m)^kind:\s*\S")),
    (".yml", "manifest", "Kubernetes manifest", (rb"(?m)^apiVersion:\s*\S", rb"(?m)^kind:\s*\S")),
)
"""The same for what only its content tells: ending, kind, name, and what must be in it."""


class Found(msgspec.Struct, kw_only=True):
    """What was found. `failed` are sentences on inputs that the user named and that are of no use."""

    clusters: list[Cluster] = []
    images: list[Path] = []
    dockerfiles: list[Dockerfile] = []
    not_assessed: list[NotAssessed] = []
    failed: list[str] = []
    files: int = 0

    def any(self) -> bool:
        """Whether there is anything to speak of."""
        return bool(self.clusters or self.images or self.dockerfiles or self.not_assessed or self.failed)

    def add(self, other: Found) -> None:
        """Take in what was found elsewhere."""
        self.clusters += other.clusters
        self.images += other.images
        self.dockerfiles += other.dockerfiles
        self.not_assessed += other.not_assessed
        self.failed += other.failed
        self.files += other.files


def discover(paths: Sequence[Path], kinds: Sequence[str], limits: Limits, say: Callable[[str], None]) -> Found:
    """Everything of `kinds` ("cluster", "image", "dockerfile", "manifest") in `paths`, folders walked.

    A file in a folder that turns out unreadable is reported as not assessed; what the user named must be of use.
    """
    found = Found()
    for path in paths:
        search = _Search(kinds, limits, say)
        try:
            if not path.exists():
                what = f"there is nothing of this name; an image in a registry is {path}:TAG or HOST/{path}"
                raise Unreadable(what if "image" in kinds else "there is nothing of this name", where=str(path))
            if path.is_dir() and not _is_image(path):
                search.sort(search.walk(path), root=path)
            else:
                files.open_regular(path).close() if not path.is_dir() else None
                search.sort([path], root=path.parent)
                search.found.failed += [f"{gap.where}: {gap.why}" for gap in search.unread]
        except (SeawallError, PermissionError) as error:
            known = error if isinstance(error, SeawallError) else Unreadable("permission denied", where=str(path))
            search.cannot(path, known)
            search.found.failed.append(str(known))
        if not search.found.any():
            search.found.failed.append(f"{path}: no {' and no '.join(kinds)} in it")
        found.add(search.found)
    return found


class _Search:
    """One path that the user named: what is in it, and what in it could not be read."""

    def __init__(self, kinds: Sequence[str], limits: Limits, say: Callable[[str], None]) -> None:
        self.found = Found()
        self.unread: list[NotAssessed] = []
        self._kinds = kinds
        self._limits = limits
        self._say = say

    def walk(self, root: Path) -> Iterator[Path]:
        """The files below a folder, and the folders that are images."""

        def unreadable(path: Path, why: str) -> None:
            self.found.not_assessed.append(NotAssessed(what="file or folder", where=str(path), why=why))

        for path in files.walk(root, on_error=unreadable, skip=FOLDERS_LEFT_OUT, whole=_is_image, limits=self._limits):
            self._say(f"looking at {path}")
            yield path

    def sort(self, paths: Iterator[Path] | Sequence[Path], *, root: Path) -> None:
        """Put everything where it belongs; what is of no kind that was asked for is left alone."""
        from seawall.sources.clusters import reader

        of_clusters = []
        for path in paths:
            self.found.files += 1
            if "image" in self._kinds and self._is_sbom(path):
                self.found.images.append(path)
                continue
            if "dockerfile" in self._kinds and self._read_dockerfile(path):
                continue
            if "cluster" in self._kinds and reader.belongs(path):
                of_clusters.append(path)
            if gap := self._not_read_yet(path):
                self.found.not_assessed.append(gap)
            elif "image" in self._kinds and not reader.belongs(path):
                self._look_for_image(path)
        for path, reading in reader.read(of_clusters, root=root, limits=self._limits):
            self._say(f"reading {path}")
            if isinstance(reading, SeawallError):
                self.cannot(path, reading)
            else:
                self.found.clusters += reading.clusters
                self.found.not_assessed += reading.not_assessed

    def cannot(self, path: Path, error: SeawallError) -> None:
        """Note what could not be read, and why."""
        hint = f" ({error.hint})" if error.hint else ""
        gap = NotAssessed(what="file", where=error.where or str(path), why=error.message + hint)
        self.unread.append(gap)
        self.found.not_assessed.append(gap)

    def _read_dockerfile(self, path: Path) -> bool:
        """Whether this is one, by its name."""
        from seawall.sources.dockerfile import is_dockerfile, read

        if not is_dockerfile(path):
            return False
        try:
            dockerfile = read(path, limits=self._limits)
        except SeawallError as error:
            self.cannot(path, error)
            return True
        self.found.dockerfiles.append(dockerfile)
        self.found.not_assessed += [
            NotAssessed(what="line of a Dockerfile", where=f"{path}:{fault.line}", why=fault.message)
            for fault in dockerfile.faults
        ]
        return True

    def _look_for_image(self, path: Path) -> None:
        """Only an archive can be an image that is not known as one: damaged, packed otherwise, or of another kind."""
        try:
            if path.is_file():
                files.open_regular(path).close()
            if _is_image(path):
                self.found.images.append(path)
            elif path.name.lower().endswith(ARCHIVES):
                raise Unsupported("an archive in which no image is recognised", where=str(path))
        except SeawallError as error:
            self.cannot(path, error)

    def _is_sbom(self, path: Path) -> bool:
        from seawall.sources.images.sbom import is_sbom

        try:
            return path.is_file() and is_sbom(path, limits=self._limits)
        except SeawallError as error:
            if "cluster" not in self._kinds:  # else whoever reads it next says why it cannot be read
                self.cannot(path, error)
            return False

    def _not_read_yet(self, path: Path) -> NotAssessed | None:
        name, ending = path.name.lower(), path.suffix.lower()
        kind, what = NAMES_NOT_READ_YET.get(name) or NAMES_NOT_READ_YET.get(ending) or ("", "")
        for suffix, marked_kind, marked, marks in MARKS_NOT_READ_YET:
            if not kind and suffix == ending and marked_kind in self._kinds:
                try:
                    content = files.read(path, limits=self._limits)
                except SeawallError as error:
                    self.cannot(path, error)
                    return None
                if all(re.search(mark, content) for mark in marks):
                    kind, what = marked_kind, marked
        why = "Seawall does not read these yet"
        return NotAssessed(what=what, where=str(path), why=why) if kind in self._kinds else None


def _is_image(path: Path) -> bool:
    from seawall.sources.images.opening import recognise
    from seawall.sources.images.stores.opening import is_store

    return recognise(path) is not None or is_store(path)
