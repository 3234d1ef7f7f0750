"""Which of the versions on offer is named."""

from __future__ import annotations

import pytest

from seawall.checks.outdated import outdated_language, outdated_system
from seawall.errors import Malformed
from seawall.model import Outdated, Package
from seawall.sources.repositories.languages import Release
from seawall.sources.repositories.repository import Entry
from seawall.workflows.base_image import newer_tag


def judged(kind: str, installed: str, *versions: str | Release, path: str = "") -> tuple[str, str] | None:
    found = look(kind, installed, *versions, path=path)
    return (found.newest_in_line, found.newest) if found else None


def look(kind: str, installed: str, *versions: str | Release, path: str = "") -> Outdated | None:
    package = Package(type=kind, name="x", version=installed, path=path)
    offers = [each if isinstance(each, Release) else Release(version=each) for each in versions]
    return outdated_language("image", package, offers, "https://registry.example")


@pytest.mark.parametrize(
    ("kind", "installed", "versions", "expected"),
    [
        ("npm", "1.2.0", ("1.2.0", "1.10.0", "1.9.0", "2.0.0", "3.0.0-rc.1"), ("1.10.0", "2.0.0")),
        ("npm", "2.0.0", ("1.2.0", "2.0.0", "3.0.0-rc.1"), None),
        ("npm", "1.0.0", ("1.0.0", "2.0.0"), ("", "2.0.0")),
        ("cargo", "0.3.1", ("0.3.9", "0.4.0"), ("0.3.9", "0.4.0")),
        ("pypi", "1.0", ("1.0.post1", "1.1rc1", "2.0.dev1"), ("1.0.post1", "1.0.post1")),
        ("golang", "v0.3.0", ("v0.4.0", "v2.0.0+incompatible", "v0.5.0-pre"), ("v0.4.0", "v0.4.0")),
        ("maven", "33.0.0-jre", ("33.1.0-android", "33.2.0-jre", "34.0-alpha1"), ("33.2.0-jre", "33.2.0-jre")),
        ("maven", "2.11.0", ("20030203.000550", "2.15.1", "2.16-M1", "2.16-rc2"), ("2.15.1", "2.15.1")),
        ("maven", "4.1.0.Final", ("4.1.1.Final", "5.0.0.Beta2"), ("4.1.1.Final", "4.1.1.Final")),
        ("gem", "7.0.1", ("7.1.0.rc1", "7.0.8", "8.0.0"), ("7.0.8", "8.0.0")),
        ("nuget", "12.0.1", ("12.0.3", "13.0.4-beta1", "13.0.3"), ("12.0.3", "13.0.3")),
    ],
)
def test_the_newest_of_the_line_and_of_all(
    kind: str, installed: str, versions: tuple[str, ...], expected: tuple[str, str] | None
) -> None:
    assert judged(kind, installed, *versions) == expected


def test_withdrawn_releases_are_not_named_and_an_installed_one_is_told() -> None:
    yanked = Release(version="1.1", withdrawn="broken")
    assert judged("pypi", "1.0", "1.0", yanked) is None
    found = look("pypi", "1.1", yanked)
    assert found is not None
    assert (found.withdrawn, found.newest) == ("broken", "")


def test_a_release_for_another_python_is_not_named() -> None:
    path = "usr/lib/python3.8/site-packages/x-1.0.dist-info/METADATA"
    offers = Release(version="1.1", requires=">=3.8"), Release(version="1.2", requires=">=3.9")
    assert judged("pypi", "1.0", *offers, path=path) == ("1.1", "1.1")
    assert judged("pypi", "1.0", *offers) == ("1.2", "1.2")


def test_a_version_without_order_is_an_error_not_a_silence() -> None:
    with pytest.raises(Malformed):
        judged("npm", "not a version", "1.0.0")


def test_packages_of_the_system() -> None:
    package = Package(type="deb", name="curl", version="7.88.1-10+deb12u9")
    entries = [
        Entry(type="deb", name="curl", version=version, arch="amd64", url="https://h/x", digest="", repository="main")
        for version in ("7.88.1-10+deb12u10", "7.88.1-10+deb12u12", "7.88.1-10~bpo1")
    ]
    found = outdated_system("image", package, entries)
    assert found is not None
    assert (found.newest_in_line, found.where) == ("7.88.1-10+deb12u12", "main")
    assert outdated_system("image", package, entries[2:]) is None


@pytest.mark.parametrize(
    ("tag", "tags", "expected"),
    [
        ("12.4-slim", ["12.5-slim", "12.10-slim", "12.11", "13.0-slim", "latest"], "12.10-slim"),
        ("3.20", ["3.21", "3.20.1", "4.0"], "3.21"),
        ("v1.2.3", ["v1.2.4-rc1", "1.3.0", "v1.4.0"], "v1.4.0"),
        ("bookworm", ["trixie"], ""),
        ("12", ["13"], ""),
    ],
)
def test_a_newer_tag_of_the_same_line(tag: str, tags: list[str], expected: str) -> None:
    assert newer_tag(tag, tags) == expected
