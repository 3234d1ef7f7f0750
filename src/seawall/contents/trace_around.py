"""What a process needs beside its own files: accounts, names, its home; settings named like it; and its services."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from seawall.contents.shell_values import Fields
from seawall.contents.trace_files import Files, join, matching, read
from seawall.contents.trace_needs import SHARED_FOLDERS
from seawall.model.contents import Phase

_ALWAYS = {
    "etc/passwd": "names of users", "etc/group": "names of groups", "etc/hosts": "written by the runtime",
    "etc/hostname": "written by the runtime", "etc/resolv.conf": "written by the runtime",
    "etc/services": "names of ports", "etc/protocols": "names of protocols", "etc/mime.types": "kinds of files",
    "etc/localtime": "the time zone", "etc/timezone": "the time zone", "usr/share/zoneinfo": "time zones",
    "etc/ssl": "certificates", "etc/pki": "certificates", "usr/share/ca-certificates": "certificates",
    "usr/local/share/ca-certificates": "certificates", "etc/os-release": "names the system",
    "usr/lib/os-release": "names the system", "tmp": "a place for temporary files",
    "var/tmp": "a place for temporary files", "run": "a place for sockets and locks",
    "var/run": "a place for sockets and locks", "dev": "devices", "proc": "the kernel's files",
    "sys": "the kernel's files",
}  # fmt: skip

_DATA = (
    "etc/{}", "etc/{}.conf", "etc/default/{}", "usr/lib/{}", "usr/lib/*-linux-gnu*/{}", "usr/libexec/{}",
    "usr/share/{}",
    "usr/local/lib/{}", "usr/local/share/{}", "usr/local/etc/{}", "usr/local/{}", "opt/{}", "var/lib/{}", "var/log/{}",
    "var/cache/{}", "var/spool/{}", "srv/{}", "run/{}", "usr/lib64/{}",
)  # fmt: skip


class Service(NamedTuple):
    """A command of a process manager."""

    words: Fields
    phase: Phase
    why: str


def around(
    folder: str, user: str, volumes: tuple[str, ...], files: Files, need: Callable[[str, Phase, str], None]
) -> None:
    """What every container is given or may count on."""
    for path, why in _ALWAYS.items():
        need(path, "main", why)
    need(join("", folder), "main", "the working directory")
    for volume in volumes:
        need(join("", volume), "main", "a volume")
    if home := _home(user.partition(":")[0] or "0", read(files, "etc/passwd") or ""):
        need(home, "main", "the home of the user")


def _home(user: str, passwd: str) -> str:
    for line in passwd.splitlines():
        fields = line.split(":")
        if len(fields) >= 6 and user in (fields[0], fields[2]):
            return join("", fields[5])
    return "root" if user in ("0", "root") else ""


def beside(named: str, path: str, files: Files) -> Iterator[tuple[str, str]]:
    """Folders that belong to a program: one above its own bin, and those with its name, or the name it was run by."""
    home = posixpath.dirname(posixpath.dirname(path))
    if posixpath.basename(posixpath.dirname(path)) in ("bin", "sbin") and home not in SHARED_FOLDERS:
        yield home, f"the folder of /{path}"
    elif posixpath.dirname(path) not in SHARED_FOLDERS:
        yield posixpath.dirname(path), f"beside /{path}"
    for name in sorted(_names(path) | _names(named)):
        for pattern in _DATA:
            for found in matching(files, pattern.format(name)):
                yield found, f"has the name of /{path}"


def _names(path: str) -> set[str]:
    """What the folders of a program may be called: `redis-server` has `redis`, `mysqld` has `mysql`."""
    base = re.sub(r"[][*?]", "", posixpath.basename(path))
    parts = path.split("/")
    names = {base, re.sub(r"[-_]?(server|daemon|ctl|cli)$", "", base), re.sub(r"(?<=\w{3})d$", "", base)}
    names |= {re.sub(r"[-\d.]+$", "", name) for name in names}
    if parts[:2] == ["usr", "lib"] and len(parts) > 4:
        names |= {parts[2], f"{parts[2]}-common"}
    return {name for name in names if len(name) > 2} - {"bin", "lib", "python", "java", "perl", "x86_64-linux-gnu"}


def supervised(name: str, files: Files, words: Fields) -> Iterator[Service]:
    """The commands that a process manager runs by its own settings."""
    if name == "supervisord":
        yield from _supervisor(files, words)
    elif name in ("s6-svscan", "init") or name.startswith("s6-overlay"):
        yield from _runs(files, ("etc/services.d/*/run", "run/service/*/run", "etc/s6-overlay/s6-rc.d/*/run"), "main")
        yield from _runs(files, ("etc/cont-init.d/*", "etc/s6-overlay/s6-rc.d/*/up", "etc/fix-attrs.d/*"), "start")
    elif name in ("runsvdir", "runsvdir-start", "runit", "runit-init", "runsv"):
        yield from _runs(files, ("etc/service/*/run", "etc/sv/*/run", "service/*/run"), "main")


def _runs(files: Files, patterns: tuple[str, ...], phase: Phase) -> Iterator[Service]:
    for pattern in patterns:
        for path in matching(files, pattern):
            yield Service((f"/{path}",), phase, f"the service /{path}")


def _supervisor(files: Files, words: Fields) -> Iterator[Service]:
    """Its file as `-c` names it, or where it looks by itself, and those that [include] names."""
    named = [words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-c", "--configuration")]
    pending = [join("", path) for path in named if path] or [
        *("etc/supervisor/supervisord.conf", "etc/supervisord.conf", "usr/local/etc/supervisord.conf")
    ]
    seen = set[str]()
    while pending:
        path = pending.pop(0)
        text = read(files, path) if path not in seen and len(seen) < 64 else None
        seen.add(path)
        for line in (text or "").splitlines():
            key, equals, value = line.partition("=")
            value = re.sub(r"\s;.*", "", value).strip()
            if equals and key.strip() == "command":
                yield Service(tuple(value.split()), "main", f"/{path}")
            elif equals and key.strip() == "files":
                for pattern in value.split():
                    base = "" if pattern.startswith("/") else posixpath.dirname(path)
                    pending += matching(files, join(base, pattern))
