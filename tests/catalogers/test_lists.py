""".NET, Ruby, PHP, chisel, Bitnami and Yarn: what the examples leave open, and how all this is looked up."""

from __future__ import annotations

import io
import json
import struct
import zipfile

import pytest
from backports import zstd

from seawall.catalogers import Evidence, Owns, Record, all_catalogers, assemble, catalog, wants
from seawall.catalogers.chisel import LISTED, WALL
from seawall.catalogers.dotnet import APP, BUNDLE
from seawall.model import Distro, NotAssessed, Package
from seawall.safe.executable import ELF
from seawall.safe.limits import Limits


def named(records: tuple[Record, ...]) -> list[tuple[str, str]]:
    return [(each.name, each.version) for each in records if isinstance(each, Package)]


def single_file(deps: bytes, *, offset: int | None = None, place: int = 0) -> bytes:
    """A program with a section .data that leads to a bundle of nothing but a list of packages."""
    names, start = b"\0.data\0.names\0", 64
    data = 64 + 8 + len(BUNDLE) + len(names)
    header = struct.pack("<IIi", 6, 0, 1) + b"\x08bundleid" + struct.pack("<QQQQQ", 0, 0, 0, 0, 0)
    table = data + len(header)
    deps_at = table + 3 * 64
    header = header[:21] + struct.pack("<QQ", deps_at + place, len(deps)) + header[37:]
    entry = struct.Struct("<II16xQQ24x")
    sections = ((0, 0, 0, 0), (1, 1, start, 8 + len(BUNDLE)), (7, 3, start + 8 + len(BUNDLE), len(names)))
    return (
        struct.pack("<16sHHIQQQIHHHHHH", ELF + b"\2\1\1", 2, 62, 1, 0, 0, table, 0, 64, 56, 0, 64, 3, 2)
        + struct.pack("<Q", data if offset is None else offset)
        + BUNDLE
        + names
        + header
        + b"".join(entry.pack(*each) for each in sections)
        + deps
    )


def test_a_single_file_dotnet_program() -> None:
    program = single_file(APP.content)
    assert named(catalog("app/web", program)) == [
        ("Newtonsoft.Json", "12.0.1"),
        ("Microsoft.NETCore.App.Runtime.linux-x64", "8.0.1"),
    ]
    assert catalog("app/web", single_file(APP.content, offset=0)) == ()
    for hostile in (single_file(APP.content, offset=1 << 62), single_file(APP.content, place=9), program[:-1]):
        (told,) = catalog("app/web", hostile)
        assert isinstance(told, NotAssessed)
    for end in range(0, len(program), 7):
        assert len(catalog("app/web", program[:end])) <= 2


def test_a_framework_is_named_by_its_list() -> None:
    folder = "usr/share/dotnet/shared/Microsoft.NETCore.App/6.0.8"
    listed = {
        "runtimeTarget": ".NETCoreApp,Version=v6.0/linux-x64",
        "targets": {
            ".NETCoreApp,Version=v6.0/linux-x64": {
                "Microsoft.NETCore.App.Runtime.linux-x64/6.0.8": {"native": {"libcoreclr.so": {}}}
            }
        },
        "libraries": {"Microsoft.NETCore.App.Runtime.linux-x64/6.0.8": {"type": "package"}},
    }
    records = catalog(f"{folder}/Microsoft.NETCore.App.deps.json", json.dumps(listed).encode())
    assert named(records) == [("Microsoft.NETCore.App.Runtime.linux-x64", "6.0.8")]


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"libraries": 1}', b'{"libraries": {"a": {"type": "package"}}}'])
def test_dotnet_lists_that_cannot_be_read_are_told(content: bytes) -> None:
    (told,) = catalog("app/a.deps.json", content)
    assert isinstance(told, NotAssessed)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"# stub: rails 7.0.4.1 ruby lib\n", [("rails", "7.0.4.1")]),
        (b'  spec.name = "a-b_c.d"\n  spec.version = "1.0.rc1"\n', [("a-b_c.d", "1.0.rc1")]),
        (b"s.name = 'x'\ns.version = X::VERSION\n", []),
    ],
)
def test_gem_specifications(line: bytes, found: list[tuple[str, str]]) -> None:
    records = catalog("usr/lib/ruby/gems/3.1.0/specifications/x.gemspec", line)
    assert named(records) == found
    assert found or isinstance(records[0], NotAssessed)


def test_a_chiselled_image() -> None:
    listed = LISTED + b'{"kind":"package","name":"libgcc-s1","version":"14.2.0-4ubuntu2~24.04","arch":"amd64"}\n'
    records = catalog(WALL, zstd.compress(listed))
    assert Owns(package="libssl3t64", paths=("usr/lib/ssl/a.jar",)) in records
    sources = {each.name: each.source for each in records if isinstance(each, Package)}
    assert sources == {"libnew1": "", "libssl3t64": "openssl", "openssl": "", "libgcc-s1": "gcc-14"}
    release = Evidence(path="etc/os-release", versions=(("L0", (Distro(id="ubuntu", version="24.04"),)),))
    packages = assemble([release, Evidence(path=WALL, versions=(("L0", records),))]).packages
    assert packages[-1].purl == "pkg:deb/ubuntu/openssl@3.0.13-0ubuntu3.4?arch=amd64&distro=ubuntu-24.04"
    (told,) = catalog(WALL, zstd.compress(bytes(100_000)), Limits(text_bytes=1000))
    assert isinstance(told, NotAssessed)


def test_what_bitnami_names_in_other_ways() -> None:
    def said(locator: str) -> bytes:
        return json.dumps({"packages": [{"externalRefs": [{"referenceLocator": locator}]}]}).encode()

    path = "opt/bitnami/common/.spdx-x.spdx"
    for locator, found in {
        "pkg:bitnami/geos@3.14.1?arch=amd64&distro=photon-5": [("geos", "3.14.1")],
        "pkg:bitnami/redis@7.4.1-0?distro=debian-12&arch=arm64": [("redis", "7.4.1")],
        "pkg:bitnami/java@17.0.9-11-2": [("java", "17.0.9-11")],
        "pkg:golang/x@1": [],
    }.items():
        assert named(catalog(path, said(locator))) == found


def test_a_scoped_package_in_a_yarn_archive() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("node_modules/@babel/core/package.json", '{"name": "@babel/core", "version": "7.23.0"}')
        archive.writestr("node_modules/@babel/core/lib/package.json", '{"name": "inner", "version": "1.0.0"}')
    (package,) = catalog("app/.yarn/cache/@babel-core-npm-7.23.0-x.zip", buffer.getvalue())
    assert isinstance(package, Package)
    assert (package.namespace, package.name) == ("@babel", "core")


def test_purls_of_all_examples() -> None:
    """Every type that is yielded has a purl that says type, name and version."""
    packages = {
        (each.type, each.name): each
        for cataloger in all_catalogers()
        for example in cataloger.examples
        for each in example.finds
        if isinstance(each, Package)
    }
    files = [Evidence(path=each.path.partition("!/")[0], versions=(("L", (each,)),)) for each in packages.values()]
    purls = {each.purl.partition("?")[0] for each in assemble(files).packages}
    assert purls >= {
        "pkg:bitnami/nginx@1.25.3",
        "pkg:cargo/time@0.1.42",
        "pkg:composer/symfony/http-kernel@v5.4.19",
        "pkg:conda/openssl@3.0.10",
        "pkg:gem/nokogiri@1.13.3",
        "pkg:generic/openjdk@17.0.9%2B9",
        "pkg:golang/github.com/acme/net@v0.17.0",
        "pkg:golang/stdlib@1.22.1",
        "pkg:nuget/Newtonsoft.Json@12.0.1",
    }


def test_databases_of_other_systems_are_told() -> None:
    path = "var/lib/pacman/local/ALPM_DB_VERSION"
    assert wants(path)
    assert isinstance(catalog(path, b"9\n")[0], NotAssessed)
