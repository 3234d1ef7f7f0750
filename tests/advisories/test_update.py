"""Feeds into the database: real bundles, broken ones, and servers that change, fail, cut and lie."""

from __future__ import annotations

import gzip
import signal
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest

from seawall.advisories import update
from seawall.advisories.builder import Builder
from seawall.advisories.feed import Skipped
from seawall.advisories.store import Store
from seawall.errors import DatabaseError, FetchError, LimitExceeded, Malformed, Unreadable
from seawall.model.advisory import FeedStatus
from seawall.safe.http import Client
from seawall.safe.limits import Limits
from shared_data import SHARED

OSV = SHARED / "osv" if SHARED else Path("absent")
real = pytest.mark.skipif(SHARED is None, reason="the shared data is not beside this checkout")

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)

RECORDS = {
    "AlmaLinux": (4440, 1197),
    "Alpine": (5986, 0),
    "Azure Linux": (3525, 133),
    "Bitnami": (7444, 0),
    "Debian": (12709, 0),
    "EPSS": (360142, 0),
    "Go": (6364, 64),
    "KEV": (1653, 0),
    "Maven": (2005, 1),
    "NuGet": (404, 0),
    "Packagist": (1811, 0),
    "PyPI": (6869, 270),
    "Red Hat": (6, 0),
    "Rocky Linux": (8, 0),
    "RubyGems": (1164, 0),
    "Ubuntu": (30, 7),
    "Wolfi": (18724, 0),
    "crates.io": (1218, 13),
    "npm": (3127, 0),
}
"""Held and skipped: withdrawn, errata without a CVE (AlmaLinux), and what does not apply (Azure Linux 2)."""


def record(name: str, source: str = "PyPI", package: str = "django", **more: Any) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2"}]}]
    affected = [{"package": {"ecosystem": source, "name": package}, "ranges": ranges}]
    return {"id": name, "modified": "2024-01-01T00:00:00Z", "affected": affected, **more}


def bundle(root: Path, source: str, *records: Any) -> Path:
    """`records` are documents, or the bytes of members."""
    path = root / source / "all.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, each in enumerate(records):
            archive.writestr(f"R-{number}.json", each if isinstance(each, bytes) else msgspec.json.encode(each))
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two small sources, KEV and EPSS."""
    root = tmp_path / "feeds"
    bundle(root, "PyPI", record("P-1"), record("P-2", package="flask"))
    bundle(root, "Azure Linux", *(record(f"A-{n}", "Azure Linux:3", "zlib") for n in range(120)))
    (root / "kev.json").write_bytes(b'{"vulnerabilities": [{"cveID": "CVE-2021-44228"}], "dateReleased": "2026-01-02"}')
    table = b"#model_version:v1,score_date:2026-01-03T00:00:00+0000\ncve,epss,percentile\nCVE-2021-44228,0.94,0.99\n"
    (root / "epss.csv.gz").write_bytes(gzip.compress(table))
    return root


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "db" / "advisories.db"


def held(db: Path) -> dict[str, tuple[int, int]]:
    with Store.open(db) as store:
        return {feed.source: (feed.records, feed.skipped) for feed in store.status()}


def status(db: Path, source: str) -> FeedStatus:
    with Store.open(db) as store:
        return next(feed for feed in store.status() if feed.source == source)


def ids(db: Path, ecosystem: str = "PyPI", name: str = "django") -> list[str]:
    with Store.open(db) as store:
        return [advisory.id for advisory in store.lookup(ecosystem, name)]


@real
def test_every_record_of_the_real_data_is_imported_or_accounted_for(db: Path) -> None:
    summary = update.import_folder(OSV, db, now=NOW)
    assert {feed.source: (feed.records, feed.skipped) for feed in summary.feeds} == held(db) == RECORDS
    assert {reason for feed in summary.feeds for reason in feed.reasons} == {
        "withdrawn",
        Skipped.NO_FLAW.value,
        Skipped.NOT_APPLICABLE.value,
    }
    assert not summary.failed
    assert not summary.damaged
    assert db.stat().st_size < 150e6
    assert status(db, "PyPI").newest < "2026-11"  # two of its records are of 2027
    with Store.open(db) as store:
        covered = {name for feed in store.status() for name in feed.covers}
        assert {"Debian:12", "Debian:13", "Alpine:v3.16", "Azure Linux:3", "AlmaLinux:9", "Wolfi", "KEV"} <= covered
        assert not covered & {"Alpine:v3.20", "Alpine:v3.21", "Ubuntu:22.04:LTS", "Rocky Linux:9", "Red Hat"}
        log4j = store.lookup("Maven", "org.apache.logging.log4j:log4j-core")
        (log4shell,) = (advisory for advisory in log4j if "CVE-2021-44228" in (advisory.id, *advisory.aliases))
        assert "2.15.0" in {part.fixed for part in log4shell.ranges}
        assert store.exploited("CVE-2021-44228")
        (webp,) = (found for found in store.lookup("Debian:12", "libwebp") if found.id == "DEBIAN-CVE-2023-4863")
        assert [part.fixed for part in webp.ranges] == ["1.2.4-0.2+deb12u1"]
        assert store.lookup("npm", "axios")


def test_a_folder_is_imported(root: Path, db: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    summary = update.import_folder(root, db, now=NOW, progress=lambda *step: seen.append(step))
    assert held(db) == {"Azure Linux": (120, 0), "EPSS": (1, 0), "KEV": (1, 0), "PyPI": (2, 0)}
    assert {feed.imported for feed in summary.feeds} == {"2026-11-23T12:00:00Z"}
    newest = {feed.source: feed.newest[:10] for feed in summary.feeds}
    assert newest == {"Azure Linux": "2024-01-01", "EPSS": "2026-01-03", "KEV": "2026-01-02", "PyPI": "2024-01-01"}
    assert ("PyPI", 0, 0) in seen
    assert ("PyPI", 2, 2) in seen
    with Store.open(db) as store:
        assert store.exploited("CVE-2021-44228")
        assert store.epss("CVE-2021-44228") == 0.94
        assert store.covers("Azure Linux:3")


def test_what_is_skipped_is_counted_and_the_damaged_named(root: Path, db: Path) -> None:
    many = [b"{"] * (update.NAMED + 5)
    bundle(root, "PyPI", record("P-1"), record("P-2", withdrawn="2024"), record("P-3", "npm"), {"id": "P-4"}, *many)
    summary = update.import_folder(root, db, now=NOW)
    pypi = status(db, "PyPI")
    assert pypi.reasons == {"withdrawn": 1, "no package of this ecosystem": 2, update.DAMAGED: update.NAMED + 5}
    assert (pypi.records, pypi.skipped) == (1, update.NAMED + 8)
    assert len(summary.damaged) == update.NAMED
    assert summary.damaged[0].where.endswith("PyPI/all.zip!/R-4.json")


def test_a_damaged_member_does_not_cost_the_others(root: Path, db: Path) -> None:
    path = bundle(root, "PyPI", record("P-1"), record("P-2", summary="random " * 50), record("P-3"))
    data = bytearray(path.read_bytes())
    at = data.index(b"R-1.json") + 40
    data[at : at + 30] = bytes(30)
    path.write_bytes(data)
    (note,) = update.import_folder(root, db, now=NOW).damaged
    assert note.where.endswith("!/R-1.json")
    assert ids(db) == ["P-1", "P-3"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-100]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"<html>503</html>"),
        lambda path: bundle(path.parents[1], "PyPI"),
        lambda path: bundle(path.parents[1], "PyPI", b"{", b"[]"),
        lambda path: path.unlink(),
    ],
    ids=["cut", "empty", "html", "no records", "no good records", "absent"],
)
def test_a_source_that_fails_keeps_what_the_database_had(root: Path, db: Path, spoil: Any) -> None:
    update.import_folder(root, db, now=NOW)
    spoil(root / "PyPI" / "all.zip")
    bundle(root, "Azure Linux", record("A-1", "Azure Linux:3", "zlib"))
    summary = update.import_folder(root, db, now=LATER, ecosystems=["PyPI", "Azure Linux"])
    (failure,) = summary.failed
    assert failure.what == "advisories of PyPI"
    assert failure.why
    assert ids(db) == ["P-1"]
    assert status(db, "PyPI").imported == "2026-11-23T12:00:00Z"
    assert held(db)["Azure Linux"] == (1, 0)
    assert status(db, "Azure Linux").imported == "2026-11-24T12:00:00Z"


def test_where_everything_fails_the_database_is_untouched(root: Path, db: Path) -> None:
    update.import_folder(root, db, now=NOW)
    before = db.read_bytes()
    for path in (root / "PyPI/all.zip", root / "Azure Linux/all.zip", root / "kev.json", root / "epss.csv.gz"):
        path.write_bytes(b"?")
    with pytest.raises(Malformed):
        update.import_folder(root, db, now=LATER)
    assert db.read_bytes() == before


@pytest.mark.parametrize("limits", [Limits(zip_entries=1), Limits(zip_total_bytes=300)])
def test_a_bound_of_the_whole_bundle_fails_the_source(root: Path, db: Path, limits: Limits) -> None:
    for name in ("kev.json", "epss.csv.gz"):
        (root / name).unlink()
    with pytest.raises(LimitExceeded):
        update.import_folder(root, db, now=NOW, ecosystems=["PyPI"], limits=limits)
    assert not db.exists()


def test_a_record_that_breaks_a_bound_is_left_out_alone(root: Path, db: Path) -> None:
    deep = b'{"id": "X", "affected": [{"database_specific": {"severity": ' + b"[" * 50_000
    bundle(root, "PyPI", record("P-1"), deep, record("P-2", summary="long" * 5000))
    summary = update.import_folder(root, db, now=NOW, limits=Limits(json_bytes=10_000))
    assert [note.where[-8:] for note in summary.damaged] == ["R-1.json", "R-2.json"]
    assert ids(db) == ["P-1"]


def test_only_the_ecosystems_asked_for(root: Path, db: Path) -> None:
    update.import_folder(root, db, now=NOW, ecosystems=["PyPI"])
    assert set(held(db)) == {"PyPI", "KEV", "EPSS"}
    update.import_folder(root, db, now=NOW, ecosystems=["Azure Linux"])
    assert set(held(db)) == {"PyPI", "Azure Linux", "KEV", "EPSS"}


def test_a_folder_with_nothing_in_it(tmp_path: Path, db: Path) -> None:
    with pytest.raises(Unreadable, match="no advisories") as caught:
        update.import_folder(tmp_path, db, now=NOW)
    assert "all.zip" in caught.value.hint
    with pytest.raises(Unreadable):
        update.import_folder(tmp_path / "absent", db, now=NOW)
    assert not db.exists()


def test_records_of_the_future_do_not_make_old_data_look_fresh(root: Path, db: Path) -> None:
    times = ("2025-05-05T01:02:03.456Z", "2027-07-09T00:00:00Z", "not a time", "")
    bundle(root, "PyPI", *(record(f"P-{n}", modified=time) for n, time in enumerate(times)))
    update.import_folder(root, db, now=NOW)
    assert status(db, "PyPI").newest == "2025-05-05T01:02:03Z"


def test_a_damaged_database_is_built_anew_and_said(root: Path, db: Path) -> None:
    update.import_folder(root, db, now=NOW)
    db.write_bytes(db.read_bytes()[:5000])
    summary = update.import_folder(root, db, now=NOW)
    assert "cannot be read" in summary.lost
    assert not summary.failed
    assert ids(db) == ["P-1"]


def test_a_database_of_another_version_is_built_anew_and_what_is_not_kept_is_said(root: Path, db: Path) -> None:
    update.import_folder(root, db, now=NOW)
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("PRAGMA user_version=1")
    summary = update.import_folder(root, db, now=NOW, ecosystems=["PyPI"])
    assert "is of version 1" in summary.lost
    assert summary.not_kept == ("Azure Linux",)
    assert not summary.failed
    assert set(held(db)) == {"PyPI", "KEV", "EPSS"}


def test_a_second_update_is_refused(root: Path, db: Path) -> None:
    with Builder(db), pytest.raises(DatabaseError, match="another update"):
        update.import_folder(root, db, now=NOW)


STOPS = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from seawall.advisories import update
steps = iter(range(100))
def progress(source, done, total):
    if next(steps) == int(sys.argv[3]):
        print("stopped", flush=True)
        time.sleep(60)
update.import_folder(Path(sys.argv[1]), Path(sys.argv[2]), now=datetime.now(UTC), progress=progress)
"""


@pytest.mark.parametrize("step", [0, 1, 3, 5])
def test_a_killed_import_leaves_the_old_database(root: Path, db: Path, step: int) -> None:
    update.import_folder(root, db, now=NOW)
    before = db.read_bytes()
    bundle(root, "Azure Linux", record("A-9", "Azure Linux:3", "zlib"))
    command = [sys.executable, "-c", STOPS, str(root), str(db), str(step)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "stopped\n"
        process.send_signal(signal.SIGKILL)
    assert db.read_bytes() == before
    assert ids(db) == ["P-1"]
    update.import_folder(root, db, now=NOW)
    assert ids(db, "Azure Linux:3", "zlib") == ["A-9"]
    assert {path.name for path in db.parent.iterdir()} == {db.name, f"{db.name}.lock"}


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        path = unquote(self.path.partition("?")[0]).strip("/")
        fault = self.server.faults.get(path, "")
        file = self.server.root / path
        etag = f'"{file.stat().st_mtime_ns}"' if file.is_file() else ""
        unchanged = bool(etag) and self.headers.get("If-None-Match") == etag
        code = 503 if fault == "busy" else 304 if unchanged else 200 if etag else 404
        self.server.seen.append((path, code))
        body = b"<html>hello</html>" if fault == "lie" else file.read_bytes() if code == 200 else b""
        self.send_response(code)
        self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if fault == "cut" else body)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, root: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.root = root
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.faults: dict[str, str] = {}
        self.seen: list[tuple[str, int]] = []


@pytest.fixture
def server(root: Path) -> Iterator[Server]:
    with Server(root) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def fetch(server: Server, db: Path, now: datetime = NOW, **more: Any) -> update.Summary:
    urls = {"kev_url": f"{server.url}/kev.json", "epss_url": f"{server.url}/epss.csv.gz"} | more
    with Client(user_agent="test", sleep=lambda seconds: None) as client:
        return update.fetch(f"{server.url}/", ["PyPI", "Azure Linux"], db, client=client, now=now, **urls)


def test_everything_is_fetched_once_and_then_only_what_changed(server: Server, db: Path) -> None:
    fetch(server, db)
    assert held(db) == {"Azure Linux": (120, 0), "EPSS": (1, 0), "KEV": (1, 0), "PyPI": (2, 0)}
    assert ("Azure Linux/all.zip", 200) in server.seen
    bundle(server.root, "PyPI", record("P-3"))
    server.seen.clear()
    summary = fetch(server, db, LATER)
    assert set(summary.unchanged) == {"Azure Linux", "KEV", "EPSS"}
    assert [feed.source for feed in summary.feeds] == ["PyPI"]
    assert sorted(code for path, code in server.seen if "modified" not in path) == [200, 304, 304, 304]
    assert ids(db) == ["P-3"]
    assert len(ids(db, "Azure Linux:3", "zlib")) == 120
    assert {status(db, source).imported for source in held(db)} == {"2026-11-24T12:00:00Z"}
    fetch(server, db, LATER)
    assert {code for path, code in server.seen[-6:] if "modified" not in path} == {304}


@pytest.mark.parametrize("fault", ["busy", "cut", "lie"])
@pytest.mark.parametrize("path", ["PyPI/all.zip", "kev.json"])
def test_a_source_that_cannot_be_fetched_is_reported_and_kept(server: Server, db: Path, path: str, fault: str) -> None:
    fetch(server, db)
    server.faults[path] = fault
    for file in server.root.rglob("*.*"):
        file.touch()
    summary = fetch(server, db, LATER)
    (failure,) = summary.failed
    assert failure.where == f"{server.url}/{path}"
    assert held(db) == {"Azure Linux": (120, 0), "EPSS": (1, 0), "KEV": (1, 0), "PyPI": (2, 0)}
    assert ids(db) == ["P-1"]
    with Store.open(db) as store:
        assert store.exploited("CVE-2021-44228")
        old = [feed.source for feed in store.status() if feed.imported == "2026-11-23T12:00:00Z"]
    assert old == ["PyPI" if "PyPI" in path else "KEV"]
    server.faults.clear()
    assert not fetch(server, db, LATER).failed


def test_a_server_that_is_gone_leaves_the_database(server: Server, db: Path) -> None:
    fetch(server, db)
    before = db.read_bytes()
    server.faults = dict.fromkeys(["PyPI/all.zip", "Azure Linux/all.zip", "kev.json", "epss.csv.gz"], "busy")
    with pytest.raises(FetchError, match="503"):
        fetch(server, db, LATER)
    assert db.read_bytes() == before
    assert {path.name for path in db.parent.iterdir()} == {db.name, f"{db.name}.lock"}


def test_kev_and_epss_can_be_left_out(server: Server, db: Path) -> None:
    fetch(server, db, kev_url="", epss_url="")
    assert set(held(db)) == {"PyPI", "Azure Linux"}


def test_what_is_secret_in_an_address_is_neither_stored_nor_shown(server: Server, db: Path) -> None:
    server.faults["kev.json"] = "busy"
    summary = fetch(
        server, db, kev_url=f"{server.url}/kev.json?key=hush", epss_url=f"{server.url}/epss.csv.gz?key=hush"
    )
    assert [note.where for note in summary.failed] == [f"{server.url}/kev.json"]
    assert "EPSS" in held(db)
    assert b"hush" not in db.read_bytes()


def changes(server: Server, *rows: tuple[str, str]) -> None:
    """The list of changes of PyPI, the newest first."""
    lines = sorted(rows, reverse=True)
    (server.root / "PyPI/modified_id.csv").write_text("".join(f"{time},{name}\n" for time, name in lines))


def many(server: Server, count: int = 100) -> list[dict[str, Any]]:
    records = [record(f"P-{n}", package=f"p{n}", modified="2026-11-20T00:00:00Z") for n in range(count)]
    bundle(server.root, "PyPI", *records)
    changes(server, *((each["modified"], each["id"]) for each in records))
    return records


def put(server: Server, changed: dict[str, Any]) -> None:
    (server.root / f"PyPI/{changed['id']}.json").write_bytes(msgspec.json.encode(changed))


def test_only_what_changed_is_fetched(server: Server, db: Path) -> None:
    records = many(server)
    fetch(server, db)
    server.seen.clear()
    assert "PyPI" in fetch(server, db, LATER).unchanged
    assert ("PyPI/all.zip", 200) not in server.seen
    time = "2026-11-24T06:00:00.123456Z"
    put(server, record("P-1", package="p1", modified=time, withdrawn=time))
    put(server, record("P-2", package="other", modified=time))
    put(server, record("P-100", package="new", modified=time))
    rows = [(each["modified"], each["id"]) for each in records[4:]]
    changes(server, *rows, (time, "P-1"), (time, "P-2"), (time, "P-100"), (time, "P-3"))
    server.seen.clear()
    summary = fetch(server, db, LATER)
    assert not summary.failed
    assert {path for path, _ in server.seen if path.startswith("PyPI")} == {
        "PyPI/modified_id.csv", "PyPI/P-1.json", "PyPI/P-2.json", "PyPI/P-3.json", "PyPI/P-100.json"
    }  # fmt: skip
    assert ids(db, name="p1") == ids(db, name="p2") == ids(db, name="p3") == []  # P-3 is gone from the server
    assert (ids(db, name="other"), ids(db, name="new"), ids(db, name="p50")) == (["P-2"], ["P-100"], ["P-50"])
    assert held(db)["PyPI"] == (99, 0)
    assert status(db, "PyPI").newest == "2026-11-24T06:00:00Z"


@pytest.mark.parametrize("case", ["many changes", "a week later", "a list that is none"])
def test_the_bundle_is_read_whole(server: Server, db: Path, case: str) -> None:
    many(server)
    fetch(server, db)
    now = LATER
    if case == "many changes":
        changes(server, *(("2026-11-24T00:00:00Z", f"P-{n}") for n in range(50)))
    elif case == "a week later":
        now += timedelta(days=8)
    else:
        (server.root / "PyPI/modified_id.csv").write_text("x" * 70_000)
    bundle(server.root, "PyPI", record("Q-1"))
    summary = fetch(server, db, now)
    if case == "a list that is none":
        assert [note.what for note in summary.failed] == ["advisories of PyPI"]
        assert len(ids(db, name="p7")) == 1
    else:
        assert ids(db) == ["Q-1"]
        assert held(db)["PyPI"] == (1, 0)


def test_a_change_that_cannot_be_fetched_leaves_the_source_as_it_was(server: Server, db: Path) -> None:
    many(server)
    fetch(server, db)
    time = "2026-11-24T06:00:00Z"
    put(server, record("P-1", package="other", modified=time))
    changes(server, (time, "P-1"))
    server.faults["PyPI/P-1.json"] = "busy"
    assert [note.what for note in fetch(server, db, LATER).failed] == ["advisories of PyPI"]
    assert ids(db, name="p1") == ["P-1"]
    server.faults.clear()
    assert not fetch(server, db, LATER).failed
    assert ids(db, name="other") == ["P-1"]


def test_a_clock_in_2027_finds_all_data_old_and_new_data_works(server: Server, db: Path) -> None:
    many(server)
    fetch(server, db)
    future = datetime(2027, 12, 31, tzinfo=UTC)
    assert not fetch(server, db, future).failed
    assert status(db, "PyPI").imported == "2027-12-31T00:00:00Z"
    assert not fetch(server, db, NOW).failed  # and set right again
    assert status(db, "PyPI").imported == "2026-11-23T12:00:00Z"


def test_a_vendor_s_files_are_fetched_once_and_then_only_what_changed(server: Server, db: Path) -> None:
    tracker = {"curl": {"CVE-2024-1": {"releases": {"bookworm": {"status": "open", "urgency": "low"}}}}}
    (server.root / "Debian").mkdir()
    (server.root / "Debian/tracker.json").write_bytes(msgspec.json.encode(tracker))
    feeds = update.addresses(["Debian", "Alpine"], server.url)
    assert {feed.source for feed in fetch(server, db, vendors=feeds, mirrored=True).feeds} >= {"Debian tracker"}
    assert held(db)["Debian tracker"] == (1, 0)
    assert "Debian tracker" in fetch(server, db, vendors=feeds, mirrored=True).unchanged
    failed = fetch(server, db, vendors=feeds).failed  # at the vendors' own place, that all is gone is a failure
    assert [note.what for note in failed] == ["advisories of Alpine secdb"]
    assert ids(db, "Debian:12", "curl") == ["DEBIAN-CVE-2024-1"]


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    resource = pytest.importorskip("resource")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, limit[1]))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, previous)


def large(root: Path) -> None:
    """A bundle of 0.3 MB that takes 1.2 MB of the database."""
    for_all = [f"3.0.{number}" for number in range(400)]
    records = [record(f"P-{number}") for number in range(500)]
    for each in records:
        each["affected"][0]["versions"] = for_all
    bundle(root, "PyPI", *records)


@pytest.mark.parametrize("how", ["import", "fetch"])
def test_a_full_disk_leaves_the_old_database(server: Server, root: Path, db: Path, how: str) -> None:
    update.import_folder(root, db, now=NOW)
    before = db.read_bytes()
    large(root)
    with no_file_beyond(700_000), pytest.raises(DatabaseError, match="cannot be written"):
        update.import_folder(root, db, now=LATER) if how == "import" else fetch(server, db, LATER)
    assert db.read_bytes() == before
    assert {path.name for path in db.parent.iterdir()} == {db.name, f"{db.name}.lock"}


def test_a_download_that_the_disk_does_not_hold_fails_its_source_alone(server: Server, root: Path, db: Path) -> None:
    update.import_folder(root, db, now=NOW)
    large(root)
    with no_file_beyond(100_000):
        (failure,) = fetch(server, db, LATER).failed
    assert (failure.what, failure.why) == ("advisories of PyPI", "File too large")
    assert ids(db) == ["P-1"]
