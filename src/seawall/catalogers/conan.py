"""Libraries of C and C++ that Conan resolved: they are linked into programs, and leave nothing else behind."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from seawall.catalogers.cataloger import Example, cataloger, document
from seawall.errors import Malformed
from seawall.model import Package
from seawall.safe.limits import DEFAULT, Limits

REFERENCE = re.compile(r"([a-z0-9_][\w.+-]*)/([^\s/@#%:]+)(?:@(?:([\w.+-]+)/[\w.+-]+)?)?(?:[#%:].*)?", re.DOTALL)

CONAN_2 = Example(
    path="app/conan.lock",
    content=b"""{"version": "0.5", "requires": ["zlib/1.2.13#97d5730b529b4224045fe7090592d4c1%1692672717.68",
 "boost/1.81.0@acme/stable#9f2d"], "build_requires": ["cmake/3.25.3#1"], "python_requires": []}""",
    finds=(
        Package(type="conan", name="zlib", version="1.2.13", path="app/conan.lock"),
        Package(type="conan", namespace="acme", name="boost", version="1.81.0", path="app/conan.lock"),
    ),
)
CONAN_1 = Example(
    path="src/conan.lock",
    content=b"""{"graph_lock": {"nodes": {"0": {"ref": "own/1.0", "requires": ["1"]}, "1": {"ref": "openssl/1.1.1k#0e"},
 "2": {"ref": "cmake/3.20.0", "context": "build"}}}, "version": "0.4"}""",
    finds=(
        Package(type="conan", name="own", version="1.0", path="src/conan.lock"),
        Package(type="conan", name="openssl", version="1.1.1k", path="src/conan.lock"),
    ),
)


class _Node(msgspec.Struct, frozen=True):
    ref: str | None = None
    context: str = "host"


class _Graph(msgspec.Struct, frozen=True):
    nodes: dict[str, _Node] = {}


class _Lock(msgspec.Struct, frozen=True):
    requires: tuple[str, ...] | None = None
    graph_lock: _Graph | None = None


@cataloger("**/conan.lock", examples=[CONAN_2, CONAN_1], bounded=True)
def conan(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Package]:
    """The libraries that a lock file of Conan 1 or 2 names, tools of the build left out.

    The namespace of a purl is the user of `name/version@user/channel`.
    https://docs.conan.io/2/reference/commands/lock.html
    """
    lock = document(path, content, _Lock, limits)
    if lock.requires is None and lock.graph_lock is None:
        raise Malformed("this lock file names no libraries in a way that is known", where=path)
    nodes = lock.graph_lock.nodes.values() if lock.graph_lock else ()
    for said in (*(lock.requires or ()), *(node.ref for node in nodes if node.ref and node.context == "host")):
        found = REFERENCE.fullmatch(said)
        if not found:
            raise Malformed(f"{said[:100]!r} is no reference of Conan", where=path)
        yield Package(type="conan", namespace=found[3] or "", name=found[1], version=found[2], path=path)
