"""dpkg, apk and os-release on recorded databases, and on this machine's own where it has one."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from seawall.catalogers import Record, catalog
from seawall.catalogers.os_release import assignments
from seawall.model import Distro, NotAssessed, Package
from seawall.safe.limits import Limits
from work import grows_in_step

STATUS = "var/lib/dpkg/status"


def _packages(records: tuple[Record, ...]) -> list[Package]:
    return [record for record in records if isinstance(record, Package)]


@pytest.mark.parametrize("name", ["texlive", "postgresql", "debian-only"])
def test_every_installed_stanza_is_a_package(recorded: Path, name: str) -> None:
    content = (recorded / f"dpkg/{name}.status").read_bytes()
    expected = []
    for line in content.decode().splitlines():
        key, _, value = line.partition(": ")
        if key == "Package":
            expected.append([value, "", ""])
        elif key in ("Version", "Architecture"):
            expected[-1][1 if key == "Version" else 2] = value
    records = catalog(STATUS, content)
    assert [[each.name, each.version, each.arch] for each in _packages(records)] == expected
    assert len(records) == len(expected)
    assert {each.origin for each in _packages(records)} == {""}


def test_the_count_of_the_large_database(recorded: Path) -> None:
    packages = _packages(catalog(STATUS, (recorded / "dpkg/texlive.status").read_bytes()))
    assert len(packages) == 357
    gcc = next(each for each in packages if each.name == "libgcc1")
    assert (gcc.version, gcc.source, gcc.source_version) == ("1:8.4.0-1ubuntu1~18.04", "gcc-8", "8.4.0-1ubuntu1~18.04")


@pytest.mark.skipif(not shutil.which("dpkg-query"), reason="this machine has no dpkg")
def test_agrees_with_dpkg_query_on_this_machine() -> None:
    form = "${db:Status-Status} ${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\n"
    output = subprocess.run(["dpkg-query", "-W", "-f", form], capture_output=True, text=True, check=True).stdout
    said = {line.partition(" ")[2] for line in output.splitlines() if not line.startswith(("config-", "not-"))}
    packages = _packages(catalog(STATUS, Path("/var/lib/dpkg/status").read_bytes()))
    ours = {" ".join((p.name, p.version, p.arch, p.source or p.name, p.source_version or p.version)) for p in packages}
    assert ours == said


def test_twice_the_packages_take_twice_the_work(recorded: Path) -> None:
    content = (recorded / "dpkg/texlive.status").read_bytes()
    twice = b"\n\n".join(content.strip().split(b"\n\n") * 2)
    assert grows_in_step(lambda: catalog(STATUS, content), lambda: catalog(STATUS, twice))


@pytest.mark.parametrize(
    ("status", "there"),
    [
        ("install ok installed", True),
        ("hold ok installed", True),
        ("deinstall ok installed", True),
        ("install reinstreq half-installed", True),
        ("install ok unpacked", True),
        ("install ok half-configured", True),
        ("install ok triggers-awaited", True),
        ("install ok triggers-pending", True),
        ("deinstall ok config-files", False),
        ("purge ok not-installed", False),
    ],
)
def test_a_package_counts_while_files_are_there(status: str, there: bool) -> None:
    content = f"Package: a\nStatus: {status}\nVersion: 1:2-3\n".encode()
    assert [each.version for each in _packages(catalog(STATUS, content))] == (["1:2-3"] if there else [])


@pytest.mark.parametrize(
    ("fields", "origin"),
    [
        ("Origin: Debian", ""),
        ("Origin: LP-PPA-deadsnakes", "LP-PPA-deadsnakes"),
        ("Maintainer: Microsoft <nugetaspnet@microsoft.com>", "Microsoft"),
        ("Maintainer: Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>", ""),
        ("Maintainer: Theodore Y. Ts'o <tytso@mit.edu>", ""),
        ("Maintainer: Debian PostgreSQL Maintainers <x@tracker.debian.org>\nVersion: 16.1-1.pgdg120+1", "PostgreSQL"),
    ],
)
def test_packages_from_elsewhere(fields: str, origin: str) -> None:
    (package,) = _packages(catalog(STATUS, f"Package: a\nVersion: 1\n{fields}\n".encode()))
    assert package.origin == origin


def test_apk_records(recorded: Path) -> None:
    content = (recorded / "apk/installed").read_bytes()
    records = catalog("lib/apk/db/installed", content)
    names = [line[2:] for line in content.decode().splitlines() if line.startswith("P:")]
    told = [each.what for each in records if isinstance(each, NotAssessed)]
    assert [each.name for each in _packages(records)] == [n for n in names if n != "invalidPackageWithoutAVersion"]
    assert told == ["package invalidPackageWithoutAVersion"]
    assert {(each.name, each.source) for each in _packages(records)} >= {("libssl1.0", "openssl"), ("musl", "")}


def test_os_release_files(recorded: Path) -> None:
    files = sorted((recorded / "osrelease").glob("*.txtar"))
    assert len(files) == 11
    for file in files:
        parts = re.split(r"^-- (.+) --\n", file.read_text(), flags=re.MULTILINE)
        sections = dict(zip(parts[1::2], parts[2::2], strict=True))
        parsed = json.loads(sections["Parsed"])
        assert assignments(sections["os-release"]) == parsed, file.name
        (distro,) = catalog("etc/os-release", sections["os-release"].encode())
        assert isinstance(distro, Distro)
        assert (distro.id, distro.version) == (parsed["ID"], parsed.get("VERSION_ID", "")), file.name


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\x00\x01", "ID=debian\n".encode("utf-16"), b"ID=\n"])
@pytest.mark.parametrize("path", ["etc/os-release", "etc/lsb-release"])
def test_what_names_no_distro_is_told(path: str, content: bytes) -> None:
    (record,) = catalog(path, content)
    assert isinstance(record, NotAssessed)


def test_a_database_of_something_else_is_an_error_with_its_place() -> None:
    for path in (STATUS, "lib/apk/db/installed"):
        (record,) = catalog(path, b"SQLite format 3")
        assert isinstance(record, NotAssessed)
        assert record.where == path


@pytest.mark.parametrize("path", [STATUS, "lib/apk/db/installed"])
def test_a_database_of_nothing_but_lines_is_soon_done(path: str) -> None:
    assert catalog(path, b"\n" * 20_000_000) == ()
    (told,) = catalog(path, b"\n" * 1001, Limits(text_bytes=1000))
    assert isinstance(told, NotAssessed)
    assert "--limit text_bytes" in told.why


def test_apk_paths_cannot_multiply() -> None:
    record = "P:a\nV:1\nF:" + "x" * 50_000 + "\n" + "R:a.jar\n" * 20_000
    found, told = catalog("lib/apk/db/installed", record.encode())
    assert isinstance(found, Package)
    assert isinstance(told, NotAssessed)
