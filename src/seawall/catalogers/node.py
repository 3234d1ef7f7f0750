"""Installed npm packages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.catalogers.cataloger import Example, cataloger, text
from seawall.errors import Malformed
from seawall.model import Package
from seawall.safe import json
from seawall.safe.limits import DEFAULT, Limits

NAME = re.compile(r"(?:(@[^/@\s]+)/)?([^/@\s]+)")

FIXTURES = re.compile(r"(?:bench(?:mark)?|demo|example|fixture|mock|spec|test|test-fixture)s?|testdata|__\w+__")
"""Folders inside a package whose node_modules are input of its tests: nothing loads them when the package runs."""

CORE = Example(
    path="app/node_modules/@babel/core/package.json",
    content=b'{"name": "@babel/core", "version": "7.23.0", "main": "./lib/index.js"}',
    finds=(
        Package(
            type="npm",
            namespace="@babel",
            name="core",
            version="7.23.0",
            path="app/node_modules/@babel/core/package.json",
        ),
    ),
)
STUB = Example(path="app/node_modules/esm/package.json", content=b'{"type": "module"}', finds=())
FIXTURE = Example(
    path="app/node_modules/resolve/test/node_modules/left-pad/package.json",
    content=b'{"name": "left-pad", "version": "0.0.1"}',
    finds=(),
)


@cataloger(
    "**/node_modules/*/package.json",
    "**/node_modules/@*/*/package.json",
    "usr/share/nodejs/*/package.json",
    "usr/share/nodejs/@*/*/package.json",
    "opt/yarn-*/package.json",
    examples=[CORE, STUB, FIXTURE],
    bounded=True,
)
def node(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Package]:
    """The package.json at the root of a package that npm, yarn, pnpm or Debian installed.

    Its own name counts, not the folder's, which may be an alias. Without name and version, or private, it is not a
    package of the registry: a stub, a workspace, or the application. Test fixtures are not packages either: FIXTURES.
    """
    if _is_fixture(path):
        return
    said = json.load(text(path, content, limits).encode(), where=path, limits=limits)
    if not isinstance(said, dict):
        raise Malformed("a package.json holds an object", where=path)
    name, version = said.get("name"), said.get("version")
    if name in (None, "") or version in (None, "") or said.get("private") is True:
        return
    parts = NAME.fullmatch(name) if isinstance(name, str) else None
    if parts is None or not isinstance(version, str) or not re.fullmatch(r"\S+", version.strip()):
        raise Malformed("its name or version cannot be read", where=path)
    yield Package(type="npm", namespace=parts[1] or "", name=parts[2], version=version.strip(), path=path)


def _is_fixture(path: str) -> bool:
    """Whether a folder between a package and a node_modules below it is one of FIXTURES."""
    *nested, _last = path.split("node_modules/")[1:] or [""]
    folders = (folder for inner in nested for folder in inner.split("/")[2 if inner.startswith("@") else 1 :])
    return any(map(FIXTURES.fullmatch, folders))
