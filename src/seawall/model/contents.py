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
    (`busybox`, `curl`); `applets` those that one program holds in itself. `text` is a script's content, "" where
    longer than is kept.
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
    text: str = ""


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
