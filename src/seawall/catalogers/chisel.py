"""Packages of chiselled Ubuntu images, which most new .NET images are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import msgspec

from seawall.catalogers.cataloger import Example, Owns, Record, cataloger, owns
from seawall.errors import LimitExceeded, Malformed
from seawall.model import NotAssessed, Package
from seawall.safe import json
from seawall.safe.compression import CHUNK, open_stream
from seawall.safe.limits import DEFAULT, Limits

SOURCES = {
    "libbrotli1": "brotli",
    "libc6": "glibc",
    "libcap2": "libcap2",
    "libcom-err2": "e2fsprogs",
    "libcrypt1": "libxcrypt",
    "libexpat1": "expat",
    "libffi8": "libffi",
    "libgssapi-krb5-2": "krb5",
    "libicu70": "icu",
    "libicu74": "icu",
    "libk5crypto3": "krb5",
    "libkrb5-3": "krb5",
    "libkrb5support0": "krb5",
    "liblttng-ust1": "ust",
    "liblttng-ust1t64": "ust",
    "liblzma5": "xz-utils",
    "libncursesw6": "ncurses",
    "libpcre2-8-0": "pcre2",
    "libpython3.10-minimal": "python3.10",
    "libpython3.10-stdlib": "python3.10",
    "libpython3.12-minimal": "python3.12",
    "libpython3.12-stdlib": "python3.12",
    "libreadline8": "readline",
    "libreadline8t64": "readline",
    "libselinux1": "libselinux",
    "libsqlite3-0": "sqlite3",
    "libssl3": "openssl",
    "libssl3t64": "openssl",
    "libsystemd0": "systemd",
    "libtinfo6": "ncurses",
    "libudev1": "systemd",
    "libuuid1": "util-linux",
    "libxml2": "libxml2",
    "libyaml-0-2": "libyaml",
    "libzstd1": "libzstd",
    "zlib1g": "zlib",
}
"""The source packages of what is chiselled, of 22.04 and 24.04 (https://github.com/canonical/chisel-releases): the list
names none, and advisories speak of nothing else."""

OF_GCC = ("libgcc-s1", "libstdc++6")
"""Their source is named after the major version: gcc-12 for 12.3.0-1ubuntu1~22.04."""

LISTED = b"""\
{"jsonwall":"1.0","schema":"1.0","count":5}
{"kind":"content","slice":"libssl3t64_libs","path":"/usr/lib/ssl/a.jar"}
{"kind":"package","name":"libnew1","version":"1-1","sha256":"ab","arch":"amd64"}
{"kind":"package","name":"libssl3t64","version":"3.0.13-0ubuntu3.4","sha256":"ab","arch":"amd64"}
{"kind":"package","name":"openssl","version":"3.0.13-0ubuntu3.4","sha256":"ab","arch":"amd64"}
{"kind":"slice","name":"libssl3t64_libs"}
"""
WALL = "var/lib/chisel/manifest.wall"
MANIFEST = Example(
    path=WALL,
    content=LISTED,
    finds=(
        Package(type="deb", name="libnew1", version="1-1", arch="amd64", path=WALL),
        NotAssessed(
            what="advisories of libnew1 1-1",
            where=WALL,
            why="the list does not name its source package, of which the advisories speak",
        ),
        Package(type="deb", name="libssl3t64", version="3.0.13-0ubuntu3.4", arch="amd64", source="openssl", path=WALL),
        Package(type="deb", name="openssl", version="3.0.13-0ubuntu3.4", arch="amd64", path=WALL),
        Owns(package="libssl3t64", paths=("usr/lib/ssl/a.jar",)),
    ),
)


class _Line(msgspec.Struct, frozen=True):
    kind: str = ""
    name: str = ""
    version: str = ""
    arch: str = ""
    slice: str = ""
    path: str = ""


@cataloger(WALL, "**/chisel/manifest.wall", examples=[MANIFEST], bounded=True)
def chisel(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Record]:
    """The list that chisel leaves: a line of JSON for each package, slice and file, packed with zstd.

    https://documentation.ubuntu.com/chisel/en/latest/reference/manifest/
    """
    lines = _unpacked(path, content, limits).splitlines()
    if not lines or b'"jsonwall"' not in lines[0]:
        raise Malformed("this is no list of chisel", where=path)
    files: dict[str, list[str]] = {}
    for line in lines[1:]:
        said = json.decode(line, _Line, where=path, limits=limits)
        if said.kind == "content":
            files.setdefault(said.slice.partition("_")[0], []).append(said.path.lstrip("/"))
        elif said.kind == "package" and said.name and said.version:
            source = _source(said)
            yield Package(
                type="deb",
                name=said.name,
                version=said.version,
                arch=said.arch,
                source=source if source != said.name else "",
                path=path,
            )
            if not source:
                why = "the list does not name its source package, of which the advisories speak"
                yield NotAssessed(what=f"advisories of {said.name} {said.version}", where=path, why=why)
        elif said.kind == "package":
            yield NotAssessed(what="a package of this list", where=path, why="it has no name or no version")
    for package, paths in files.items():
        yield owns(package, paths, where=path, size=len(content))


def _source(said: _Line) -> str:
    """The source package: known, or what is no library and so has the name of its source; "" where nothing tells."""
    if said.name in OF_GCC:
        return f"gcc-{re.split('[^0-9]', said.version)[0]}"
    return SOURCES.get(said.name) or ("" if said.name.startswith("lib") else said.name)


def _unpacked(path: str, content: bytes, limits: Limits) -> bytes:
    stream = open_stream(BytesIO(content), where=path, limits=limits)
    pieces, size = [], 0
    while piece := stream.read(CHUNK):
        pieces.append(piece)
        size += len(piece)
        if size > limits.text_bytes:
            raise LimitExceeded("text_bytes", limits.text_bytes, where=path)
    return b"".join(pieces)
