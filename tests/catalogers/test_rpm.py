"""rpm's three databases and Azure Linux's list: recorded ones, rpm's own where the machine has it, damaged ones."""

from __future__ import annotations

import random
import shutil
import sqlite3
import struct
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from seawall.catalogers import Evidence, Owns, Record, assemble, catalog
from seawall.catalogers.rpm import DATABASE, rpm
from seawall.errors import LimitExceeded, Malformed, SeawallError
from seawall.model import Distro, NotAssessed, Package
from seawall.safe import sqlite
from seawall.safe.limits import Limits

SQLITE, NDB, BERKELEY = "var/lib/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/Packages.db", "var/lib/rpm/Packages"
MANIFEST = "var/lib/rpmmanifest/container-manifest-2"
RECORDED = {
    "cbl-mariner-2.0-rpmdb.sqlite": SQLITE,
    "sle15-bci-Packages.db": NDB,
    "libuuid-Packages": BERKELEY,
    "epoch-Packages": BERKELEY,
}


def packages(records: tuple[Record, ...]) -> list[Package]:
    return [record for record in records if isinstance(record, Package)]


def header(**fields: str | int | list[str] | list[int]) -> bytes:
    """A header with these tags, as rpm writes one."""
    tags = {"name": 1000, "version": 1001, "release": 1002, "epoch": 1003, "vendor": 1011, "arch": 1022}
    tags |= {"sourcerpm": 1044, "dirindexes": 1116, "basenames": 1117, "dirnames": 1118, "modularitylabel": 5096}
    entries, data = [], b""
    for name, value in fields.items():
        values = value if isinstance(value, list) else [value]
        number = isinstance(values[0], int)
        data += bytes(-len(data) % 4) if number else b""
        kind = 4 if number else 8 if isinstance(value, list) else 6
        entries.append(struct.pack(">IIII", tags[name], kind, len(data), len(values)))
        data += b"".join(struct.pack(">I", v) if isinstance(v, int) else v.encode() + b"\0" for v in values)
    return struct.pack(">II", len(entries), len(data)) + b"".join(entries) + data


def sqlite_with(
    *headers: bytes, script: str = "CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY, blob BLOB)"
) -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.executescript(script)
    for each in headers:
        connection.execute("INSERT INTO Packages (blob) VALUES (?)", (each,))
    connection.commit()
    content = connection.serialize()
    connection.close()
    return content


def test_recorded_databases(recorded: Path) -> None:
    found = {name: packages(catalog(path, (recorded / "rpm" / name).read_bytes())) for name, path in RECORDED.items()}
    assert {name: len(each) for name, each in found.items()} == {
        "cbl-mariner-2.0-rpmdb.sqlite": 129,
        "sle15-bci-Packages.db": 35,
        "libuuid-Packages": 1,
        "epoch-Packages": 1,
    }
    glibc = next(each for each in found["cbl-mariner-2.0-rpmdb.sqlite"] if each.name == "glibc")
    assert (glibc.version, glibc.arch, glibc.origin) == ("2.34-2.cm2", "x86_64", "Microsoft Corporation")
    (libuuid,) = found["libuuid-Packages"]
    assert (libuuid.version, libuuid.source, libuuid.source_version) == ("2.32.1-42.el8_8", "util-linux", "")
    (hello,) = found["epoch-Packages"]
    assert hello.version == "1:0.0.1-rls"


def test_the_list_of_azure_linux_distroless_images(recorded: Path) -> None:
    records = catalog(MANIFEST, (recorded / "rpm/azurelinux-container-manifest-2").read_bytes())
    assert len(records) == 5
    assert {(each.name, each.version, each.source) for each in packages(records)} == {
        ("mariner-release", "2.0-12.cm2", ""),
        ("filesystem", "1.1-9.cm2", ""),
        ("glibc", "2.35-2.cm2", ""),
        ("openssl-libs", "1.1.1k-15.cm2", "openssl"),
        ("vim", "2:9.0-1.cm2", ""),
    }


@pytest.mark.skipif(not shutil.which("rpm"), reason="this machine has no rpm")
def test_agrees_with_rpm(recorded: Path, tmp_path: Path) -> None:
    content = (recorded / "rpm/cbl-mariner-2.0-rpmdb.sqlite").read_bytes()
    (tmp_path / "rpmdb.sqlite").write_bytes(content)
    form = "%{NAME} %{EPOCHNUM}:%{VERSION}-%{RELEASE} %{ARCH} %{SOURCERPM}\n"
    command = ["rpm", "--dbpath", str(tmp_path), "-qa", "--qf", form]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    ours = {
        f"{p.name} {p.version if ':' in p.version else '0:' + p.version} {p.arch} "
        f"{p.source or p.name}-{(p.source_version or p.version).rpartition(':')[2]}.src.rpm"
        for p in packages(catalog(SQLITE, content))
    }
    assert ours == {line for line in said if not line.startswith("gpg-pubkey")}


def test_what_a_header_says() -> None:
    content = sqlite_with(
        header(name="gpg-pubkey", version="1", release="2"),
        header(
            name="nodejs",
            epoch=1,
            version="18.1",
            release="2.module",
            arch="x86_64",
            sourcerpm="nodejs18-18.1-3.module.nosrc.rpm",
            vendor="NodeSource",
            modularitylabel="nodejs:18:8080020:abc",
            dirindexes=[0, 1, 1, 9],
            basenames=["LICENSE", "a.jar", "b.txt", "c.jar"],
            dirnames=["/usr/share/licenses/nodejs/", "/usr/share/java/"],
        ),
    )
    node, owns = catalog(SQLITE, content)
    assert isinstance(node, Package)
    assert (node.version, node.source, node.source_version) == ("1:18.1-2.module", "nodejs18", "1:18.1-3.module")
    assert (node.module, node.origin) == ("nodejs:18", "NodeSource")
    assert owns == Owns(package="nodejs", paths=("usr/share/java/a.jar",))


def test_vendor_and_epoch_in_an_image() -> None:
    release = Evidence(path="etc/os-release", versions=(("L0", (Distro(id="azurelinux", version="3.0"),)),))
    rows = [
        header(name="perl", epoch=4, version="5.38", release="1.azl3", arch="x86_64", vendor="Microsoft Corporation"),
        header(name="docker-ce", epoch=3, version="27", release="1.el9", arch="x86_64", vendor="Docker"),
    ]
    listed = b"perl\t5.38-1.azl3\t1\t1\tMicrosoft Corporation\t4\t9\tx86_64\t4\tperl-5.38-1.azl3.src.rpm\n"
    database = Evidence(path=SQLITE, versions=(("L0", catalog(SQLITE, sqlite_with(*rows))),))
    manifest = Evidence(path=MANIFEST, versions=(("L0", catalog(MANIFEST, listed)),))
    found = assemble([release, database, manifest]).packages
    assert [(each.name, each.origin, each.purl) for each in found] == [
        ("docker-ce", "Docker", "pkg:rpm/azurelinux/docker-ce@27-1.el9?arch=x86_64&distro=azurelinux-3.0&epoch=3"),
        ("perl", "", "pkg:rpm/azurelinux/perl@5.38-1.azl3?arch=x86_64&distro=azurelinux-3.0&epoch=4"),
    ]


def test_a_header_that_cannot_be_read_does_not_hide_the_others() -> None:
    broken = header(name="a", version="1", release="1")[:-3]
    told, found = catalog(SQLITE, sqlite_with(broken, header(name="b", version="1", release="1")))
    assert isinstance(told, NotAssessed)
    assert (told.where, found) == (SQLITE, Package(type="rpm", name="b", version="1-1", path=SQLITE))


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE other (x)",
        "CREATE VIEW Packages AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i FROM n) SELECT i AS blob FROM n",
        "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob GENERATED ALWAYS AS (zeroblob(900000000)))",
        "CREATE VIRTUAL TABLE Packages USING fts4(blob)",
    ],
)
def test_hostile_schemas_compute_nothing(script: str) -> None:
    (told,) = catalog(SQLITE, sqlite_with(script=script))
    assert isinstance(told, NotAssessed)


def test_the_work_of_a_query_is_bounded() -> None:
    content = sqlite_with(*[header(name="a", version="1", release="1")] * 2000)
    assert len(list(sqlite.column(content, "Packages", "blob", where="db"))) == 2000
    with pytest.raises(LimitExceeded, match="sqlite_steps"):
        list(sqlite.column(content, "Packages", "blob", where="db", limits=Limits(sqlite_steps=2000)))
    with pytest.raises(Malformed):
        list(sqlite.column(content[:5000], "Packages", "blob", where="db"))


def test_a_log_mode_database_is_read_and_its_log_told() -> None:
    content = sqlite_with(header(name="a", version="1", release="1"))
    assert len(packages(catalog(SQLITE, content[:18] + b"\2\2" + content[20:]))) == 1
    assert catalog(f"{SQLITE}-wal", b"") == ()
    (told,) = catalog(f"{SQLITE}-wal", bytes(100))
    assert isinstance(told, NotAssessed)


def test_few_bytes_cannot_stand_for_gigabytes_of_paths() -> None:
    many = header(
        name="a",
        version="1",
        release="1",
        dirindexes=[0] * 20_000,
        basenames=["a.jar"] * 20_000,
        dirnames=["/" + "x" * 50_000 + "/"],
    )
    found, told = catalog(SQLITE, sqlite_with(many))
    assert isinstance(found, Package)
    assert isinstance(told, NotAssessed)
    assert "longer than any real ones" in told.why


def test_a_header_over_its_bound_is_told() -> None:
    content = sqlite_with(header(name="a", version="1", release="1", vendor="x" * 2000))
    (told,) = catalog(SQLITE, content, Limits(rpm_header_bytes=1000))
    assert isinstance(told, NotAssessed)
    assert "--limit rpm_header_bytes" in told.why


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_damaged_databases_give_records_or_one_error(recorded: Path, name: str) -> None:
    """Bytes changed, cut and doubled, at the places that lead somewhere as well as anywhere."""
    content, rng = (recorded / "rpm" / name).read_bytes(), random.Random(name)
    for _ in range(20):
        hostile = bytearray(content)
        for _ in range(rng.choice([1, 3, 30])):
            at = rng.choice([rng.randrange(200), rng.randrange(len(content)), rng.randrange(len(content)) & ~4095])
            hostile[at : at + 4] = rng.choice([rng.randbytes(4), b"\xff" * 4, bytes(4), hostile[64:68]])
        if rng.random() < 0.2:
            del hostile[rng.randrange(len(hostile)) :]
        with suppress(SeawallError):
            list(rpm.read(RECORDED[name], bytes(hostile)))


def test_overlapping_blobs_are_refused() -> None:
    content = bytearray(DATABASE.content)
    content[48:64] = struct.pack("<4sIII", b"Slot", 1, 256, 1)
    (*_, told) = catalog(NDB, bytes(content))
    assert isinstance(told, NotAssessed)
    assert "overlap" in told.why
