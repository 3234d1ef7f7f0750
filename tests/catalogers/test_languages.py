"""Python and Node packages as their own tools list them."""

from __future__ import annotations

import importlib.metadata
import os
import sysconfig
from pathlib import Path

import pytest

from seawall.catalogers import catalog, wants
from seawall.model import NotAssessed, Package

SITE = Path(sysconfig.get_paths()["purelib"])
METADATA = "usr/lib/python3/site-packages/a.dist-info/METADATA"


def test_agrees_with_importlib_on_this_environment() -> None:
    ours = []
    for folder, _, names in os.walk(SITE):
        for name in names:
            file = Path(folder, name)
            path = str(file.relative_to("/"))
            if wants(path) and not file.is_symlink() and path.endswith(("METADATA", "PKG-INFO")):
                ours += [
                    (each.name, each.version) for each in catalog(path, file.read_bytes()) if isinstance(each, Package)
                ]
    theirs = [(each.metadata["Name"], each.version) for each in importlib.metadata.distributions(path=[str(SITE)])]
    assert set(ours) >= set(theirs)
    assert len(theirs) > 10


@pytest.mark.parametrize(
    "content",
    [b"", b"Name: a\n", b"Version: 1\n", b"Name: ../a\nVersion: 1\n", b"\n\nName: a\nVersion: 1\n", b"\0"],
)
def test_metadata_that_says_too_little_is_told(content: bytes) -> None:
    (record,) = catalog(METADATA, content)
    assert isinstance(record, NotAssessed)


def test_the_first_of_two_names_counts() -> None:
    (package,) = catalog(METADATA, b"Name: a\nversion: 1.0\nName: b\n")
    assert isinstance(package, Package)
    assert (package.name, package.version) == ("a", "1.0")


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("usr/local/lib/node_modules/npm/package.json", True),
        ("app/node_modules/a/node_modules/b/package.json", True),
        ("app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json", True),
        ("app/node_modules/@playwright/test/node_modules/a/package.json", True),
        ("app/node_modules/test/node_modules/a/package.json", True),
        ("app/test/node_modules/a/package.json", True),
        ("app/node_modules/a/dist/node_modules/b/package.json", True),
        ("opt/yarn-v1.22.22/package.json", True),
        ("usr/share/nodejs/@types/node/package.json", True),
        ("app/node_modules/resolve/test/resolver/node_modules/b/package.json", False),
        ("app/node_modules/@x/y/__fixtures__/node_modules/b/package.json", False),
        ("app/node_modules/a/lib/package.json", False),
        ("app/package.json", False),
    ],
)
def test_what_is_an_installed_package(path: str, counts: bool) -> None:
    records = catalog(path, b'{"name": "a", "version": "1.0.0"}')
    assert [type(record) for record in records] == ([Package] if counts else [])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'\xef\xbb\xbf{"name": "JSONStream", "version": " 1.0.0 "}', [("", "JSONStream", "1.0.0")]),
        (b'{"name": "@a/b", "version": "1.0.0"}', [("@a", "b", "1.0.0")]),
        (b'{"name": "a"}', []),
        (b'{"name": "a", "version": "1.0.0", "private": true}', []),
    ],
)
def test_package_json(content: bytes, expected: list[tuple[str, str, str]]) -> None:
    records = catalog("node_modules/x/package.json", content)
    assert [(each.namespace, each.name, each.version) for each in records if isinstance(each, Package)] == expected
    assert len(records) == len(expected)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"name": 5, "version": "1"}',
        b'{"name": "a", "version": {}}',
        b"{" * 9999,
        b'{"name": "\xff',
        b"\0",
    ],
)
def test_a_package_json_that_cannot_be_read_is_told(content: bytes) -> None:
    (record,) = catalog("node_modules/x/package.json", content)
    assert isinstance(record, NotAssessed)
