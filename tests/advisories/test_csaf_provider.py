"""CSAF documents from a server laid out as Red Hat's and Microsoft's are: what is asked for, and what fails."""

from __future__ import annotations

import hashlib
import io
import os
import sys
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mirror import Mirror
from seawall.advisories import update
from seawall.advisories.store import Store
from seawall.errors import FetchError, SeawallError
from seawall.safe.http import Client

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MADE = datetime(2026, 11, 20, tzinfo=UTC)


def document(cve: str, fixed: str = "1-2.el9", package: str = "libtiff") -> bytes:
    """In the form of Red Hat's feed of 2026: products by their release, components without versions in their names."""
    name = f"{package}-0:{fixed}.src"
    products = [
        ("rhel-9.7.z", {"cpe": "cpe:/a:redhat:enterprise_linux:9"}),
        ("rhel-9.2.0.z", {"cpe": "cpe:/a:redhat:rhel_eus:9.2"}),
        (name, {"purl": f"pkg:rpm/redhat/{package}@{fixed}?arch=src&epoch=0"}),
    ]
    content: dict[str, Any] = {
        "document": {"title": "t", "tracking": {"current_release_date": "2026-11-01T00:00:00Z"}},
        "product_tree": {
            "branches": [
                {"category": "vendor", "branches": [
                    {"product": {"product_id": each, "name": each, "product_identification_helper": helper}}
                    for each, helper in products
                ]}
            ],
            "relationships": [
                {"full_product_name": {"product_id": f"{each}:{name}", "name": ""},
                 "product_reference": name, "relates_to_product_reference": each}
                for each, _ in products[:2]
            ],
        },
        "vulnerabilities": [{"cve": cve, "product_status": {"fixed": [f"{each}:{name}" for each, _ in products[:2]]}}],
    }  # fmt: skip
    return msgspec.json.encode(content)


class Provider:
    """A folder of documents on the server, with its lists."""

    def __init__(self, root: Path, *, digests: bool = True) -> None:
        self.root = root
        self.digests = digests
        self.changes: dict[str, datetime] = {}
        self.deletions: dict[str, datetime] = {}
        root.mkdir(parents=True)

    def put(self, cve: str, time: datetime, **more: str) -> str:
        path = f"{cve[4:8]}/{cve.lower()}.json"
        file = self.root / path
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(document(cve, **more))
        if self.digests:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            Path(f"{file}.sha256").write_text(f"{digest}  {file.name}\n")
        self.changes[path] = time
        return path

    def delete(self, path: str, time: datetime) -> None:
        (self.root / path).unlink()
        del self.changes[path]
        self.deletions[path] = time

    def archive(self) -> None:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            for path in sorted(self.root.rglob("*.json")):
                tar.add(path, path.relative_to(self.root))
        file = self.root / "vex-archive.tar.zst"
        file.write_bytes(zstd.compress(packed.getvalue()))
        os.utime(file, (MADE.timestamp(), MADE.timestamp()))
        (self.root / "archive_latest.txt").write_text(file.name + "\n")

    def publish(self) -> None:
        for name, times in (("changes.csv", self.changes), ("deletions.csv", self.deletions)):
            rows = sorted(((time, path) for path, time in times.items()), reverse=True)
            (self.root / name).write_text("".join(f'"{path}","{time.isoformat()}"\n' for time, path in rows))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Mirror]:
    with Mirror(tmp_path / "mirror") as server, server.running():
        yield server


@pytest.fixture
def red_hat(server: Mirror) -> Provider:
    """An archive of three documents; one of them changed afterwards, one was deleted, and one is new."""
    provider = Provider(server.root / "Red Hat/vex")
    for number in (1, 2, 3):
        provider.put(f"CVE-2026-100{number}", MADE - timedelta(days=number))
    provider.archive()
    provider.put("CVE-2026-1001", MADE + timedelta(hours=1), fixed="1-9.el9")
    provider.delete("2026/cve-2026-1002.json", MADE + timedelta(hours=2))
    provider.put("CVE-2026-1004", MADE + timedelta(hours=3))
    provider.publish()
    return provider


def fetch(server: Mirror, db: Path, now: datetime = NOW, **more: Any) -> update.Summary:
    vendors = update.addresses(["Red Hat"], server.url)
    with Client(user_agent="test", sleep=lambda seconds: None) as client:
        options = {"client": client, "now": now, "kev_url": "", "epss_url": "", "mirrored": True, "vendors": vendors}
        return update.fetch(server.url, [], db, **(options | more))


def held(db: Path) -> dict[str, str]:
    with Store.open(db) as store:
        found = store.lookup("Red Hat:enterprise_linux:9", "libtiff")
        return {each.id: each.ranges[0].fixed for each in found}


ALL = {"CVE-2026-1001": "0:1-9.el9", "CVE-2026-1003": "0:1-2.el9", "CVE-2026-1004": "0:1-2.el9"}


def asked(server: Mirror) -> set[str]:
    """The documents and archives that were sent."""
    return {path.rpartition("/")[2] for path, status in server.seen if status < 300 and "sha" not in path} - {
        "changes.csv", "deletions.csv", "archive_latest.txt"
    }  # fmt: skip


def test_the_archive_then_what_changed_since_it_was_made(server: Mirror, red_hat: Provider, tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    summary = fetch(server, db)
    assert [(feed.source, feed.records) for feed in summary.feeds] == [("Red Hat VEX", 3)]
    assert held(db) == ALL
    assert asked(server) == {"vex-archive.tar.zst", "cve-2026-1001.json", "cve-2026-1004.json"}


def test_nothing_new_is_two_questions(server: Mirror, red_hat: Provider, tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    fetch(server, db)
    server.seen.clear()
    assert fetch(server, db, NOW + timedelta(days=1)).unchanged == ("Red Hat VEX",)
    assert [status for _, status in server.seen] == [304, 304]
    with Store.open(db) as store:
        assert store.status()[0].imported == "2026-11-24T12:00:00Z"


def test_only_what_changed_is_fetched(server: Mirror, red_hat: Provider, tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    fetch(server, db)
    red_hat.put("CVE-2026-1003", NOW, package="other")
    red_hat.put("CVE-2026-1005", NOW)
    red_hat.delete("2026/cve-2026-1004.json", NOW)
    red_hat.publish()
    server.seen.clear()
    summary = fetch(server, db, NOW + timedelta(days=1))
    assert asked(server) == {"cve-2026-1003.json", "cve-2026-1005.json"}
    assert held(db) == {"CVE-2026-1001": "0:1-9.el9", "CVE-2026-1005": "0:1-2.el9"}
    assert summary.feeds[0].records == 3  # one of them of another package


def test_all_is_read_again_after_a_week(server: Mirror, red_hat: Provider, tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    fetch(server, db)
    red_hat.put("CVE-2026-1005", NOW)
    red_hat.publish()
    server.seen.clear()
    fetch(server, db, NOW + timedelta(days=8))
    assert "vex-archive.tar.zst" in asked(server)
    assert held(db) == ALL | {"CVE-2026-1005": "0:1-2.el9"}


def test_a_document_that_is_published_again_after_it_was_deleted(
    server: Mirror, red_hat: Provider, tmp_path: Path
) -> None:
    red_hat.put("CVE-2026-1002", MADE + timedelta(days=1), fixed="1-7.el9")
    red_hat.publish()
    fetch(server, db := tmp_path / "a.db")
    assert held(db)["CVE-2026-1002"] == "0:1-7.el9"


def test_without_an_archive_all_documents_are_fetched_and_those_no_more_listed_are_gone(
    server: Mirror, tmp_path: Path
) -> None:
    """As Microsoft has it: the folder is named by the metadata, and there is no list of deletions."""
    provider = Provider(server.root / "csaf/vex", digests=False)
    for number in range(5):
        provider.put(f"CVE-2026-200{number}", MADE)
    provider.publish()
    (provider.root / "deletions.csv").unlink()
    folders = [{"directory_url": f"{server.url}/csaf/{name}"} for name in ("advisories", "vex/")]
    (server.root / "csaf/provider-metadata.json").write_bytes(msgspec.json.encode({"distributions": folders}))
    vendors = {"Red Hat VEX": [f"{server.url}/csaf/provider-metadata.json"]}
    fetch(server, db := tmp_path / "a.db", vendors=vendors)
    assert len(held(db)) == 5
    assert len([path for path, _ in server.seen if "sha" in path]) <= 2 * 8  # who has no digests is not asked again
    provider.delete("2026/cve-2026-2001.json", NOW)
    provider.put("CVE-2026-2009", NOW)
    provider.publish()
    (provider.root / "deletions.csv").unlink()
    server.seen.clear()
    fetch(server, db, NOW + timedelta(days=30), vendors=vendors)
    assert asked(server) == {"provider-metadata.json", "cve-2026-2009.json"}
    assert set(held(db)) == {f"CVE-2026-200{number}" for number in (0, 2, 3, 4, 9)}


def test_what_came_before_a_fetch_was_cut_off_is_not_fetched_again(server: Mirror, tmp_path: Path) -> None:
    provider = Provider(server.root / "Red Hat/vex")
    paths = [provider.put(f"CVE-2026-30{number:02}", MADE) for number in range(40)]
    provider.publish()
    server.troubled = {f"Red Hat/vex/{paths[0]}": [503] * 9}  # the list begins with the last one
    db = tmp_path / "a.db"
    with pytest.raises(FetchError):
        fetch(server, db)
    (kept,) = (tmp_path / "a.db.arrived").iterdir()
    damaged = sorted(kept.iterdir())[0]
    damaged.write_bytes(damaged.read_bytes()[:-1])
    provider.put("CVE-2026-3039", MADE + timedelta(hours=1), fixed="1-9.el9")
    provider.publish()
    server.troubled, came = {}, asked(server)
    server.seen.clear()
    fetch(server, db)
    assert len(came) >= 32
    assert len(asked(server)) <= 40 - len(came) + 2
    assert {"cve-2026-3000.json", "cve-2026-3039.json"} <= asked(server)
    assert len(held(db)) == 40
    assert held(db)["CVE-2026-3039"] == "0:1-9.el9"
    assert not (tmp_path / "a.db.arrived").exists()


def test_busy_and_cut_connections_are_taken_up_again(server: Mirror, red_hat: Provider, tmp_path: Path) -> None:
    folder = "Red Hat/vex"
    server.troubled = {
        f"{folder}/vex-archive.tar.zst": [503, 429, "cut"],
        f"{folder}/2026/cve-2026-1004.json": [429],
        f"{folder}/changes.csv": [503],
    }
    assert not fetch(server, db := tmp_path / "a.db").failed
    assert held(db) == ALL
    assert [status for path, status in server.seen if path.endswith("zst")] == [503, 429, 200, 206]


@pytest.mark.parametrize("trouble", ["archive", "digest", "document", "list", "path", "shrunk"])
def test_a_provider_that_fails_leaves_what_was_held(
    server: Mirror, red_hat: Provider, tmp_path: Path, trouble: str
) -> None:
    db = tmp_path / "a.db"
    fetch(server, db)
    now = NOW + timedelta(days=1)
    path = red_hat.put("CVE-2026-1003", NOW, fixed="1-8.el9")
    red_hat.publish()
    if trouble == "archive":
        now += timedelta(days=8)
        file = red_hat.root / "vex-archive.tar.zst"
        file.write_bytes(file.read_bytes()[:-20])
    elif trouble == "digest":
        (red_hat.root / f"{path}.sha256").write_text("0" * 64)
    elif trouble == "document":
        server.troubled[f"Red Hat/vex/{path}"] = [503] * 9
    elif trouble == "list":
        (red_hat.root / "changes.csv").write_text("<html>")
    elif trouble == "path":
        (red_hat.root / "changes.csv").write_text(f'"../../x.json","{NOW.isoformat()}"\n')
    else:
        (red_hat.root / "archive_latest.txt").unlink()
        (red_hat.root / "changes.csv").write_text(f'"{path}","{NOW.isoformat()}"\n')
    with pytest.raises(SeawallError) as caught:
        fetch(server, db, now)
    assert trouble == "shrunk" or caught.value.where.startswith(f"{server.url}/Red%20Hat/vex")
    assert held(db) == ALL


def test_a_document_of_another_shape_is_named_and_the_others_count(
    server: Mirror, red_hat: Provider, tmp_path: Path
) -> None:
    path = red_hat.root / "2026/cve-2026-1004.json"
    path.write_text('{"document": 7}')
    Path(f"{path}.sha256").unlink()
    summary = fetch(server, db := tmp_path / "a.db")
    assert [note.where for note in summary.damaged] == [f"{server.url}/Red%20Hat/vex/2026/cve-2026-1004.json"]
    assert summary.feeds[0].reasons == {update.DAMAGED: 1}
    assert set(held(db)) == {"CVE-2026-1001", "CVE-2026-1003"}


def test_a_mirror_need_not_have_it_but_the_vendor_must(server: Mirror, tmp_path: Path) -> None:
    server.root.mkdir()
    assert not fetch(server, tmp_path / "a.db").failed
    with pytest.raises(FetchError, match="lists no documents"):
        fetch(server, tmp_path / "a.db", mirrored=False)
