"""Packages of Alpine, Wolfi and Chainguard."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.catalogers.cataloger import Example, Owns, Record, cataloger, owns, text
from seawall.errors import Malformed
from seawall.model import NotAssessed, Package
from seawall.safe.limits import DEFAULT, Limits

FIELD = re.compile(r"^([PVAo]):(.*)$", re.MULTILINE)
STANZA = re.compile(r"(?:.+\n?)+")
WORD = re.compile(r"[^\s/]+")

EXAMPLE = Example(
    path="lib/apk/db/installed",
    content=b"""\
C:Q1yhJHGSZ80L7cL0y4UKKGrBPwrUQ=
P:libssl3
V:3.1.4-r1
A:x86_64
o:openssl
F:lib
R:libssl.so.3
a:0:0:755

P:py3-six
V:1.16.0-r8
A:x86_64
o:py3-six
F:usr/lib/python3.11/site-packages/six-1.16.0-py3.11.egg-info
R:PKG-INFO

P:cut-short
""",
    finds=(
        Package(
            type="apk", name="libssl3", version="3.1.4-r1", arch="x86_64", source="openssl", path="lib/apk/db/installed"
        ),
        Owns(package="libssl3", paths=("lib/libssl.so.3",)),
        Package(type="apk", name="py3-six", version="1.16.0-r8", arch="x86_64", path="lib/apk/db/installed"),
        Owns(package="py3-six", paths=("usr/lib/python3.11/site-packages/six-1.16.0-py3.11.egg-info/PKG-INFO",)),
        NotAssessed(what="package cut-short", where="lib/apk/db/installed", why="its record has no version"),
    ),
)


@cataloger("lib/apk/db/installed", "usr/lib/apk/db/installed", examples=[EXAMPLE], bounded=True)
def apk(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Record]:
    """One record a package, a blank line between records, one `letter:value` a line.

    `o` is the source package (the origin), `F` a folder, and each `R` after it a file in that folder.
    """
    said = text(path, content, limits)
    if said.strip() and not re.search("^P:", said, re.MULTILINE):
        raise Malformed("this holds no apk record", where=path)
    for record in (stanza[0] for stanza in STANZA.finditer(said)):
        fields = dict(FIELD.findall(record))
        name, version = (fields.get(letter, "").strip() for letter in "PV")
        if not fields:
            continue
        if not WORD.fullmatch(name):
            yield NotAssessed(what="a package", where=path, why="its record has no name")
        elif not WORD.fullmatch(version):
            yield NotAssessed(what=f"package {name}", where=path, why="its record has no version")
        else:
            source = fields.get("o", "").strip()
            yield Package(
                type="apk",
                name=name,
                version=version,
                arch=fields.get("A", "").strip(),
                source=source if source != name else "",
                path=path,
            )
            yield owns(name, _files(record), where=path, size=len(record))


def _files(record: str) -> Iterator[str]:
    folder = ""
    for line in record.splitlines():
        if line.startswith("F:"):
            folder = line[2:] + "/" if line[2:] else ""
        elif line.startswith("R:"):
            yield folder + line[2:]
