"""Files and folders that the user named: read whole, walked, and replaced in one step."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from seawall.errors import LimitExceeded, Unreadable, UsageError
from seawall.safe.limits import DEFAULT, Limits

# O_NONBLOCK: should the file turn into a pipe between the look and the opening, the opening still returns at once.
_READ_ONLY = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)

OnError = Callable[[Path, str], None]
"""Takes a path that was not read and the reason, in words for people."""


def read(path: Path, *, limit: str = "json_bytes", limits: Limits = DEFAULT) -> bytes:
    """The bytes of one regular file. `limit` names the bound of `Limits` that its size must keep.

    Raises Unreadable, LimitExceeded.
    """
    bound: int = getattr(limits, limit)
    with open_regular(path) as file:
        try:
            size = os.fstat(file.fileno()).st_size
            content = file.read(bound + 1) if size <= bound else b""
        except OSError as error:
            raise unreadable(path, error) from None
    if max(size, len(content)) > bound:
        raise LimitExceeded(limit, bound, where=str(path), found=max(size, len(content)))
    return content


def open_regular(path: Path) -> BinaryIO:
    """A regular file, opened for reading. Raises Unreadable for what is missing, forbidden, a folder, pipe or device.

    A pipe is never waited for.
    """
    try:
        _refuse_special(path, path.stat())
        file = os.fdopen(os.open(path, _READ_ONLY), "rb")
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    try:
        _refuse_special(path, os.fstat(file.fileno()))
    except BaseException:
        file.close()
        raise
    return file


def walk(
    root: Path,
    *,
    on_error: OnError,
    skip: Collection[str] = (),
    whole: Callable[[Path], bool] = lambda folder: False,
    limits: Limits = DEFAULT,
) -> Iterator[Path]:
    """Every regular file below `root`, in the order of their names, each once; folders named in `skip` are left out.

    A folder for which `whole` is true is one thing: it is yielded itself, and not entered.
    Links are not followed: what a link inside `root` points at is met in its own place. A link that leaves `root` or
    leads nowhere is told to `on_error`, as are folders that cannot be listed, pipes and devices.
    Raises Unreadable when `root` itself is no readable folder, LimitExceeded after `folder_entries` entries.
    """
    try:
        top = Path(os.path.realpath(root, strict=True))
        pending = _listing(root, 1, limits.folder_entries)
    except (OSError, ValueError) as error:
        raise unreadable(root, error) from None
    seen = len(pending)
    while pending:
        entry, depth = pending.pop()
        try:
            if not entry.is_dir(follow_symlinks=False):
                reason = _why_not_read(entry, top)
            elif entry.name in skip:
                reason = ""
            elif whole(Path(entry.path)):
                reason = None
            elif depth > limits.folder_depth:
                reason = f"deeper than the folder_depth limit of {limits.folder_depth} folders"
            else:
                inside = _listing(entry.path, depth + 1, limits.folder_entries - seen)
                seen += len(inside)
                pending += inside
                reason = ""
        except OSError as error:
            reason = _reason(error)
        if seen > limits.folder_entries:
            raise LimitExceeded("folder_entries", limits.folder_entries, where=str(root))
        if reason is None:
            yield Path(entry.path)
        elif reason:
            on_error(Path(entry.path), reason)


@contextmanager
def replace(path: Path) -> Iterator[Path]:
    """A new, empty file beside `path` to write to; it takes the place of `path` when the block ends, in one step.

    When the block raises, the new file is removed and `path` stays as it was. A device (`/dev/stdout`) is handed out
    itself. Raises UsageError where nothing can be written, also for an OSError of the block (the disk is full).
    """
    target = Path(os.path.realpath(path))
    new = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        mode = target.stat().st_mode if target.exists() else stat.S_IFREG | 0o666
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(mode):
            yield target
            return
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, stat.S_IMODE(mode)))
        yield new
        with new.open("rb+") as written:
            os.fsync(written.fileno())
        new.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        hint = "name another place, or make room there"
        raise UsageError(f"cannot be written: {_reason(error)}", where=str(path), hint=hint) from None
    finally:
        with suppress(OSError):  # it is gone when all went well
            new.unlink()


def make_folder(path: Path) -> None:
    """The folder, with those above it, where it is not there yet. Raises UsageError where it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        hint = "name another place"
        raise UsageError(f"cannot be made: {_reason(error)}", where=str(path), hint=hint) from None


def _listing(folder: str | Path, depth: int, room: int) -> list[tuple[os.DirEntry[str], int]]:
    """The entries of a folder with their depth, last name first, at most one more than there is room for."""
    with os.scandir(folder) as scan:
        entries = sorted(islice(scan, room + 1), key=lambda entry: entry.name, reverse=True)
    return [(entry, depth) for entry in entries]


def _why_not_read(entry: os.DirEntry[str], top: Path) -> str | None:
    """None for a regular file, "" for a link to something inside `top`, otherwise the reason."""
    if entry.is_file(follow_symlinks=False):
        return None
    if not entry.is_symlink():
        return "a pipe, socket or device, which is not read"
    try:
        target = Path(os.path.realpath(entry.path, strict=True))
    except OSError as error:
        return f"a link that leads nowhere: {_reason(error)}"
    return "" if target.is_relative_to(top) else f"a link out of this folder, to {target}, which is not followed"


def _refuse_special(path: Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise Unreadable("this is a folder, not a file", where=str(path))
    if not stat.S_ISREG(status.st_mode):
        hint = "write its content to a file first, and name that file"
        raise Unreadable("this is a pipe, socket or device, not a file", where=str(path), hint=hint)


def _sync_folder(folder: Path) -> None:
    """Have the new name written to the disk too, so that a power cut leaves the old file or the new one."""
    with suppress(OSError):  # Windows opens no folders, and some network file systems refuse
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return str(error)


def unreadable(path: Path, error: Exception) -> Unreadable:
    """The error for people from one of the system."""
    hint = ""
    if isinstance(error, FileNotFoundError):
        hint = "check the spelling, and the folder you are in"
    elif isinstance(error, PermissionError):
        hint = "ask for the right to read it, or run as a user who has it"
    return Unreadable(_reason(error), where=str(path), hint=hint)
