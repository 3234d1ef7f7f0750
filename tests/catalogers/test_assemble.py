"""Layers, owners, distro and purls of a whole image."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from seawall.catalogers import Evidence, assemble, catalog
from seawall.model import Distro, Package

STATUS = "var/lib/dpkg/status"
DEBIAN = ("etc/os-release", b'ID=debian\nVERSION_ID="12"\n')


def stanza(name: str, version: str = "1", **fields: str) -> bytes:
    more = "".join(f"{key}: {value}\n" for key, value in fields.items())
    return f"Package: {name}\nStatus: install ok installed\nVersion: {version}\nArchitecture: amd64\n{more}\n".encode()


def file(path: str, *versions: bytes) -> Evidence:
    """A file as layers L0, L1, … have it."""
    return Evidence(path=path, versions=tuple((f"L{i}", catalog(path, each)) for i, each in enumerate(versions)))


def packages(*files: Evidence) -> dict[str, Package]:
    return {each.name: each for each in assemble(files).packages}


def test_the_layer_is_the_first_since_which_every_database_has_the_package() -> None:
    found = packages(
        file(
            STATUS,
            stanza("stays") + stanza("upgraded", "1") + stanza("comes-back") + stanza("goes"),
            stanza("stays") + stanza("upgraded", "2") + stanza("goes"),
            stanza("stays") + stanza("upgraded", "2") + stanza("comes-back"),
        )
    )
    layers = {name: package.layer for name, package in found.items()}
    assert layers == {"stays": "L0", "upgraded": "L1", "comes-back": "L2"}
    assert found["upgraded"].version == "2"


def test_a_file_that_is_only_touched_later_keeps_its_layer() -> None:
    metadata = b"Name: six\nVersion: 1.16.0\n"
    found = packages(file("opt/six.dist-info/METADATA", metadata, metadata))
    assert found["six"].layer == "L0"


def test_a_file_that_layers_hold_under_another_name_is_listed_where_it_is() -> None:
    stored = catalog("opt/real-1.0.jar", b"PK\x05\x06" + bytes(18))
    twice = Evidence(path="app/linked.jar", versions=(("L0", stored), ("L1", stored)))
    (package,) = assemble([twice]).packages
    assert (package.name, package.path, package.layer) == ("real", "app/linked.jar", "L0")


def usrmerged(path: str) -> str:
    return f"usr/{path}" if path.startswith("lib/") else path


@pytest.mark.parametrize("listed", ["lib/python3/dist-packages", "usr/lib/python3/dist-packages"])
def test_a_package_of_the_distro_owns_what_its_list_names(listed: str) -> None:
    contents = assemble(
        [
            file(STATUS, stanza("python3-six") + stanza("python3-yaml")),
            file("var/lib/dpkg/info/python3-six:amd64.list", f"/.\n/{listed}/six-1.egg-info\n".encode()),
            file("usr/lib/python3/dist-packages/six-1.egg-info", b"Name: six\nVersion: 1\n"),
            file("usr/local/lib/python3/site-packages/yaml.egg-info", b"Name: yaml\nVersion: 1\n"),
        ],
        canonical=usrmerged,
    )
    found = {each.name: each for each in contents.packages}
    assert (found["six"].owner, found["yaml"].owner) == ("python3-six", "")
    assert found["python3-six"].files == ("usr/lib/python3/dist-packages/six-1.egg-info",)
    assert found["python3-yaml"].files == ()


def test_an_apk_owns_its_files_and_archives_inside_them() -> None:
    database = b"P:tool\nV:1-r0\nA:x86_64\nF:usr/share/tool\nR:gson-2.8.6.jar\n\n"
    found = packages(
        file("lib/apk/db/installed", database),
        file("usr/share/tool/gson-2.8.6.jar", b"PK\x05\x06" + bytes(18)),
    )
    assert found["gson"].owner == "tool"


def test_a_vendors_package_is_no_owner() -> None:
    found = packages(
        file(STATUS, stanza("nodejs", Maintainer="X <x@nodesource.com>")),
        file("var/lib/dpkg/info/nodejs.list", b"/usr/lib/node_modules/npm/package.json\n"),
        file("usr/lib/node_modules/npm/package.json", b'{"name": "npm", "version": "10.2.4"}'),
    )
    assert found["npm"].owner == ""
    assert found["nodejs"].origin == "NodeSource"
    assert found["nodejs"].files == ("usr/lib/node_modules/npm/package.json",)


def test_without_lists_the_distros_folders_and_names_tell() -> None:
    found = packages(
        file("var/lib/dpkg/status.d/python3-yaml", stanza("python3-yaml")),
        file("usr/lib/python3/dist-packages/yaml.egg-info", b"Name: YAML\nVersion: 1\n"),
        file("usr/lib/python3/dist-packages/six.egg-info", b"Name: six\nVersion: 1\n"),
        file("usr/local/lib/python3/site-packages/y.egg-info", b"Name: y\nVersion: 1\n"),
    )
    assert {name: found[name].owner for name in ("YAML", "six", "y")} == {"YAML": "python3-yaml", "six": "", "y": ""}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"etc/os-release": b"ID=a\nVERSION_ID=1\n", "usr/lib/os-release": b"ID=b\n"}, ("a", "1")),
        ({"usr/lib/os-release": b"ID=b\nVERSION_ID=2\n", "etc/debian_version": b"12.5\n"}, ("b", "2")),
        ({"etc/os-release": b"ID=debian\n", "etc/debian_version": b"trixie/sid\n"}, ("debian", "trixie/sid")),
        ({"etc/os-release": b"ID=debian\n", "etc/debian_version": b"12.5\n"}, ("debian", "12")),
        (
            {"etc/os-release": b"ID=ubuntu\nVERSION_ID=22.04\n", "etc/debian_version": b"bookworm/sid\n"},
            ("ubuntu", "22.04"),
        ),
        ({"etc/os-release": b"ID=wolfi\n", "etc/debian_version": b"12.5\n"}, ("wolfi", "")),
        ({"etc/os-release": b"\0", "etc/alpine-release": b"3.10.2\n"}, ("alpine", "3.10.2")),
        ({}, None),
    ],
)
def test_the_most_telling_file_names_the_distro(files: dict[str, bytes], expected: tuple[str, str] | None) -> None:
    distro = assemble([file(path, content) for path, content in files.items()]).distro
    assert (distro and (distro.id, distro.version)) == expected


@pytest.mark.parametrize(
    ("evidence", "purl"),
    [
        (file(STATUS, stanza("vim", "2:9.0-1+b1~x")), "pkg:deb/debian/vim@2:9.0-1%2Bb1~x?arch=amd64&distro=debian-12"),
        (
            file("lib/apk/db/installed", b"P:musl\nV:1.2.4-r2\nA:x86_64\n"),
            "pkg:apk/debian/musl@1.2.4-r2?arch=x86_64&distro=debian-12",
        ),
        (file("a.dist-info/METADATA", b"Name: Zope.Interface_x\nVersion: 5.0\n"), "pkg:pypi/zope-interface-x@5.0"),
        (
            file("node_modules/@a/b/package.json", b'{"name": "@a/b", "version": "1.0.0"}'),
            "pkg:npm/%40a/b@1.0.0",
        ),
        (file("spring-core-5.3.18.jar", b"PK\x05\x06" + bytes(18)), "pkg:maven/org.springframework/spring-core@5.3.18"),
        (file("own-tool-1.0.jar", b"PK\x05\x06" + bytes(18)), "pkg:maven/own-tool@1.0"),
    ],
)
def test_purls(evidence: Evidence, purl: str) -> None:
    (package,) = assemble([file(*DEBIAN), evidence]).packages
    assert package.purl == purl
    parsed = PackageURL.from_string(purl)
    assert (parsed.type, parsed.version) == (package.type, package.version)
    assert parsed.to_string() == purl


def test_what_cannot_be_judged_is_told() -> None:
    contents = assemble([file(*DEBIAN), file("own-tool-1.0.jar", b"PK\x05\x06" + bytes(18)), file("bad.jar", b"")])
    assert [each.what for each in contents.not_assessed] == [
        "advisories of own-tool 1.0",
        "packages in this file",
        "packages of debian",
    ]
    assert contents.distro == Distro(id="debian", version="12")


FILES = [
    file(*DEBIAN),
    file(STATUS, stanza("a") + stanza("b")),
    file("b.dist-info/METADATA", b"Name: b\nVersion: 1\n"),
    file("node_modules/c/package.json", b'{"name": "c", "version": "1.0.0"}'),
    file("bad.jar", b""),
]


@given(st.permutations(FILES))
def test_the_order_of_files_does_not_matter(files: list[Evidence]) -> None:
    assert assemble(files) == assemble(FILES)


def test_doubles_are_one() -> None:
    (only,) = assemble([file(STATUS, stanza("a") + stanza("a"))]).packages
    assert only.name == "a"


def test_what_a_lock_file_asks_for_and_nothing_installed_answers_to_is_told() -> None:
    lock = b'[[package]]\nname = "zope.interface"\nversion = "6.0"\n\n[[package]]\nname = "six"\nversion = "1.16.0"\n'
    installed = file("opt/zope_interface-6.0.dist-info/METADATA", b"Name: Zope_Interface\nVersion: 6.0\n")
    other = file("opt/six.dist-info/METADATA", b"Name: six\nVersion: 1.15.0\n")

    def told(*files: Evidence) -> list[str]:
        return [each.why for each in assemble(files).not_assessed if each.where == "app/poetry.lock"]

    (said,) = told(file("app/poetry.lock", lock), installed, other)
    assert said.startswith("it asks for 2, of which 1 are not seen installed (six 1.16.0)")
    assert not told(file("app/poetry.lock", lock.partition(b"\n\n")[0]), installed)


def test_packages_of_apk_that_an_sbom_names_too_are_listed_once() -> None:
    sbom = b"""{"packages": [{"externalRefs": [{"referenceLocator": "pkg:apk/wolfi/%s@1-r0?arch=x86_64"}]}]}"""
    both = packages(
        file("etc/os-release", b"ID=wolfi\n"),
        file("usr/lib/apk/db/installed", b"P:glibc\nV:1-r0\nA:x86_64\no:glibc-source\n\n"),
        file("var/lib/db/sbom/glibc-1-r0.spdx.json", sbom % b"glibc"),
        file("var/lib/db/sbom/other-1-r0.spdx.json", sbom % b"other"),
    )
    assert both["glibc"].source == "glibc-source"
    assert (both["other"].purl, both["other"].path) == (
        "pkg:apk/wolfi/other@1-r0?arch=x86_64&distro=wolfi",
        "var/lib/db/sbom/other-1-r0.spdx.json",
    )
