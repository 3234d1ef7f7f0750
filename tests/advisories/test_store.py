"""The database file: what goes in comes out, it is replaced whole or not at all, and damage is said."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest

from seawall.advisories.builder import Builder
from seawall.advisories.match import match
from seawall.advisories.starter import combined, starter
from seawall.advisories.store import LEAST_RECORDS, Store
from seawall.errors import DatabaseError
from seawall.model import Distro, Package
from seawall.model.advisory import Advisory, FeedStatus, Range
from seawall.model.finding import Severity

WHOLE = Advisory(
    id="GHSA-1",
    aliases=("CVE-2024-1", "PYSEC-2024-1"),
    ecosystem="PyPI",
    package="Zope.Interface",
    ranges=(Range(introduced="1", fixed="1.5"), Range(introduced="2", last_affected="2.5"), Range()),
    versions=("0.9",),
    summary="Überlauf",
    severity=Severity.HIGH,
    cvss="CVSS:3.1/AV:N",
    refs=("https://example.org/1",),
    source="PyPI",
    modified="2024-01-01T00:00:00Z",
    will_not_fix=True,
)


def advisory(ecosystem: str = "PyPI", package: str = "django", name: str = "X-1", **more: object) -> Advisory:
    source = ecosystem.partition(":")[0]
    fields = {"id": name, "ecosystem": ecosystem, "package": package, "ranges": (Range(),), "source": source} | more
    return Advisory(**fields)  # type: ignore[arg-type]


def feed(source: str = "PyPI", records: int = 1, **more: object) -> FeedStatus:
    return FeedStatus(source=source, records=records, **more)  # type: ignore[arg-type]


def build(db: Path, advisories: Iterable[Advisory], *feeds: FeedStatus) -> Path:
    with Builder(db) as builder:
        builder.add(advisories)
        for status in feeds:
            builder.finish(status)
    return db


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "a folder" / "advisories ?#%.db"


def beside(db: Path) -> set[str]:
    """Files next to the database, the lock left out."""
    return {path.name for path in db.parent.iterdir()} - {db.name, f"{db.name}.lock"}


def test_what_goes_in_comes_out(db: Path) -> None:
    build(db, [WHOLE, advisory(package="zope-interface", name="A-1"), advisory(package="zope")], feed(records=3))
    with Store.open(db) as store:
        assert store.lookup("PyPI", "zope_interface") == (advisory(package="zope-interface", name="A-1"), WHOLE)
        assert store.lookup("PyPI", "nothing") == store.lookup("npm", "zope") == ()


def test_the_last_of_one_id_stays(db: Path) -> None:
    build(db, [advisory(summary="old"), advisory(summary="new")], feed())
    with Store.open(db) as store:
        assert [found.summary for found in store.lookup("PyPI", "django")] == ["new"]


def test_npm_advisories_in_capitals_hit_the_package_in_small_letters_but_not_the_other_way(db: Path) -> None:
    build(db, [advisory("npm", "Axios"), advisory("npm", "jsonstream")], feed("npm", 2))
    with Store.open(db) as store:
        assert store.lookup("npm", "axios")[0].package == "Axios"
        assert store.lookup("npm", "Axios")[0].package == "Axios"
        assert store.lookup("npm", "JSONStream") == ()


def test_an_address_of_a_repository_is_kept_but_not_needed(db: Path) -> None:
    drupal = "Packagist:https://packages.drupal.org/8"
    build(db, [advisory(drupal, "drupal/token")], feed("Packagist"))
    with Store.open(db) as store:
        assert store.lookup("Packagist", "drupal/token") == store.lookup(drupal, "Drupal/Token")
        assert store.lookup("Packagist", "drupal/token")[0].ecosystem == drupal
        assert store.covers(drupal)


def test_a_release_with_a_handful_of_records_is_not_covered(db: Path) -> None:
    enough = [advisory("Alpine:v3.20", "curl", f"A-{n}") for n in range(LEAST_RECORDS)]
    few = [advisory("Alpine:v3.21", "curl", f"A-{n}") for n in range(LEAST_RECORDS - 1)]
    also = [advisory("Alpine:v3.21", "zlib", f"A-{n}") for n in range(LEAST_RECORDS - 1)]
    build(db, [*enough, *few, *also, advisory()], feed("Alpine", LEAST_RECORDS), feed())
    with Store.open(db) as store:
        assert store.covers("Alpine:v3.20")
        assert store.covers("PyPI")
        assert not any(map(store.covers, ("Alpine:v3.21", "Alpine:v3.22", "Alpine", "npm", "KEV", "")))
        alpine, _ = store.status()
        assert alpine.covers == ("Alpine:v3.20",)
        assert alpine.releases == {"Alpine:v3.20": LEAST_RECORDS, "Alpine:v3.21": LEAST_RECORDS - 1}


def test_exploited_and_likely(db: Path) -> None:
    with Builder(db) as builder:
        builder.add_kev(["CVE-2021-44228"])
        builder.add_epss([("CVE-2021-44228", 0.94)])
        builder.finish(feed("KEV"))
        builder.finish(feed("EPSS"))
    with Store.open(db) as store:
        assert store.exploited("CVE-2021-44228")
        assert not store.exploited("CVE-2021-44229")
        assert store.epss("CVE-2021-44228") == 0.94
        assert store.epss("CVE-2021-44229") is None
        assert store.covers("KEV")
        assert store.covers("EPSS")


def test_what_is_not_built_anew_is_taken_over(db: Path) -> None:
    with Builder(db) as builder:
        builder.add([advisory(), advisory("Debian:12", "zlib"), advisory("Debianish", "zlib"), advisory("npm", "x")])
        builder.add_kev(["CVE-2021-44228"])
        for source in ("PyPI", "Debianish", "npm", "KEV"):
            builder.finish(feed(source, imported="2026-01-01"))
        builder.finish(feed("Debian", imported="2026-01-01"), url="https://example.org/Debian", etag='"1"')
    with Builder(db) as builder:
        builder.add([advisory(name="X-2"), advisory("npm", "half")])
        builder.finish(feed(imported="2026-02-02"))
        builder.discard("npm")
        builder.renew("Debian", "2026-02-02")
    with Store.open(db) as store:
        assert [found.id for found in store.lookup("PyPI", "django")] == ["X-2"]
        assert len(store.lookup("Debian:12", "zlib")) == len(store.lookup("Debianish", "zlib")) == 1
        assert len(store.lookup("npm", "x")) == 1
        assert store.lookup("npm", "half") == ()
        assert store.exploited("CVE-2021-44228")
        assert store.etag("Debian", "https://example.org/Debian") == '"1"'
        assert store.etag("Debian", "https://mirror.example.org/Debian") == store.etag("npm", "") == ""
        dates = {status.source: status.imported[:7] for status in store.status()}
        old, new = "2026-01", "2026-02"
        assert dates == {"Debian": new, "Debianish": old, "KEV": old, "PyPI": new, "npm": old}


def test_an_open_store_goes_on_when_the_file_is_replaced(db: Path) -> None:
    build(db, [advisory(name="X-1")], feed())
    with Store.open(db) as before:
        build(db, [advisory(name="X-2")], feed())
        with Store.open(db) as after:
            assert [found.id for found in before.lookup("PyPI", "django")] == ["X-1"]
            assert [found.id for found in after.lookup("PyPI", "django")] == ["X-2"]


def test_a_block_that_raises_changes_nothing(db: Path) -> None:
    build(db, [advisory()], feed())
    before = db.read_bytes()
    with pytest.raises(ZeroDivisionError):
        build(db, (advisory(name=f"X-{5 // n}") for n in (2, 1, 0)), feed())
    assert db.read_bytes() == before
    assert beside(db) == set()


def test_only_one_builds_at_a_time(db: Path) -> None:
    with Builder(db) as builder:
        with pytest.raises(DatabaseError, match="another update") as caught, Builder(db):
            pass
        assert caught.value.hint
        builder.add([advisory()])
        builder.finish(feed())
    with Store.open(db) as store:
        assert len(store.lookup("PyPI", "django")) == 1
    build(db, [advisory()], feed())


def test_what_a_killed_run_left_behind_is_cleared_away(db: Path) -> None:
    build(db, [advisory()], feed())
    for left in ("new", "download"):
        db.with_name(f"{db.name}.{left}").write_bytes(b"half a database")
    build(db, [advisory(name="X-2")], feed())
    assert beside(db) == set()


def test_a_folder_that_cannot_be_made_or_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseError, match="cannot be written"), Builder(tmp_path / "file" / "x.db"):
        pass
    with pytest.raises(DatabaseError, match="cannot be written"), Builder(Path("/proc/1/x.db")):
        pass


FILL = """
import resource, signal, sys
from pathlib import Path
from seawall.advisories.builder import Builder
from seawall.advisories.match import match
from seawall.advisories.starter import combined, starter
from seawall.errors import DatabaseError
from seawall.model import Distro, Package
from seawall.model.advisory import Advisory, FeedStatus, Range
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
many = (Advisory(id=f"X-{n}", ecosystem="npm", package="x", summary="y" * 100, ranges=(Range(),)) for n in range(20000))
try:
    with Builder(Path(sys.argv[1])) as builder:
        builder.add(many)
        builder.finish(FeedStatus(source="npm", records=20000))
except DatabaseError as error:
    print(error)
"""


@pytest.mark.parametrize("room", [0, 4096, 100_000, 2_000_000])
def test_no_room_left(db: Path, room: int) -> None:
    build(db, [advisory()], feed())
    before = db.read_bytes()
    ran = subprocess.run([sys.executable, "-c", FILL, str(db), str(room)], capture_output=True, text=True, timeout=60)
    assert "cannot be written" in ran.stdout, ran.stderr
    assert db.read_bytes() == before
    assert beside(db) == set()


def broken(db: Path) -> DatabaseError:
    with pytest.raises(DatabaseError) as caught, Store.open(db) as store:
        store.lookup("npm", "x")
    assert str(db) in str(caught.value)
    assert "seawall update" in caught.value.hint
    return caught.value


def test_missing_foreign_or_of_another_version(tmp_path: Path, db: Path) -> None:
    assert "there is no" in str(broken(db))
    assert "there is no" in str(broken(tmp_path))
    foreign = tmp_path / "foreign.db"
    foreign.touch()
    assert "no advisory database" in str(broken(foreign))
    foreign.write_text("something else entirely\n" * 100)
    broken(foreign)
    build(db, [advisory()], feed())
    with sqlite3.connect(db) as connection:
        connection.execute("PRAGMA user_version = 99")
    assert "version 99" in str(broken(db))
    with Builder(db) as builder:
        assert "version 99" in builder.lost
        builder.finish(feed())
    Store.open(db).close()


def test_damage_anywhere_is_an_error_and_never_an_empty_answer(db: Path) -> None:
    build(db, (advisory("npm", "x", f"X-{n}", summary="y" * 50) for n in range(500)), feed("npm", 500))
    whole = db.read_bytes()
    with Store.open(db) as store:
        expected = store.lookup("npm", "x")
    for length in range(0, len(whole), len(whole) // 16 + 1):
        db.write_bytes(whole[:length])
        broken(db)
    for page in range(0, len(whole), 4096):
        db.write_bytes(whole[:page] + bytes(4096) + whole[page + 4096 :])
        with suppress(DatabaseError), Store.open(db) as store:
            assert store.lookup("npm", "x") == expected


def test_a_read_only_file_is_enough(db: Path) -> None:
    build(db, [advisory()], feed())
    db.chmod(0o444)
    db.parent.chmod(0o555)
    try:
        with Store.open(db) as store:
            assert store.lookup("PyPI", "django")
        assert beside(db) == set()
    finally:
        db.parent.chmod(0o755)


def test_damage_in_what_is_taken_over_is_said_and_nothing_replaced(db: Path) -> None:
    build(db, (advisory("npm", "x", f"X-{n}", summary="y" * 50) for n in range(500)), feed("npm", 500))
    spoiled = bytearray(db.read_bytes())
    spoiled[4096 * 8 : 4096 * 9] = bytes(4096)
    db.write_bytes(spoiled)
    with pytest.raises(DatabaseError, match="malformed") as caught:
        build(db, [advisory()], feed())
    assert "delete it" in caught.value.hint
    assert db.read_bytes() == spoiled


def test_a_flaw_that_its_distro_does_not_score_is_scored_by_who_does(db: Path) -> None:
    low, high = "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    distro = advisory("Alpine:v3.20", "openssl", "ALPINE-CVE-2024-1", aliases=("CVE-2024-1",))
    bundled = advisory("Bitnami", "openssl", "BIT-2", aliases=("CVE-2024-1", "CVE-2024-2"), cvss=low)
    scored = advisory("Bitnami", "openssl", "BIT-1", aliases=("CVE-2024-1",), cvss=high)
    build(db, [distro, bundled, scored], feed("Alpine"), feed("Bitnami"))
    package = Package(type="apk", name="libssl3", version="3.0-r0", source="openssl")
    for renewed in (False, True):
        if renewed:  # what is taken over keeps its scores
            build(db, [distro], feed("Alpine"))
        with Store.open(db) as store:
            assert store.vector("CVE-2024-1") == (high, "Bitnami")
            assert store.vector("CVE-2024-2") is None
            (one,) = match([package], Distro(id="alpine", version="3.20.1"), combined(store, starter())).matches
            assert (one.severity, one.score, one.scored_by) == (Severity.CRITICAL, 9.8, "Bitnami, CVSS 3.1")
