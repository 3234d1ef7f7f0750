"""What programs made by Go say they were built from."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from itertools import pairwise

from seawall.catalogers.cataloger import Example, Record, cataloger
from seawall.errors import LimitExceeded, Malformed
from seawall.model import NotAssessed, Package
from seawall.safe.executable import ELF, PE, Executable, is_go, is_packed, parse
from seawall.safe.limits import DEFAULT, Limits

MAGIC = b"\xff Go buildinf:"
ALIGNED = 16
INLINE = 2
"""The flag of Go 1.18 and later: both strings follow the header, each after its length. Before, it had pointers."""

FRAME = 16
"""Bytes around the list of modules that mark it in the memory of a running program."""

NAMED = 5
"""Modules that a line on many of them names."""

MODULE = re.compile(r"[A-Za-z0-9][\w.~/+-]*")
TOOLCHAIN = re.compile(r"(devel )?go(\d+\.\d+)(?:\.(\d+))?(rc|beta)?(\d+)?")

STAMP = re.compile(
    r"""-X[ =]["']?(?P<package>[\w.~/-]+)\.                          # a variable of a package
    (?:app|build|cli|current|git|release)?_?version=v?(?P<version>\d+\.\d+\.\d+[\w.+-]*)""",
    re.IGNORECASE | re.VERBOSE,
)
"""A version that the build sets in a variable of the program (`-ldflags "-X main.version=1.2.3"`)."""

PROGRAM = Example(
    path="usr/local/bin/app",
    content=ELF.ljust(64, b"\0")
    + (MAGIC + b"\x08\x02").ljust(32, b"\0")
    + b"\x17go1.22.1 X:boringcrypto"
    + b"\xb6\x02"
    + bytes(FRAME)
    + b"path\texample.com/app\n"
    b"mod\texample.com/app\t(devel)\t\n"
    b"dep\tgithub.com/BurntSushi/toml\tv1.3.2\th1:o7IhL\n"
    b"dep\tgolang.org/x/net\tv0.10.0\n"
    b"=>\tgithub.com/acme/net\tv0.17.0\th1:pVaXc\n"
    b"dep\texample.com/app/api\tv0.0.0\n"
    b"=>\t./api\t(devel)\t\n"
    b"dep\texample.com/lib\tv1.0.0\n"
    b"=>\t../lib\t(devel)\t\n"
    b"build\tGOOS=linux\n" + bytes(FRAME),
    finds=(
        Package(type="golang", name="stdlib", version="1.22.1", path="usr/local/bin/app"),
        Package(type="golang", namespace="example.com", name="app", version="(devel)", path="usr/local/bin/app"),
        Package(
            type="golang", namespace="github.com/BurntSushi", name="toml", version="v1.3.2", path="usr/local/bin/app"
        ),
        Package(type="golang", namespace="github.com/acme", name="net", version="v0.17.0", path="usr/local/bin/app"),
        NotAssessed(
            what="1 module of this program",
            where="usr/local/bin/app",
            why="replaced by a folder, whose version nothing tells: example.com/lib",
        ),
    ),
)
UNREADABLE = "a Go program whose build info cannot be read"


@cataloger(examples=[PROGRAM], bounded=True, magic=(ELF, PE))
def go(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Record]:
    """The build info of a program, stripped or not: Go's version as the package `stdlib`, the main module, all others.

    A module that another replaces is not in the program, the other one is; one that a folder replaces is told, unless
    it belongs to the main module's own tree. A main module built outside of a release has the version that the build
    stamped into it, else (devel). Programs of before Go 1.13 have no build info; those that garble or UPX went over
    hide it, and it is told. What is compiled into Go through cgo says nothing here.
    """
    head = content[:4096]
    program = parse(content)
    blob = _build_info(content, program)
    if blob is not None:
        yield from _records(path, content, program, blob, limits)
    elif is_packed(head):
        why = "it is packed with UPX: what it was built from cannot be read"
        yield NotAssessed(what="packages in this program", where=path, why=why)
    elif is_go(head) or program.section(".gopclntab"):
        yield NotAssessed(what="packages in this program", where=path, why=UNREADABLE)


def _build_info(content: bytes, program: Executable) -> int | None:
    """Where the build info is: in its section, else, in a program without sections or of Windows, where its mark is."""
    section = program.section(".go.buildinfo")
    if section:
        return section[0] if content.startswith(MAGIC, section[0]) else None
    if program.sections and content.startswith(ELF):
        return None
    at = content.find(MAGIC)
    while at >= 0 and at % ALIGNED:
        at = content.find(MAGIC, at + 1)
    return at if at >= 0 else None


def _records(path: str, content: bytes, program: Executable, blob: int, limits: Limits) -> Iterator[Record]:
    try:
        version, modules = _strings(path, content, program, blob, limits)
    except (struct.error, IndexError, OverflowError):
        raise Malformed(f"{UNREADABLE}: it is cut short", where=path) from None
    toolchain = TOOLCHAIN.match(version)
    if toolchain is None:
        yield NotAssessed(what="Go's standard library in this program", where=path, why=f"{UNREADABLE}: no version")
    else:
        yield Package(type="golang", name="stdlib", version=_semantic(toolchain), path=path)
    framed = modules[-FRAME - 1 : -FRAME] == b"\n"
    said = modules[FRAME:-FRAME].decode(errors="replace") if framed else ""
    yield from _modules(path, said)
    if not re.search("^(?:mod|dep|path\tcmd/)", said, re.MULTILINE):
        why = "its build info names none, as where Bazel or GOPATH built it"
        yield NotAssessed(what="modules of this program", where=path, why=why)


def _strings(path: str, content: bytes, program: Executable, blob: int, limits: Limits) -> tuple[str, bytes]:
    """The version of Go, and the list of modules."""
    if content[blob + 15] & INLINE:
        version, at = _counted(content, blob + 32)
        modules, _ = _counted(content, at)
    else:
        width, order = content[blob + 14], ">" if content[blob + 15] & 1 else "<"
        if width not in (4, 8):
            raise Malformed(f"{UNREADABLE}: its pointers have {width} bytes", where=path)
        pair = struct.Struct(order + ("QQ" if width == 8 else "II"))
        version, modules = (
            _pointed(content, program, address, pair) for address in pair.unpack_from(content, blob + 16)
        )
    if len(modules) > limits.go_build_info_bytes:
        raise LimitExceeded("go_build_info_bytes", limits.go_build_info_bytes, where=path, found=len(modules))
    return version[:200].decode(errors="replace"), modules


def _counted(content: bytes, at: int) -> tuple[bytes, int]:
    """A string after its length, of which each byte gives seven bits, the lowest first; and what follows."""
    length = shift = 0
    while True:
        byte = content[at]
        at += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 or shift > 63:
            break
    if at + length > len(content):
        raise IndexError
    return content[at : at + length], at + length


def _pointed(content: bytes, program: Executable, address: int, pair: struct.Struct) -> bytes:
    """A string whose address and length stand at an address; empty where there is none."""
    at = program.offset(address, pair.size)
    if at is None:
        return b""
    start, length = pair.unpack_from(content, at)
    begin = program.offset(start, length)
    return b"" if begin is None else content[begin : begin + length]


def _semantic(toolchain: re.Match[str]) -> str:
    """Go's own version as the advisories of stdlib write it: go1.22rc1 is 1.22.0-rc.1."""
    devel, minor, patch, stage, number = toolchain.groups()
    if devel:
        return f"{minor}.0-devel"
    if stage:
        return f"{minor}.{patch or 0}-{stage}.{number or 0}"
    return f"{minor}.{patch}" if patch else minor


def _stamped(listed: str, main: str) -> str:
    """The version of the main module that was set in its package `main` or in another of its own; "" without one."""
    flags = next((line for line in listed.splitlines() if line.startswith("build\t-ldflags=")), "")
    own = (
        stamp["version"] for stamp in STAMP.finditer(flags) if f"{stamp['package']}/".startswith(("main/", f"{main}/"))
    )
    return next((f"v{version}" for version in own), "")


def _modules(path: str, listed: str) -> Iterator[Package | NotAssessed]:
    lines = [line.split("\t") for line in listed.splitlines()]
    main, folders = "", list[str]()
    for line, after in pairwise([*lines, [""]]):
        if line[0] not in ("mod", "dep") or len(line) < 3:
            continue
        name, version = line[1:3]
        if line[0] == "mod":
            main, version = name, (_stamped(listed, name) or version) if version == "(devel)" else version
        if line[0] == "dep" and after[0] == "=>" and len(after) > 2:
            if after[1].startswith((".", "/")):
                folders += [name] if not name.startswith(f"{main}/") else []
                continue
            name, version = after[1:3]
        if MODULE.fullmatch(name) and re.fullmatch(r"\S+", version):
            namespace, _, last = name.rpartition("/")
            yield Package(type="golang", namespace=namespace, name=last, version=version, path=path)
        else:
            yield NotAssessed(what=f"a module of this program: {name[:100]!r}", where=path, why="it has no version")
    if folders:
        what = f"{len(folders)} module{'s' if len(folders) > 1 else ''} of this program"
        names = ", ".join(folders[:NAMED]) + (" …" if len(folders) > NAMED else "")
        yield NotAssessed(
            what=what, where=path, why=f"replaced by a folder, whose version nothing tells: {names[:1000]}"
        )
