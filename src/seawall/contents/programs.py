"""What a program is by its content: how it is loaded, and which tool it is, whatever its name."""

from __future__ import annotations

import re

from seawall.contents.tools import APPLETS, SCRIPTS, SIGNATURES, Signature
from seawall.model import Program
from seawall.safe.executable import ELF, Executable, Linkage, is_packed, linkage, parse

SCRIPT_MAX = 64 << 10
"""Characters of a shell's script that are kept to be followed: entry points are some thousand."""

OTHER_SCRIPT_MAX = 4 << 10
"""The same for scripts of other interpreters: what pip makes to start a program is shorter."""

_SHELLS = re.compile(r"(?:^|/)(?:ba|da|a|z|k|mk|)sh$")
_APPLETS = re.compile(rb"(?:[a-z0-9_.+\-\[]{1,24}\0){8,}")
_NONE: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
_USUAL = frozenset({"cat", "echo", "ls", "sh", "test", "wget", "nc", "["})
_TOYBOX = (b"toybox", b"multicall binary")


def program(path: str, content: bytes) -> Program | None:
    """The program in a file; None where it is none."""
    if content.startswith(ELF):
        return _elf(path, content)
    return _script(path, content)


def _script(path: str, content: bytes) -> Program | None:
    first, *words = [""]
    if content.startswith(b"#!"):
        line = content[2:4096].partition(b"\n")[0].decode("utf-8", "replace").strip()
        first, _, rest = line.partition(" ")
        words = [rest.strip()] if rest.strip() else []
    elif not path.endswith((".sh", "/__main__.py")):
        return None
    shell = path.endswith(".sh") or _SHELLS.search(words[0].split()[0] if words and "env" in first else first)
    kept = len(content) <= (SCRIPT_MAX if shell else OTHER_SCRIPT_MAX)
    return Program(
        path=path,
        kind="script",
        size=len(content),
        interpreter=first,
        arguments=tuple(words),
        tools=tuple(dict.fromkeys(tool for tool, _, text in SCRIPTS if text in content)),
        text=content.decode("utf-8", "replace") if kept else "",
    )


def _elf(path: str, content: bytes) -> Program:
    parts = parse(content)
    links = linkage(content, parts)
    packed = is_packed(content)
    tools, applets = _tools(content, parts, links) if links.program and not packed else _NONE
    return Program(
        path=path,
        kind="elf",
        size=len(content),
        interpreter=parts.interpreter,
        needed=links.needed,
        search=links.search,
        static=links.program and not parts.interpreter,
        tools=tools,
        applets=applets,
        packed=packed,
        glibc=_glibc(content[slice(*links.names)]),
    )


def _glibc(names: bytes) -> str:
    """The newest version of glibc's symbols among the names that the file links by: it runs with none that is older."""
    versions = [tuple(map(int, found.split(b"."))) for found in re.findall(rb"\0GLIBC_(2\.\d{1,3})(?=[.\0])", names)]
    return ".".join(map(str, max(versions))) if versions else ""


def _tools(content: bytes, parts: Executable, links: Linkage) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tools and applets that a program is."""
    if build := parts.section(".go.buildinfo"):
        return tuple(each.tool for each in SIGNATURES if each.go and _go(content[slice(*build)], each.go)), ()
    start, end = parts.section(".rodata") or (0, len(content))
    names = content[slice(*links.names)]
    if content.find(b"BusyBox v", start, end) >= 0:
        return ("busybox",), _busybox(content[start:end])
    if all(content.find(text, start, end) >= 0 for text in _TOYBOX):
        return ("toybox",), _toybox(content[start:end])
    found = dict.fromkeys(
        each.tool for each in SIGNATURES if not each.go and _is(each, content, start, end, names, links.needed)
    )
    if "javac" in found:
        del found["java"]
    return tuple(found), ()


def _is(each: Signature, content: bytes, start: int, end: int, names: bytes, needed: tuple[str, ...]) -> bool:
    """The cheap questions first."""
    return (
        len(content) < each.below
        and (not each.library or any(soname.startswith(each.library) for soname in needed))
        and all(b"\0" + name + b"\0" in names for name in each.names)
        and all(content.find(text, start, end) >= 0 for text in each.text)
    )


def _go(build: bytes, package: bytes) -> bool:
    return b"path\t" + package + b"\n" in build


def _busybox(constants: bytes) -> tuple[str, ...]:
    """The names of the applets lie one after the other, sorted: the longest such run that has a few of them."""
    best: list[str] = []
    for match in _APPLETS.finditer(constants):
        run = match.group().rstrip(b"\0").decode().split("\0")
        if len(run) > len(best) and not _USUAL.isdisjoint(run):
            best = run
    return tuple(best)


def _toybox(constants: bytes) -> tuple[str, ...]:
    """Its names do not lie together: those that matter, by their help or their name."""
    names = sorted(set().union(*APPLETS.values()))
    return tuple(
        name
        for name in names
        if b"usage: " + name.encode() + b" " in constants or b"\0" + name.encode() + b"\0" in constants
    )
