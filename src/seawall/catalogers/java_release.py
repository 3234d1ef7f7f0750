"""Java runtimes that were unpacked into an image by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.catalogers.cataloger import Example, cataloger, text
from seawall.catalogers.os_release import assignments
from seawall.model import Package
from seawall.safe.limits import DEFAULT, Limits

VERSION = re.compile(r"\d[\w.+-]*")

TEMURIN = Example(
    path="opt/java/openjdk/release",
    content=b'IMPLEMENTOR="Eclipse Adoptium"\nJAVA_RUNTIME_VERSION="17.0.9+9"\nJAVA_VERSION="17.0.9"\n',
    finds=(Package(type="generic", name="openjdk", version="17.0.9+9", path="opt/java/openjdk/release"),),
)
OTHER = Example(path="etc/release", content=b"17\n", finds=())


@cataloger("**/release", examples=[TEMURIN, OTHER], bounded=True)
def java_release(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Package]:
    """The file `release` at the root of a Java runtime, which says its version; other files of that name say nothing.

    It is listed as openjdk, or as oracle-jdk where Oracle made it. `assemble` leaves out what the distro installed.
    """
    if b"JAVA_VERSION=" not in content:
        return
    fields = assignments(text(path, content, limits))
    version = fields.get("JAVA_RUNTIME_VERSION") or fields.get("JAVA_VERSION", "")
    if VERSION.fullmatch(version):
        name = "oracle-jdk" if fields.get("IMPLEMENTOR") == "Oracle Corporation" else "openjdk"
        yield Package(type="generic", name=name, version=version, path=path)
