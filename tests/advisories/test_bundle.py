"""The exported file: what goes in comes out, and what was damaged or exchanged does not come in."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from seawall.advisories import bundle
from seawall.advisories.builder import Builder
from seawall.advisories.store import Store
from seawall.errors import DatabaseError, Malformed, SeawallError, Unsupported
from seawall.model import Advisory, FeedStatus, Range

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def build(db: Path, name: str) -> Path:
    with Builder(db) as builder:
        builder.add([Advisory(id=name, ecosystem="PyPI", package="django", ranges=(Range(),), source="PyPI")])
        builder.finish(FeedStatus(source="PyPI", records=1))
    return db


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    file = tmp_path / "advisories.bundle"
    bundle.write(build(tmp_path / "a.db", "P-1"), file, now=NOW)
    return file


def ids(db: Path) -> list[str]:
    with Store.open(db) as store:
        return [advisory.id for advisory in store.lookup("PyPI", "django")]


def test_what_is_exported_is_imported(exported: Path, tmp_path: Path) -> None:
    target = build(tmp_path / "there/b.db", "P-2")
    digest = bundle.write(tmp_path / "a.db", exported, now=NOW)
    manifest = bundle.read(exported, target, sha256=f"sha256:{digest.upper()}".replace("SHA256", "sha256"))
    assert manifest.created == "2026-11-23T12:00:00Z"
    assert ids(target) == ["P-1"]
    assert target.read_bytes() == (tmp_path / "a.db").read_bytes()
    again = bundle.write(tmp_path / "a.db", exported, now=NOW)
    assert again == digest  # the same database at the same time is the same file


@pytest.mark.parametrize("spoil", [
    lambda data: data[:-200],
    lambda data: b"",
    lambda data: b"<html>",
    lambda data: data[: len(data) // 2] + bytes(40) + data[len(data) // 2 + 40 :],
    lambda data: gzip.compress(gzip.decompress(data) + b"more"),
    lambda data: gzip.compress(gzip.decompress(data)[:-1]),
    lambda data: gzip.compress(gzip.decompress(data)[:-1] + b"x"),
    lambda data: gzip.compress(gzip.decompress(data).partition(b"\n")[2]),
    lambda data: gzip.compress(gzip.decompress(data).replace(b'"schema":', b'"schema":9', 1)),
], ids=["cut", "empty", "html", "hole", "more", "less", "other", "no manifest", "another schema"])  # fmt: skip
def test_a_damaged_file_leaves_the_old_database(exported: Path, tmp_path: Path, spoil) -> None:  # type: ignore[no-untyped-def]
    target = build(tmp_path / "b.db", "P-2")
    exported.write_bytes(spoil(exported.read_bytes()))
    with pytest.raises((Malformed, Unsupported)):
        bundle.read(exported, target)
    assert ids(target) == ["P-2"]
    assert not list(tmp_path.glob("*.new"))


def test_another_file_than_the_one_that_was_sent_is_refused(exported: Path, tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="SHA-256") as caught:
        bundle.read(exported, tmp_path / "b.db", sha256="0" * 64)
    assert "changed" in caught.value.hint
    assert not (tmp_path / "b.db").exists()


def test_a_database_that_is_none_is_not_taken(tmp_path: Path, exported: Path) -> None:
    import hashlib

    import msgspec

    content = b"not a database"
    manifest = bundle.Manifest(
        kind=bundle.KIND, schema=bundle.SCHEMA, sha256=hashlib.sha256(content).hexdigest(), size=14, created=""
    )
    exported.write_bytes(gzip.compress(msgspec.json.encode(manifest) + b"\n" + content))
    with pytest.raises(DatabaseError):
        bundle.read(exported, tmp_path / "b.db")
    assert not (tmp_path / "b.db").exists()


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SeawallError):
        bundle.read(tmp_path / "absent", tmp_path / "b.db")
    with pytest.raises(DatabaseError):
        bundle.write(tmp_path / "absent.db", tmp_path / "c", now=NOW)


def test_an_import_while_an_update_runs_is_refused(exported: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.db"
    with Builder(target), pytest.raises(DatabaseError, match="another update"):
        bundle.read(exported, target)
