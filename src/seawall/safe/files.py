"""Files and folders that the user named: read whole, walked, and replaced in one step."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
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
            raise _unreadable(path, error) from None
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
        raise _unreadable(path, error) from None
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
        pending = _listing(root, limits.folder_entries)
    except (OSError, ValueError) as error:
        raise _unreadable(root, error) from None
    seen = len(pending)
    depths = [1] * len(pending)
    while pending:
        entry, depth = pending.pop(), depths.pop()
        path = Path(entry.path)
        if not entry.is_dir(follow_symlinks=False):
            reason = _why_not_read(entry, top)
            if reason is None:
                yield path
            elif reason:
                on_error(path, reason)
        elif entry.name not in skip and whole(path):
            yield path
        elif entry.name not in skip:
            if depth >= limits.folder_depth:
                on_error(path, f"deeper than the folder_depth limit of {limits.folder_depth} folders")
                continue
            try:
                inside = _listing(path, limits.folder_entries - seen)
            except OSError as error:
                on_error(path, _reason(error))
                continue
            seen += len(inside)
            if seen > limits.folder_entries:
                raise LimitExceeded("folder_entries", limits.folder_entries, where=str(root))
            pending += inside
            depths += [depth + 1] * len(inside)


@contextmanager
def replace(path: Path) -> Iterator[Path]:
    """A new, empty file beside `path` to write to; it takes the place of `path` when the block ends, in one step.

    When the block raises, the new file is removed and `path` stays as it was. A device (`/dev/stdout`) is handed out
    itself. Raises UsageError where nothing can be written.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file() and not target.is_dir():
        yield target
        return
    new = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        if target.is_dir():
            raise IsADirectoryError(21, "is a folder", str(path))
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except OSError as error:
        raise UsageError(f"cannot be written: {_reason(error)}", where=str(path), hint="choose another place") from None
    try:
        yield new
        _sync(new)
        new.replace(target)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise
    _sync(target.parent)


def _listing(folder: Path, room: int) -> list[os.DirEntry[str]]:
    """The entries of a folder, last name first, at most one more than there is room for."""
    entries: list[os.DirEntry[str]] = []
    with os.scandir(folder) as scan:
        for entry in scan:
            entries.append(entry)
            if len(entries) > room:
                break
    return sorted(entries, key=lambda entry: entry.name, reverse=True)


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


def _sync(path: Path) -> None:
    """Have the system write `path` to the disk, so that a power cut leaves the old or the new, never half."""
    with suppress(OSError):  # folders cannot be opened on Windows, and some network file systems refuse
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return str(error)


def _unreadable(path: Path, error: Exception) -> Unreadable:
    hint = ""
    if isinstance(error, FileNotFoundError):
        hint = "check the spelling, and the folder you are in"
    elif isinstance(error, PermissionError):
        hint = "ask for the right to read it, or run as a user who has it"
    return Unreadable(_reason(error), where=str(path), hint=hint)
