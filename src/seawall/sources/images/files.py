"""The documents and blobs of an image on disk: a folder, or a tar archive that is read where it lies."""

from __future__ import annotations

import stat
import tempfile
import threading
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from seawall.errors import LimitExceeded, Malformed, Unreadable
from seawall.safe import tar
from seawall.safe.compression import Raw, Stream, open_stream
from seawall.safe.limits import Limits
from seawall.safe.names import normalise


class OpenFile(Raw, Protocol):
    """A binary file that the caller closes."""

    def close(self) -> None: ...


class Files(Protocol):
    """Files by their path below the root, "/" between folders. Both methods raise InputError."""

    @property
    def where(self) -> str: ...
    def __contains__(self, name: str) -> bool: ...
    def open(self, name: str) -> OpenFile: ...


def document(files: Files, name: str, limits: Limits) -> bytes:
    """A JSON document, whole. Raises Malformed where it is missing, LimitExceeded."""
    if name not in files:
        raise Malformed(f"the image refers to {name!r}, which is not there", where=files.where)
    with closing(files.open(name)) as file:
        size = file.seek(0, 2)
        if size > limits.json_bytes:
            raise LimitExceeded("json_bytes", limits.json_bytes, where=f"{files.where}!/{name}", found=size)
        file.seek(0)
        return file.read(size)


class Folder:
    """The files below a folder. Links that lead out of it, pipes and devices are taken as not there."""

    def __init__(self, root: Path) -> None:
        self.where = str(root)
        self._root = root.resolve()

    def __contains__(self, name: str) -> bool:
        return self._path(name) is not None

    def open(self, name: str) -> OpenFile:
        return open_file(self._path(name) or self._root / name)

    def _path(self, name: str) -> Path | None:
        try:
            path = (self._root / normalise(name)).resolve()
            regular = stat.S_ISREG(path.stat().st_mode)
        except (OSError, RuntimeError, ValueError):
            return None
        return path if regular and path.is_relative_to(self._root) else None


class Archive:
    """The members of a tar archive, indexed once and read in place. Closed when the last user has gone.

    A compressed archive cannot be read in place, and its layers mostly come before the documents that say what they
    are: it is unpacked, as one file and without its members' names, to a temporary file that has no name either.
    """

    def __init__(self, path: Path | str, *, limits: Limits, file: IO[bytes] | None = None) -> None:
        """`file` is the archive where it is open already; `path` then only names it.

        Raises Unreadable, Malformed or LimitExceeded.
        """
        self.where = str(path)
        self._lock = threading.Lock()
        self._file: IO[bytes] = file or open_file(Path(path))
        weakref.finalize(self, self._file.close)
        stream = open_stream(self._file, where=self.where, limits=limits)
        if stream.kind != "plain":
            self._file = self._spool(stream)
        self._file.seek(0)
        self._members: dict[str, tuple[int, int]] = {}
        self._links: dict[str, str] = {}
        self._index(open_stream(self._file, where=self.where, limits=limits), limits)

    def __contains__(self, name: str) -> bool:
        return self._member(name) is not None

    def open(self, name: str) -> OpenFile:
        member = self._member(name)
        if member is None:
            raise Malformed(f"the archive has no {name!r}", where=self.where)
        return _Slice(self._file, self._lock, *member)

    def _member(self, name: str) -> tuple[int, int] | None:
        name = normalise(name)
        return self._members.get(self._links.get(name, name))

    def _index(self, stream: Stream, limits: Limits) -> None:
        for member in tar.walk(stream, where=self.where, limits=limits):
            if member.kind == "file" and not member.sparse:
                self._members[member.name] = member.offset, member.size
            elif member.kind == "symlink":  # Docker before 25 writes a repeated layer as a link to the first
                self._links[member.name] = normalise(f"{member.name.rpartition('/')[0]}/{member.link}")
            elif member.kind == "hardlink":
                self._links[member.name] = normalise(member.link)

    def _spool(self, stream: Stream) -> IO[bytes]:
        spool = tempfile.TemporaryFile(prefix="seawall-")  # noqa: SIM115 - kept open as long as the archive
        weakref.finalize(self, spool.close)
        with readable(f"{self.where} (unpacked to {tempfile.gettempdir()})"):
            while piece := stream.read(stream.chunk):
                spool.write(piece)
            spool.flush()
        return spool


@contextmanager
def readable(where: str) -> Iterator[None]:
    """What the operating system refuses in here is raised as Unreadable."""
    try:
        yield
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}", where=where) from None


def open_file(path: Path) -> BinaryIO:
    """The file, for reading. Raises Unreadable; never waits for a pipe."""
    with readable(str(path)):
        if not path.is_file():
            raise Unreadable("is no file" if path.exists() else "is not there", where=str(path))
        return path.open("rb")


class _Slice:
    """A part of a file that several threads read at once."""

    def __init__(self, file: IO[bytes], lock: threading.Lock, offset: int, size: int) -> None:
        self._file, self._lock, self._offset, self._size = file, lock, offset, size
        self._at = 0

    def read(self, n: int, /) -> bytes:
        with self._lock:
            self._file.seek(self._offset + self._at)
            data = self._file.read(min(n, self._size - self._at))
        self._at += len(data)
        return data

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self._at = min(offset + (self._size if whence == 2 else 0), self._size)
        return self._at

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        """Nothing to do: the file is the archive's."""
