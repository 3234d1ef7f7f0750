"""Minimal bases, and which of them fits what an image really runs: runtime, C library, shared libraries.

Looked up 2026-11-23. Sources: https://github.com/GoogleContainerTools/distroless (README, base, cc),
https://packages.debian.org (versions of glibc, Python and Node in Debian 12),
https://github.com/dotnet/dotnet-docker/blob/main/documentation/distroless.md,
https://learn.microsoft.com/java/openjdk/containers,
https://learn.microsoft.com/azure/azure-linux/container-images-overview.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

import msgspec

from seawall.model import Image, Program

_LIBC = ("ld-linux", "libc.so", "libm.so", "libpthread.so", "libdl.so", "librt.so", "libresolv.so", "libutil.so",
         "libnss_", "libanl.so", "libmvec.so")  # fmt: skip
_SSL = ("libssl.so.3", "libcrypto.so.3")
_CC = ("libstdc++.so.6", "libgcc_s.so.1", "libgomp.so.1")


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """A base without shell and package manager. `runtime` is what it starts, "" for none, at `version` ("" for one
    that its tag says). `glibc` is "" where it is not known here, `libraries` those beside glibc, None where they are
    not known here. All have CA certificates; `lacks` are sentences on what programs expect and it has not."""

    name: str
    runtime: str = ""
    version: str = ""
    libc: bool = True
    glibc: str = ""
    libraries: tuple[str, ...] | None = ()
    lacks: tuple[str, ...] = ()


_INVARIANT = ("no ICU and no time zones: take its -extra variant where the program formats dates or compares text",)
_DISTROLESS, _DOTNET = "gcr.io/distroless", "mcr.microsoft.com/dotnet/aspnet"


def _of(runtime: str, version: str, name: str, glibc: str, lacks: tuple[str, ...] = ()) -> Base:
    return Base(name=name, runtime=runtime, version=version, glibc=glibc, libraries=None, lacks=lacks)


BASES = (
    Base(name=f"{_DISTROLESS}/static-debian12:nonroot", libc=False),
    Base(name="mcr.microsoft.com/azurelinux/distroless/minimal:3.0", libc=False),
    Base(name=f"{_DISTROLESS}/base-nossl-debian12:nonroot", glibc="2.36"),
    Base(name=f"{_DISTROLESS}/base-debian12:nonroot", glibc="2.36", libraries=_SSL),
    Base(name=f"{_DISTROLESS}/cc-debian12:nonroot", glibc="2.36", libraries=(*_SSL, *_CC)),
    Base(name="mcr.microsoft.com/azurelinux/distroless/base:3.0", glibc="2.38", libraries=None),
    _of("python", "3.11", f"{_DISTROLESS}/python3-debian12:nonroot", "2.36"),
    *(_of("node", n, f"{_DISTROLESS}/nodejs{n}-debian12:nonroot", "2.36") for n in ("20", "22", "24")),
    *(_of("java", n, f"{_DISTROLESS}/java{n}-debian12:nonroot", "2.36") for n in ("17", "21")),
    *(_of("java", n, f"mcr.microsoft.com/openjdk/jdk:{n}-distroless", "2.38") for n in ("11", "17", "21", "25")),
    *(_of("dotnet", n, f"{_DOTNET}:{n}-noble-chiseled", "2.39", _INVARIANT) for n in ("8.0", "9.0", "10.0")),
    *(_of("dotnet", n, f"{_DOTNET}:{n}-azurelinux3.0-distroless", "2.38", _INVARIANT) for n in ("8.0", "9.0", "10.0")),
)
_PARTS = {"python": 2, "node": 1, "java": 1, "dotnet": 2}
"""How many parts of a version have to be the same."""
_PROGRAMS = {"python": r"python[\d.]*", "node": r"node(?:js)?", "java": r"java", "dotnet": r"dotnet"}


def bases(image: Image) -> tuple[str, ...]:
    """Sentences: which bases fit what the image runs after its start, and what would break on them."""
    contents = image.contents
    trace = contents.trace if contents else None
    if contents is None or trace is None:
        return ("which base fits is not known: what the image runs was not traced",)
    known = {path: each for each in contents.programs for path in (each.path, *each.links)}
    main = [known[run.path] for run in trace.runs if run.phase == "main" and run.path in known]
    main = [each for each in main if each.kind == "elf"]
    if not main:
        return ("which base fits is not known: no program that stays was found",)
    if any("ld-musl" in each.interpreter for each in main):
        return ("it is linked with musl, and no base listed here has that: link it statically, or build it for glibc",)
    needed = [known[each.path] for each in trace.needs if each.phase == "main" and each.path in known]
    runtime, version = _runtime(main, image)
    libraries = _libraries(needed)
    glibc = max((_number(each.glibc) for each in needed if each.glibc and not _of_libc(each.path)), default=())
    static = all(each.static for each in main)
    found = [each for each in BASES if _fits(each, runtime, version, static)]
    if not found:
        what = f"{runtime} {version}".strip()
        return (f"no base listed here has {what}: take the same version, or copy the runtime onto a cc base",)
    breaks = {each.name: [*_breaks(each, libraries, glibc)] for each in found}
    told = [f"{name}: {', '.join(why) or 'fits'}" for name, why in sorted(breaks.items(), key=lambda one: len(one[1]))]
    fits = [f"fits: {each.removesuffix(': fits')}" for each in told if each.endswith(": fits")]
    others = [f"would do, but {each}" for each in told if not each.endswith(": fits")]
    shells = sorted({tool for each in main for tool in each.tools if tool in ("bash", "dash", "busybox", "zsh", "ksh")})
    also = [f"on any of them breaks what {', '.join(shells)} runs, for it stays to the end"] if shells else []
    also += [f"not followed: {sentence}" for sentence in trace.unknown[:5]]
    return tuple(f"base: {each}" for each in (*fits[:3], *(others[:3] if len(fits) < 2 else ()), *also))


def _fits(base: Base, runtime: str, version: str, static: bool) -> bool:
    if base.runtime != runtime:
        return False
    if runtime:
        return bool(version) and version.split(".")[: _PARTS[runtime]] == base.version.split(".")[: _PARTS[runtime]]
    return static or base.libc


def _breaks(base: Base, libraries: tuple[str, ...], glibc: tuple[int, ...]) -> Iterator[str]:
    if glibc and base.libc and base.glibc and _number(base.glibc) < glibc:
        yield f"it has glibc {base.glibc}, and {'.'.join(map(str, glibc))} is needed"
    if base.libraries is not None and (missing := [each for each in libraries if each not in base.libraries]):
        yield f"copy {', '.join(missing[:8])}{' and more' if len(missing) > 8 else ''}, which it has not"
    elif base.libraries is None and libraries and not base.runtime:
        yield f"whether it has {', '.join(libraries[:8])} is not known here"
    yield from base.lacks


def _runtime(main: list[Program], image: Image) -> tuple[str, str]:
    """Which language's runtime stays, and its version, "" where that is not told."""
    for each in main:
        name = posixpath.basename(each.path)
        for runtime, pattern in _PROGRAMS.items():
            if re.fullmatch(pattern, name) or runtime in each.tools:
                return runtime, _version(runtime, each, image)
    return "", ""


def _version(runtime: str, program: Program, image: Image) -> str:
    if match := re.search(r"python(\d\.\d+)|(?:java|jdk|jre)-?(\d+)", program.path):
        return match[1] or match[2]
    named = {"python": r"c?python|python3", "node": r"node(?:js)?", "java": r"(?:open)?j(?:dk|re)\S*|java",
             "dotnet": r"Microsoft\.NETCore\.App(?:\.Runtime\S*)?|dotnet-runtime\S*"}[runtime]  # fmt: skip
    found = {each.version for each in image.packages if re.fullmatch(named, each.name)}
    match = re.match(r"(?:\d+:)?(\d+(?:\.\d+)*)", found.pop()) if len(found) == 1 else None
    return match[1] if match else ""


def _libraries(needed: list[Program]) -> tuple[str, ...]:
    """Sonames that programs and libraries ask for, beside glibc's own."""
    return tuple(sorted({name for each in needed for name in each.needed if not _of_libc(name)}))


def _of_libc(path: str) -> bool:
    return posixpath.basename(path).startswith(_LIBC)


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
