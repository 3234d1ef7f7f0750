"""Programs by content: real ones built here where a compiler is, hand-made ones, damaged ones."""

from __future__ import annotations

import os
import random
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from seawall.catalogers import Evidence, Owns, Record, assemble, catalog, wants_program
from seawall.catalogers.generic import KNOWN
from seawall.catalogers.go import MAGIC, PROGRAM, TOOLCHAIN, UNREADABLE, _semantic
from seawall.catalogers.rust import AUDITABLE
from seawall.model import Distro, NotAssessed, Package
from seawall.safe.executable import ELF, parse
from seawall.safe.limits import Limits

GO = shutil.which("go")


def listed(records: tuple[Record, ...]) -> set[tuple[str, str]]:
    return {
        ("/".join(filter(None, (each.namespace, each.name))), each.version)
        for each in records
        if isinstance(each, Package)
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Go program of one module, as large images of such programs are made: stripped, without paths."""
    if not GO:
        pytest.skip("this machine has no Go")
    folder = tmp_path_factory.mktemp("go")
    (folder / "go.mod").write_text("module example.com/team/app\n\ngo 1.18\n")
    (folder / "main.go").write_text("package main\n\nfunc main() { println(1) }\n")
    offline = {"GOPROXY": "off", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod", "CGO_ENABLED": "0"}
    command = [GO, "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", "app", "."]
    made = subprocess.run(command, cwd=folder, env={**os.environ, **offline}, capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"Go cannot build here: {made.stderr[-200:]}")
    return folder / "app"


def test_a_stripped_go_program(built: Path) -> None:
    said = subprocess.run([GO or "", "version", str(built)], capture_output=True, text=True, check=True).stdout
    content = built.read_bytes()
    assert wants_program("srv/app", content[:4096])
    version = said.split()[1].removeprefix("go")
    assert listed(catalog("srv/app", content)) == {("stdlib", version), ("example.com/team/app", "(devel)")}


def test_a_go_program_without_its_section_table_is_read_and_without_build_info_told(built: Path) -> None:
    content = bytearray(built.read_bytes())
    content[40:48] = bytes(8)
    content[60:64] = bytes(4)
    assert len(catalog("srv/app", bytes(content))) == 2
    hidden = bytes(content).replace(MAGIC, bytes(len(MAGIC)))
    (told,) = catalog("srv/app", hidden)
    assert told == NotAssessed(what="packages in this program", where="srv/app", why=UNREADABLE)


def test_damaged_go_programs_raise_nothing_else(built: Path) -> None:
    content, rng = built.read_bytes(), random.Random(5)
    at = content.find(MAGIC)
    places = [range(64), range(64, 600), range(at, at + 300), range(len(content) - 2000, len(content))]
    for _ in range(150):
        hostile = bytearray(content)
        for _ in range(rng.choice([1, 3, 10])):
            place = rng.choice(rng.choice(places))
            hostile[place : place + 2] = rng.choice([b"\xff\xff", b"\0\0", rng.randbytes(2)])
        assert all(isinstance(each, Package | NotAssessed) for each in catalog("bin/app", bytes(hostile)))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("width", [4, 8])
def test_the_build_info_of_before_go_1_18(order: str, width: int) -> None:
    """A header with two addresses, each of an address and a length."""
    base, number = 0x400000, order + ("Q" if width == 8 else "I")
    modules = bytes(16) + b"path\tx\nmod\texample.com/old\tv1.2.3\th1:x\n" + bytes(16)
    strings = b"go1.15.7" + modules
    pointers = [base + 256 + 128, 8, base + 256 + 128 + 8, len(modules)]
    table = b"".join(struct.pack(number, each) for each in pointers)
    info = MAGIC + bytes([width, order == ">"])
    info += struct.pack(number, base + 256 + 64) + struct.pack(number, base + 256 + 64 + 2 * width)
    body = info.ljust(64, b"\0") + table.ljust(64, b"\0") + strings
    size = 256 + len(body)
    ident = ELF + bytes([2 if width == 8 else 1, 2 if order == ">" else 1, 1]) + bytes(9)
    if width == 8:
        head = struct.pack(order + "HHIQQQIHHHHHH", 2, 62, 1, 0, 64, 0, 0, 64, 56, 1, 64, 0, 0)
        load = struct.pack(order + "IIQQQQQQ", 1, 6, 0, base, base, size, size, 4096)
        content = (ident + head).ljust(64, b"\0") + load
    else:
        head = struct.pack(order + "HHIIIIIHHHHHH", 2, 3, 1, 0, 52, 0, 0, 52, 32, 1, 40, 0, 0)
        load = struct.pack(order + "IIIIIIII", 1, 0, base, base, size, size, 6, 4096)
        content = ident + head + load
    records = catalog("bin/old", content.ljust(256, b"\0") + body)
    assert listed(records) == {("stdlib", "1.15.7"), ("example.com/old", "v1.2.3")}


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("go1.22.1 X:boringcrypto", "1.22.1"),
        ("go1.20", "1.20"),
        ("go1.21.0", "1.21.0"),
        ("go1.22rc1", "1.22.0-rc.1"),
        ("go1.9beta2", "1.9.0-beta.2"),
        ("go1.20.12 (Red Hat 1.20.12-1.el9)", "1.20.12"),
        ("go1.23.1-microsoft-fips", "1.23.1"),
        ("devel go1.24-abcdef0123 Mon Jan 1", "1.24.0-devel"),
    ],
)
def test_versions_of_go(said: str, version: str) -> None:
    found = TOOLCHAIN.match(said)
    assert found
    assert _semantic(found) == version


@pytest.mark.parametrize(
    ("flags", "version"),
    [
        ('"-s -w -X main.version=1.2.3"', "v1.2.3"),
        ("\"-X 'main.buildVersion=v1.2.3-rc.1' -X main.date=2024\"", "v1.2.3-rc.1"),
        ('"-X example.com/app/internal.Version=2.0.0"', "v2.0.0"),
        ('"-X example.com/application.Version=2.0.0"', "(devel)"),
        ('"-X github.com/acme/net.Version=2.0.0"', "(devel)"),
        ('"-X main.goVersion=1.22.0"', "(devel)"),
        ('"-X main.version=dev"', "(devel)"),
    ],
)
def test_a_version_that_the_build_stamped(flags: str, version: str) -> None:
    listed = f"path\texample.com/app\nmod\texample.com/app\t(devel)\t\nbuild\t-ldflags={flags}\n"
    blob = bytes(16) + listed.encode() + bytes(16)
    content = PROGRAM.content[: 64 + 32] + b"\x08go1.22.1" + bytes([len(blob) & 127 | 128, len(blob) >> 7]) + blob
    assert listed_version(content) == version


def listed_version(content: bytes) -> str:
    return dict(listed(catalog("bin/app", content)))["example.com/app"]


def test_a_hidden_version_and_a_list_over_its_bound_are_told() -> None:
    (told, *_) = catalog("bin/a", PROGRAM.content.replace(b"go1.22.1", b"unknown1"))
    assert isinstance(told, NotAssessed)
    (told,) = catalog("bin/a", PROGRAM.content, Limits(go_build_info_bytes=100))
    assert isinstance(told, NotAssessed)
    assert "--limit go_build_info_bytes" in told.why


@pytest.mark.parametrize(
    ("said", "told"), [("", True), ("path\tcommand-line-arguments\n", True), ("path\tcmd/compile\n", False)]
)
def test_a_program_whose_modules_are_not_named(said: str, told: bool) -> None:
    blob = bytes(16) + said.encode() + bytes(16) if said else b""
    content = PROGRAM.content[: 64 + 32] + b"\x08go1.22.1" + bytes([len(blob)]) + blob
    stdlib, *more = catalog("bin/app", content)
    assert isinstance(stdlib, Package)
    assert [each.what for each in more if isinstance(each, NotAssessed)] == ["modules of this program"] * told


def test_a_packed_program_is_told() -> None:
    (told,) = catalog("bin/a", ELF.ljust(200, b"\0") + b"UPX!" + bytes(5000))
    assert isinstance(told, NotAssessed)
    assert "UPX" in told.why


@pytest.mark.parametrize("example", [PROGRAM, AUDITABLE], ids=["go", "rust"])
def test_a_program_cut_anywhere_gives_records_or_one_error(example: object) -> None:
    content = example.content  # type: ignore[attr-defined]
    for end in range(len(content)):
        assert len(catalog("bin/a", content[:end])) <= 5


def test_a_section_that_unpacks_to_more_than_its_bound_is_told() -> None:
    (told,) = catalog("bin/a", AUDITABLE.content, Limits(text_bytes=100))
    assert isinstance(told, NotAssessed)


def test_this_python_is_a_program_with_sections() -> None:
    content = Path(sys.executable).resolve().read_bytes()
    if not content.startswith(ELF):
        pytest.skip("this machine's programs are not ELF")
    program = parse(content)
    assert {".text", ".dynamic"} <= {name for name, _, _ in program.sections}
    start, end = program.section(".interp") or (0, 0)
    assert content[start:end].startswith(b"/lib")


SAYS = {
    "bash": ("bash", b"@(#)Bash version 5.2.15(1) release GNU", "5.2.15"),
    "busybox": ("busybox", b"BusyBox v1.36.1 (2023-07-27)", "1.36.1"),
    "curl": ("libcurl.so.4.8.0", b"libcurl/8.4.0", "8.4.0"),
    "envoy": ("envoy", b"abc/1.27.2/Clean/RELEASE/BoringSSL", "1.27.2"),
    "glibc": ("libc.so.6", b"GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.", "2.36"),
    "httpd": ("httpd", b"Apache/2.4.57 (Unix)", "2.4.57"),
    "mariadb": ("mariadbd", b"10.11.4-MariaDB-log", "10.11.4"),
    "memcached": ("memcached", b"memcached 1.6.21", "1.6.21"),
    "nginx": ("nginx", b"nginx version: nginx/1.25.3", "1.25.3"),
    "node": ("node", b"node.js/v20.20.2", "20.20.2"),
    "openresty": ("nginx", b"nginx version: openresty/1.21.4.1", "1.21.4.1"),
    "openssl": ("libcrypto.so.1.1", b"OpenSSL 1.1.1n  15 Mar 2022", "1.1.1n"),
    "perl": ("perl", b"/usr/local/lib/perl5/5.36.0\0", "5.36.0"),
    "php": ("php", b"X-Powered-By: PHP/8.2.12", "8.2.12"),
    "postgresql": ("postgres", b"postgres (PostgreSQL) 15.4", "15.4"),
    "python": ("libpython3.11.so.1.0", b"\x003.11.4\0", "3.11.4"),
    "redis": ("redis-server", b"\x007.2.33f4e5d6c7b8a-1694000000000000000\0", "7.2.3"),
    "ruby": ("libruby.so.3.2", b"ruby 3.2.2 (2023-03-30 revision e51014f9c0)", "3.2.2"),
    "zlib": ("libz.so.1.2.13", b" deflate 1.2.13 Copyright 1995-2022 Jean-loup Gailly", "1.2.13"),
}


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_known_program_by_what_it_says(name: str) -> None:
    called, said, version = SAYS[name]
    content = ELF + bytes(60) + said + b"\0"
    assert wants_program(f"opt/x/{called}", content)
    found = [each for each in catalog(f"opt/x/{called}", content) if isinstance(each, Package)]
    assert [(each.type, each.name, each.version) for each in found] == [("generic", name, version)]


@pytest.mark.parametrize(
    ("path", "head", "wanted"),
    [
        ("usr/bin/tool", ELF, True),
        ("usr/bin/tool", b"#!/bin/sh", False),
        ("app/tool.exe", b"MZ", True),
        ("usr/lib/libfoo.so.1", ELF, False),
        ("usr/lib/libfoo.so.1", ELF + bytes(60) + b"\4\0\0\0Go\0\0", True),
        ("usr/lib/libcrypto.so.3", ELF, True),
        ("usr/local/go/src/debug/elf/testdata/gcc-386", ELF, False),
    ],
)
def test_which_programs_are_read(path: str, head: bytes, wanted: bool) -> None:
    assert wants_program(path, head) == wanted


def test_owners_of_programs() -> None:
    status = b"Package: runc\nStatus: install ok installed\nVersion: 1\n\nPackage: openssl\nVersion: 3\n"
    owned = b"/.\n/usr\n/usr/sbin/runc\n/usr/bin/openssl\n/usr/share/doc/runc/copyright\n"
    assert catalog("var/lib/dpkg/info/runc.list", owned) == (
        Owns(package="runc", paths=("usr/sbin/runc", "usr/bin/openssl")),
    )
    openssl = ELF + b"OpenSSL 3.0.11 19 Sep 2023\0"
    files = {
        "var/lib/dpkg/status": status,
        "var/lib/dpkg/info/runc.list": owned,
        "usr/sbin/runc": PROGRAM.content,
        "usr/local/bin/mine": PROGRAM.content,
        "usr/bin/openssl": openssl,
        "opt/bin/openssl": openssl,
    }
    evidence = [Evidence(path=path, versions=(("L0", catalog(path, each)),)) for path, each in files.items()]
    found = assemble(evidence).packages
    assert {(each.path, each.owner) for each in found if each.name == "toml"} == {
        ("usr/sbin/runc", "runc"),
        ("usr/local/bin/mine", ""),
    }
    assert [each.path for each in found if each.type == "generic"] == ["opt/bin/openssl"]
    assert next(each for each in found if each.name == "runc").files == ("usr/bin/openssl", "usr/sbin/runc")


def test_a_program_named_as_an_installed_package_where_no_list_of_files_came() -> None:
    distro = Evidence(path="etc/os-release", versions=(("L0", (Distro(id="azurelinux", version="3.0"),)),))
    manifest = (
        b"openssl-libs\t3.3.0-1.azl3\t1\t1\tMicrosoft Corporation\t(none)\t1\tx86_64\t0\topenssl-3.3.0-1.src.rpm\n"
    )
    path, library = "var/lib/rpmmanifest/container-manifest-2", "usr/lib/libcrypto.so.3"
    files = {path: manifest, library: ELF + b"OpenSSL 3.3.0 9 Apr 2024\0"}
    evidence = [Evidence(path=path, versions=(("L0", catalog(path, each)),)) for path, each in files.items()]
    assert [each.type for each in assemble([distro, *evidence]).packages] == ["rpm"]
    files = {path: manifest.replace(b"openssl-libs", b"coredns"), "usr/bin/coredns": PROGRAM.content}
    evidence = [Evidence(path=path, versions=(("L0", catalog(path, each)),)) for path, each in files.items()]
    assert {each.owner for each in assemble([distro, *evidence]).packages if each.type == "golang"} == {"coredns"}
