"""bbolt databases: nested buckets, the newer of two descriptions, and what is damaged."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bolt_files import PAGE, database
from seawall.errors import Malformed
from seawall.safe import bolt

CONTENT = {b"v1": {b"k8s.io": {b"images": {b"nginx": {b"size": b"\xac\x02"}}}, b"empty": {}}, b"x": b"1"}


def read(tmp_path: Path, content: bytes) -> bolt.Bucket:
    path = tmp_path / "meta.db"
    path.write_bytes(content)
    return bolt.read(path)


@pytest.mark.parametrize("branches", [False, True])
def test_buckets(tmp_path: Path, branches: bool) -> None:
    root = read(tmp_path, database(CONTENT, branches=branches))
    assert [key for key, _ in root.items()] == [b"v1", b"x"]
    assert root.get(b"v1", b"k8s.io", b"images", b"nginx", b"size") == b"\xac\x02"
    assert root.get(b"v1", b"nowhere", b"size") is None
    assert root.bucket(b"v1", b"empty") == {}
    assert bolt.unsigned(b"\xac\x02") == 300


def test_the_description_of_the_later_sound_transaction_counts(tmp_path: Path) -> None:
    content = database(CONTENT)
    torn = bytearray(content)
    torn[PAGE + 40] ^= 1
    assert read(tmp_path, bytes(torn)).get(b"x") == b"1"
    torn[40] ^= 1
    with pytest.raises(Malformed, match="no bbolt database"):
        read(tmp_path, bytes(torn))


def test_a_page_that_leads_to_itself_ends(tmp_path: Path) -> None:
    content = bytearray(database(CONTENT, branches=True))
    branch = 4 * PAGE
    content[branch + 16 + 8 : branch + 16 + 16] = (4).to_bytes(8, "little")
    with pytest.raises(Malformed, match="leads back to itself"):
        list(read(tmp_path, bytes(content)).items())


@given(st.lists(st.tuples(st.integers(0, 5 * PAGE - 1), st.integers(0, 255)), min_size=1, max_size=20), st.booleans())
def test_damage_is_one_error_or_none(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, int]], cut: bool
) -> None:
    content = bytearray(database(CONTENT, branches=True))
    for at, value in damage:
        content[at] = value
    path = tmp_path_factory.getbasetemp() / "damaged.db"
    path.write_bytes(content[: damage[0][0]] if cut else content)

    def walk(bucket: bolt.Bucket) -> None:
        for _, value in bucket.items():
            if isinstance(value, bolt.Bucket):
                walk(value)

    with suppress(Malformed):
        walk(bolt.read(path))
