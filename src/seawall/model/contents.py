"""What an image's files are, beside packages: what can be run, what is run, and what should not be shipped."""

from __future__ import annotations

from typing import Literal

import msgspec

Phase = Literal["start", "main"]


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """A file that can be run, by its content.

    `kind` is elf or script. `interpreter` is the loader of an ELF file ("" for a static one) or what a script's first
    line names, with its `arguments`. `needed` are the sonames that an ELF file asks for, `search` its RUNPATH or RPATH
    as written ($ORIGIN included). `tools` are the names of the tools that it is by content, whatever it is called
    (`busybox`, `curl`); `applets` those that one program holds in itself. `links` are the other paths, symbolic and
    hard links, that lead to it. `text` is a script's content, "" where longer than is kept. `packed`: what it is
    cannot be seen, for it unpacks itself when it runs. `glibc` is the least version of it that an ELF file asks for.
    """

    path: str
    kind: Literal["elf", "script"]
    size: int = 0
    layer: str = ""
    interpreter: str = ""
    arguments: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    static: bool = False
    tools: tuple[str, ...] = ()
    applets: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    text: str = ""
    packed: bool = False
    glibc: str = ""


class Special(msgspec.Struct, frozen=True, kw_only=True):
    """A file or folder with rights of its own: setuid or setgid, `capabilities` by name, or that all may write to.

    `mode` are the permission bits, `user` and `group` numbers.
    """

    path: str
    mode: int
    user: int
    group: int
    capabilities: tuple[str, ...] = ()
    folder: bool = False
    layer: str = ""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A line of /etc/passwd (`user` is its number) or /etc/shadow (`user` is None). `empty`: no password is asked."""

    path: str
    name: str
    user: int | None = None
    empty: bool = False


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """Something that looks like a secret: `what` it is, where, and its first letters, never the whole.

    `path` is a file, or "" for the image's configuration and history, which `place` then names. `hidden`: a later
    layer deletes or replaces the file, and this one still ships it.
    """

    what: str
    path: str = ""
    line: int = 0
    place: str = ""
    hint: str = ""
    layer: str = ""
    hidden: bool = False


class Leftover(msgspec.Struct, frozen=True, kw_only=True):
    """A file or folder that building the image left behind; `kind` is cache, source or settings."""

    path: str
    kind: Literal["cache", "source", "settings"]
    what: str


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One program that the container runs, in order.

    `path` is the real file, `command` its words as far as they are known, `why` says who runs it (`the entrypoint`,
    `exec in /entrypoint.sh, line 12`). `phase` is start for what ends before the main process begins.
    """

    path: str
    command: tuple[str, ...]
    phase: Phase
    why: str


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """A file or folder (with all in it) that what runs needs, and why: loader, library, runtime, script, settings."""

    path: str
    phase: Phase
    why: str
    folder: bool = False


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """What the container really runs, followed from Entrypoint and Cmd.

    `unknown` are sentences on what could not be followed (a command in a variable, a program that is not there):
    where there is one, what is not among the needs may still be needed.
    """

    runs: tuple[Run, ...] = ()
    needs: tuple[Need, ...] = ()
    unknown: tuple[str, ...] = ()


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. `files` counts those that were read; `trace` is None where nothing was followed. `skipped` are files,
    of hidden layers too, that may hold secrets and were not searched: too large, or no text that is known."""

    programs: tuple[Program, ...] = ()
    specials: tuple[Special, ...] = ()
    accounts: tuple[Account, ...] = ()
    secrets: tuple[Secret, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    files: int = 0
    skipped: tuple[str, ...] = ()
    trace: Trace | None = None
