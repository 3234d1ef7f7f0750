"""An unpacked root file system: a folder read as one layer, without following a link out of it.

The folder of a layer as overlayfs keeps it is read the same way: there, a character device 0:0 hides what lower layers
have of that name, and an attribute marks a folder that hides all that is below it
(https://docs.kernel.org/filesystems/overlayfs.html#whiteouts-and-opaque-directories).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from seawall.errors import LimitExceeded, SeawallError
from seawall.model import Image, Layer
from seawall.safe import tar
from seawall.safe.limits import Limits
from seawall.safe.mapped import copied, is_kind
from seawall.safe.names import as_text
from seawall.sources.images.image import ImageSource, LayerSource
from seawall.sources.images.layer import HEAD, SMALLEST_PROGRAM, LayerFacts, Rights, Unread, named_as_program
from seawall.sources.images.links import join

T = TypeVar("T")

_OS_RELEASE = ("etc/os-release", "usr/lib/os-release")
_KERNEL = frozenset({"proc", "sys", "dev"})
_OPAQUE = frozenset({"trusted.overlay.opaque", "user.overlay.opaque", "user.fuseoverlayfs.opaque"})
_ELSEWHERE = frozenset({"trusted.overlay.redirect", "user.overlay.redirect"})
_READ_ONLY = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


def is_rootfs(path: Path) -> bool:
    """True for a folder that says which operating system it is and has its programs beside that."""
    return any(os.path.lexists(path / name) for name in _OS_RELEASE) and (
        (path / "usr").is_dir() or (path / "bin").is_dir()
    )


def open_rootfs(path: Path) -> ImageSource:
    """The folder as an image of one layer, which `read` reads. No platform is known of it."""
    return ImageSource(
        image=Image(name=str(path), file=str(path), layers=(Layer(diff_id=""),)),
        layers=(LayerSource(where=str(path), folder=path),),
    )


def read_folder(
    root: Path,
    *,
    wants: Callable[[str], bool],
    visit: Callable[[str, bytes], T],
    limits: Limits,
    wants_program: Callable[[str, bytes], bool] | None = None,
) -> LayerFacts[T]:
    """What is in the folder. What may not be read becomes `Unread` or a note. Raises LimitExceeded."""
    facts = LayerFacts[T]()
    todo, held = [""], 0
    while todo:
        folder = todo.pop()
        entries = facts.folders[folder] = {}
        try:
            with os.scandir(root / folder) as scan:
                found = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            tar.note(facts.notes, f"the folder {as_text(folder) or '/'} cannot be listed: {error.strerror}")
            continue
        for entry in found:
            path = join(folder, entry.name)
            held += len(path)
            if held > limits.layer_names_bytes:
                raise LimitExceeded("layer_names_bytes", limits.layer_names_bytes, where=str(root))
            if entry.is_symlink():
                entries[entry.name] = "symlink"
                facts.symlinks[path] = str(Path(entry.path).readlink())
            elif entry.is_dir(follow_symlinks=False):
                entries[entry.name] = "dir"
                _keep_rights(entry, path, facts)
                _note_overlay(entry, path, facts)
                if folder or entry.name not in _KERNEL:
                    todo.append(path)
                else:
                    facts.folders[path] = {}
            elif entry.is_file(follow_symlinks=False):
                entries[entry.name] = "file"
                _keep_rights(entry, path, facts)
                if wants(path) or (wants_program and _is_program(entry, path, wants_program)):
                    facts.results[path] = _visited(Path(entry.path), path, visit, limits)
            elif _hides(entry):
                facts.whiteouts.append(path)
            else:
                entries[entry.name] = "other"
    return facts


def _hides(entry: os.DirEntry[str]) -> bool:
    status = entry.stat(follow_symlinks=False)
    return stat.S_ISCHR(status.st_mode) and status.st_rdev == 0


def _note_overlay(entry: os.DirEntry[str], path: str, facts: LayerFacts[T]) -> None:
    """What the attributes of a folder say of the layers below it."""
    marks: set[str] = set()
    with suppress(OSError):
        marks.update(os.listxattr(entry.path, follow_symlinks=False) if hasattr(os, "listxattr") else ())
    if any(os.getxattr(entry.path, mark, follow_symlinks=False) == b"y" for mark in marks & _OPAQUE):
        facts.opaque.append(path)
    if marks & _ELSEWHERE:
        tar.note(
            facts.notes, f"the folder {as_text(path)} was renamed in place; what lower layers have of it is missing"
        )


def _keep_rights(entry: os.DirEntry[str], path: str, facts: LayerFacts[T]) -> None:
    status, capability = entry.stat(follow_symlinks=False), b""
    if status.st_mode & 0o111 and hasattr(os, "getxattr"):
        with suppress(OSError):
            capability = os.getxattr(entry.path, "security.capability", follow_symlinks=False)
    rights = Rights(stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid, capability.hex())
    if rights.matter(facts.folders[path.rpartition("/")[0]][entry.name]):
        facts.rights[path] = rights


def _is_program(entry: os.DirEntry[str], path: str, wants_program: Callable[[str, bytes], bool]) -> bool:
    """As `analyse` decides it; what cannot be opened counts, so that the visit says why."""
    status = entry.stat(follow_symlinks=False)
    if not status.st_mode & 0o111 and (status.st_size < SMALLEST_PROGRAM or not named_as_program(path)):
        return False
    try:
        with os.fdopen(os.open(entry.path, _READ_ONLY), "rb") as opened:
            return wants_program(path, opened.read(HEAD))
    except OSError:
        return True


def _visited(file: Path, path: str, visit: Callable[[str, bytes], T], limits: Limits) -> T | Unread:
    try:
        with os.fdopen(os.open(file, _READ_ONLY), "rb") as opened:
            status = os.fstat(opened.fileno())
            if not stat.S_ISREG(status.st_mode):
                return Unread("it is no regular file any more")
            if status.st_size > limits.evidence_bytes:
                raise LimitExceeded("evidence_bytes", limits.evidence_bytes, where=path, found=status.st_size)
            head, size = opened.read(4), status.st_size
            opened.seek(0)
            content = copied(opened, size) if is_kind(head, size) else opened.read(limits.evidence_bytes)
        return visit(as_text(path), content)
    except OSError as error:
        return Unread(f"cannot be read: {error.strerror}")
    except SeawallError as error:
        return Unread(error.message)
