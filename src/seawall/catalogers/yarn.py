"""npm packages that Yarn 2 and later keep, and run, in zip archives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.catalogers.cataloger import Example, Record, cataloger
from seawall.catalogers.node import node
from seawall.model import Package
from seawall.safe.limits import DEFAULT, Limits
from seawall.safe.zip import Zip

ROOT = re.compile(r"node_modules/(?:@[^/]+/)?[^/]+/package\.json")

LODASH_ZIP = (
    b"PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00!\x00\xf4\xe7/3(\x00\x00\x00(\x00\x00\x00 \x00\x00\x00"
    b'node_modules/lodash/package.json{"name": "lodash", "version": "4.17.20"}'
    b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x00\x00\x00\x00!\x00\xf4\xe7/3(\x00\x00\x00(\x00\x00\x00 \x00\x00\x00"
    b"\x00\x00\x00\x00\x00\x00\x00\x00\x80\x01\x00\x00\x00\x00node_modules/lodash/package.json"
    b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00N\x00\x00\x00f\x00\x00\x00\x00\x00"
)
LODASH = Example(
    path="app/.yarn/cache/lodash-npm-4.17.20-382451519-b31afa09.zip",
    content=LODASH_ZIP,
    finds=(
        Package(
            type="npm",
            name="lodash",
            version="4.17.20",
            path="app/.yarn/cache/lodash-npm-4.17.20-382451519-b31afa09.zip!/node_modules/lodash/package.json",
        ),
    ),
)


@cataloger("**/.yarn/cache/*.zip", "**/.yarn/berry/cache/*.zip", examples=[LODASH], bounded=True)
def yarn(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Record]:
    """One package a zip, its package.json in the folder that node_modules would have. Plug'n'Play runs it from there.

    pnpm keeps plain folders, which `node` finds.
    """
    archive = Zip(content, where=path, limits=limits)
    for name in archive.names:
        if ROOT.fullmatch(name):
            yield from node.read(f"{path}!/{name}", archive.read(name), limits=limits)
