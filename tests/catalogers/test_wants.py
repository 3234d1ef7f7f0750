"""Which files are asked for, and at what price."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.catalogers import Owns, all_catalogers, catalog, exact_paths, wants
from seawall.model import NotAssessed, Package
from seawall.safe.globs import regex
from seawall.safe.limits import Limits
from work import calls

GLOBS = [glob for each in all_catalogers() for glob in each.globs]


@pytest.mark.parametrize(
    "path",
    [
        "var/lib/dpkg/status",
        "var/lib/dpkg/status.d/base",
        "var/lib/dpkg/info/libc6:amd64.list",
        "usr/lib/apk/db/installed",
        "a.jar",
        "opt/x/y.war",
        "usr/lib/python3/dist-packages/six-1.16.0.egg-info",
        "node_modules/a/package.json",
        "usr/local/lib/node_modules/npm/node_modules/@npmcli/arborist/package.json",
    ],
)
def test_evidence_is_asked_for(path: str) -> None:
    assert wants(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "jar",
        "usr/bin/jar",
        "var/lib/dpkg/status-old",
        "var/lib/dpkg/status.d/a/b",
        "mnt/var/lib/dpkg/status",
        "etc/apt/apt.conf",
        "app/package.json",
        "node_modules/a/lib/package.json",
        "usr/share/doc/METADATA",
    ],
)
def test_other_files_are_not(path: str) -> None:
    assert not wants(path)


folders = st.sampled_from(
    ["usr", "lib", "node_modules", "@a", "b.dist-info", "x.egg-info", "EGG-INFO", "etc", "status.d"]
)
names = st.sampled_from(["METADATA", "PKG-INFO", "a.jar", "package.json", "os-release", "x.egg-info", "b", "installed"])


@given(st.lists(folders, max_size=5), names)
def test_the_quick_look_agrees_with_the_globs(above: list[str], name: str) -> None:
    path = "/".join([*above, name])
    assert wants(path) == any(re.fullmatch(regex(glob), path) for glob in GLOBS)


def test_fixed_paths_are_listed() -> None:
    assert all(map(wants, exact_paths()))
    assert {"var/lib/dpkg/status", "lib/apk/db/installed", "etc/os-release"} <= set(exact_paths())


def test_most_paths_are_told_by_their_ends() -> None:
    paths = [f"usr/share/doc/package-{i}/examples/file-{i}.html" for i in range(1000)]
    assert not wants(paths[0])
    assert calls(lambda: [wants(path) for path in paths]) < 4 * len(paths)


def test_only_evidence_is_kept_of_what_a_package_owns() -> None:
    content = b"/.\n/usr\n/usr/share/java/a.jar\n/usr/share/doc/a/copyright\n"
    assert catalog("var/lib/dpkg/info/a.list", content) == (Owns(package="a", paths=("usr/share/java/a.jar",)),)
    assert catalog("var/lib/dpkg/info/b.list", b"/.\n/usr\n") == ()


def test_a_file_that_cannot_be_read_is_told() -> None:
    path = "app/node_modules/a/package.json"
    (told,) = catalog(path, b"{")
    assert isinstance(told, NotAssessed)
    assert (told.what, told.where) == ("packages in this file", path)
    assert told.why.startswith("not valid JSON")


def test_the_records_of_a_file_are_bounded() -> None:
    content = b"Package: a\nVersion: 1\n\n" * 20
    *found, told = catalog("var/lib/dpkg/status", content, Limits(records_per_file=10))
    assert [type(each) for each in found] == [Package] * 10
    assert isinstance(told, NotAssessed)
    assert "--limit records_per_file" in told.why


def test_what_was_found_before_the_damage_is_kept() -> None:
    records = catalog("var/lib/dpkg/status", b"Package: a\nVersion: 1\n\nPackage: b\nStat")
    assert [type(record) for record in records] == [Package, NotAssessed]
