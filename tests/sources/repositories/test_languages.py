"""Registries of languages on the loopback: one request a package, answers read, nothing asked twice."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from seawall.errors import FetchError, Malformed
from seawall.model import Package
from seawall.safe.limits import Limits
from seawall.sources.repositories.access import RepositoryAccess
from seawall.sources.repositories.languages import REGISTRIES, Release, releases

from .conftest import Site

ACCESS = Callable[..., RepositoryAccess]

PYPI = json.dumps(
    {
        "meta": {"api-version": "1.1"},
        "name": "a-b",
        "files": [
            {"filename": "a_b-1.0.tar.gz", "yanked": "broken", "upload-time": "2024-01-02T03:04:05Z"},
            {"filename": "a_b-2.0-py3-none-any.whl", "requires-python": ">=3.9", "upload-time": "2025-01-02T03:04:05Z"},
            {"filename": "a_b-2.0.tar.gz", "yanked": True, "upload-time": "2025-01-03T03:04:05Z"},
            {"filename": "a_b-2.0.exe"},
        ],
    }
)
NPM = json.dumps({"versions": {"1.0.0": {"deprecated": "use 2"}, "2.0.0": {}}, "dist-tags": {"latest": "2.0.0"}})
MAVEN = "<version>1.0</version><version>2.0-jre</version>"
MAVEN = f"<metadata><versioning><versions>{MAVEN}</versions></versioning></metadata>"
CARGO = (
    '{"name":"s","vers":"1.0.0","yanked":true}\n{"name":"s","vers":"1.0.1","yanked":false,"pubtime":"2026-07-18T00"}\n'
)
GEM = "---\n1.0 |checksum:aa\n1.1-java b:>= 1|checksum:bb\n1.1 |checksum:cc,ruby:>= 3\n"

CASES = [
    (
        "pypi",
        Package(type="pypi", name="A_b", version="1.0"),
        "/pypi/a-b/",
        PYPI,
        [
            Release(version="1.0", released="2024-01-02", withdrawn="broken"),
            Release(version="2.0", released="2025-01-02", requires=">=3.9"),
        ],
    ),
    (
        "npm",
        Package(type="npm", namespace="@s", name="x", version="1.0.0"),
        "/npm/@s%2Fx",
        NPM,
        [Release(version="1.0.0", withdrawn="use 2"), Release(version="2.0.0")],
    ),
    (
        "maven",
        Package(type="maven", namespace="org.x", name="y", version="1.0"),
        "/maven/org/x/y/maven-metadata.xml",
        MAVEN,
        [Release(version="1.0"), Release(version="2.0-jre")],
    ),
    (
        "golang",
        Package(type="golang", namespace="github.com/Azure", name="x", version="v1.0.0"),
        "/go/github.com/!azure/x/@v/list",
        "v1.0.0\nv1.1.0\n",
        [Release(version="v1.0.0"), Release(version="v1.1.0")],
    ),
    (
        "cargo",
        Package(type="cargo", name="Serde", version="1.0.0"),
        "/crates/se/rd/serde",
        CARGO,
        [Release(version="1.0.0", withdrawn="yanked"), Release(version="1.0.1", released="2026-07-18")],
    ),
    (
        "nuget",
        Package(type="nuget", name="Newton.Json", version="1.0.0"),
        "/nuget/newton.json/index.json",
        '{"versions":["1.0.0","1.1.0-rc"]}',
        [Release(version="1.0.0"), Release(version="1.1.0-rc")],
    ),
    (
        "gem",
        Package(type="gem", name="rails", version="1.0"),
        "/rubygems/info/rails",
        GEM,
        [Release(version="1.0"), Release(version="1.1")],
    ),
]


@pytest.mark.parametrize(("kind", "package", "path", "body", "found"), CASES, ids=[case[0] for case in CASES])
def test_every_registry(
    site: Site, access_to: ACCESS, kind: str, package: Package, path: str, body: str, found: list[Release]
) -> None:
    site.files[path] = body.encode()
    for _ in range(2):
        assert releases(REGISTRIES[kind], package, access_to()) == found
    assert site.asked == [(path, 200), (path, 304)]
    del site.files[path]
    assert releases(REGISTRIES[kind], package, access_to(cache=None)) is None


def test_what_cannot_be_asked_is_not() -> None:
    assert REGISTRIES["maven"].path(Package(type="maven", name="x", version="1")) == ""
    assert REGISTRIES["golang"].path(Package(type="golang", name="stdlib", version="1.22")) == ""


def test_bad_answers_are_told(site: Site, access_to: ACCESS) -> None:
    package = Package(type="npm", name="x", version="1.0.0")
    site.files["/npm/x"] = b"<html>log in</html>"
    with pytest.raises(Malformed):
        releases(REGISTRIES["npm"], package, access_to())
    site.answers["/npm/x"] = (503, {}, b"")
    with pytest.raises(FetchError):
        releases(REGISTRIES["npm"], package, access_to(Limits(http_retries=1)))
