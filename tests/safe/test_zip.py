"""Zip archives: the same content as the standard library reads, and one typed error for everything hostile."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.errors import InputError, LimitExceeded, Malformed, Unreadable, Unsupported
from seawall.safe import zip as safe_zip
from seawall.safe.limits import MIB, Limits
from seawall.safe.zip import Zip
from shared_data import SHARED


def pack(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def unpack(data: bytes | Path, **limits: int) -> dict[str, bytes]:
    with Zip(data, where="a.zip", limits=Limits(**limits)) as archive:
        return dict(archive.items())


TWO = pack(("a.txt", b"alpha" * 100), ("b/ü.txt", b"beta"))


@given(
    st.lists(
        st.tuples(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), st.binary()),
        unique_by=lambda m: m[0],
    ),
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
    st.binary(max_size=50),
)
def test_what_is_packed_is_read_in_its_order(members: list[tuple[str, bytes]], method: int, before: bytes) -> None:
    packed = pack(*members, method=method)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        named = [(info.orig_filename, archive.read(info)) for info in archive.infolist() if not info.is_dir()]
    with Zip(before + packed, where="a.zip") as archive:
        assert list(archive.items()) == named
        assert [(name, archive.read(name)) for name in archive.names] == named


def test_a_file_reads_as_its_bytes_do_in_any_order(tmp_path: Path) -> None:
    members = [(f"{number}.bin", os.urandom(number * 1000)) for number in range(60)]
    path = tmp_path / "a.zip"
    path.write_bytes(pack(*members))
    with Zip(path, where="a.zip") as archive:
        assert list(archive.items()) == members
        for name, content in reversed(members):
            assert archive.read(name) == content


def test_folders_are_left_out_and_names_are_only_names() -> None:
    members = ("x/", b""), ("../../etc/passwd", b"root"), ("/abs", b"1"), ("C:\\x", b"2")
    assert unpack(pack(*members)) == dict(members[1:])


def test_the_last_of_two_members_with_one_name_counts() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        packed = pack(("a", b"first"), ("b", b""), ("a", b"second"))
    assert unpack(packed) == {"a": b"second", "b": b""}
    with Zip(packed, where="a.zip") as archive, pytest.raises(KeyError):
        archive.read("c")


def test_zip64_and_data_before_and_after_the_archive(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("big", "w", force_zip64=True) as member:
            member.write(b"x" * 1000)
        archive.comment = b"hello"
    assert unpack(b"#!/bin/sh\nexec java\n" + file.getvalue() + b"\n") == {"big": b"x" * 1000}
    assert unpack(b"before" + as_zip64(TWO)) == unpack(TWO)


def as_zip64(packed: bytes) -> bytes:
    """The same archive, its sizes and offsets in zip64 fields, as archives beyond 4 GiB have them."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        infos, start = archive.infolist(), archive.start_dir
    directory = b""
    for info in infos:
        extra = struct.pack("<HHHHQQQ", 9, 0, 1, 24, info.file_size, info.compress_size, info.header_offset)
        name = info.filename.encode()
        full = 0xFFFF_FFFF
        fields = 45, 45, info.flag_bits, 8, 0, 0, info.CRC, full, full, len(name), len(extra), 0, 0, 0, 0, full
        directory += struct.pack("<4sHHHHHHLLLHHHHHLL", b"PK\1\2", *fields) + name + extra
    count, size = len(infos), len(directory)
    record = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, start + size, 1)
    end = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, full, full, 0)
    return packed[:start] + directory + record + locator + end


def test_every_truncation_is_an_error() -> None:
    for length in range(len(TWO)):
        with pytest.raises(Malformed):
            unpack(TWO[:length])


def directory_entry(packed: bytes, number: int = 0) -> int:
    place = -1
    for _ in range(number + 1):
        place = packed.index(b"PK\1\2", place + 1)
    return place


def patched(packed: bytes, offset: int, layout: str, value: int) -> bytes:
    data = bytearray(packed)
    struct.pack_into(layout, data, offset, value)
    return bytes(data)


def test_lies_about_size_and_checksum_are_errors() -> None:
    entry = directory_entry(TWO)
    for layout, offset, value in [("<L", 16, 1), ("<L", 24, 499), ("<L", 24, 501), ("<L", 20, 3), ("<L", 42, 7)]:
        with pytest.raises(Malformed):
            unpack(patched(TWO, entry + offset, layout, value))


def test_a_member_that_unpacks_to_more_than_it_says_is_cut_off() -> None:
    bomb = pack(("bomb", bytes(300 * MIB)))
    with pytest.raises(Malformed, match="length or checksum"):
        unpack(patched(bomb, directory_entry(bomb) + 24, "<L", 10))
    with pytest.raises(LimitExceeded) as caught:
        unpack(bomb)
    assert caught.value.limit == "compression_ratio"
    with pytest.raises(LimitExceeded, match="zip_entry_bytes") as caught:
        unpack(bomb, zip_entry_bytes=MIB)
    assert caught.value.where == "a.zip!/bomb"


def test_members_that_overlap_are_refused() -> None:
    second = directory_entry(TWO, 1)
    with pytest.raises(Malformed, match="overlap"):
        unpack(patched(TWO, second + 42, "<L", 0))


@pytest.mark.parametrize(("flags", "method", "message"), [(1, 8, "encrypted"), (0, 14, "14"), (0, 9, "9")])
def test_what_is_not_read_is_said(flags: int, method: int, message: str) -> None:
    entry = directory_entry(TWO)
    packed = patched(patched(TWO, entry + 8, "<H", flags), entry + 10, "<H", method)
    with Zip(packed, where="a.zip") as archive:
        assert archive.read("b/ü.txt") == b"beta"
        with pytest.raises(Unsupported, match=message):
            archive.read("a.txt")


def test_counts_are_bounded_and_checked() -> None:
    with pytest.raises(LimitExceeded, match="zip_entries"):
        unpack(TWO, zip_entries=1)
    with pytest.raises(LimitExceeded, match="zip_total_bytes"):
        unpack(TWO, zip_total_bytes=502)
    with pytest.raises(LimitExceeded, match="zip_entry_bytes"):
        unpack(TWO, zip_entry_bytes=499)
    end = TWO.index(b"PK\5\6")
    for count in (1, 3, 0xFFFF):
        with pytest.raises(Malformed, match="directory"):
            unpack(patched(patched(TWO, end + 8, "<H", count), end + 10, "<H", count))
    with pytest.raises(Unsupported, match="parts"):
        unpack(patched(TWO, end + 8, "<H", 1))


def test_a_file_that_is_cut_short_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(pack(("a", os.urandom(500_000)), ("b", b"b"), method=zipfile.ZIP_STORED))
    with Zip(path, where="a.zip") as archive:
        path.write_bytes(b"")
        with pytest.raises(Malformed):
            archive.read("a")


def test_what_is_no_file_is_unreadable(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.zip"):
        with pytest.raises(Unreadable):
            Zip(path, where="a.zip")
    (tmp_path / "empty.zip").touch()
    with pytest.raises(Malformed, match="no zip archive"):
        Zip(tmp_path / "empty.zip", where="a.zip")


def test_names_that_lie_about_utf_8_stay_apart() -> None:
    packed = TWO.replace("ü".encode(), b"\xff\xfe")
    assert unpack(packed)["b/\\xff\\xfe.txt"] == b"beta"


@given(st.binary(max_size=200), st.integers(0, len(TWO)), st.integers(0, 30), st.booleans())
def test_bytes_changed_anywhere_raise_nothing_but_input_errors(
    new: bytes, place: int, length: int, zip64: bool
) -> None:
    base = as_zip64(TWO) if zip64 else TWO
    for data in (base[:place] + new + base[place + length :], b"PK\3\4" + new, new + b"PK\5\6" + new):
        with contextlib.suppress(InputError):
            unpack(data, zip_entries=1000)


@given(st.lists(st.tuples(st.integers(0, len(TWO) - 1), st.integers(0, 255)), max_size=8))
def test_flipped_bytes_raise_nothing_but_input_errors(flips: list[tuple[int, int]]) -> None:
    data = bytearray(TWO)
    for place, value in flips:
        data[place] = value
    with contextlib.suppress(InputError):
        unpack(bytes(data))


def test_the_advisories_of_a_real_bundle() -> None:
    if SHARED is None:
        pytest.skip("no shared data")
    path = SHARED / "osv/Wolfi/all.zip"
    with zipfile.ZipFile(path) as archive:
        expected = {info.filename: info.CRC for info in archive.infolist()}
    with Zip(path, where="all.zip") as archive:
        assert {name: safe_zip.isal_zlib.crc32(content) for name, content in archive.items()} == expected
    assert len(expected) == 18_724


def test_real_jars() -> None:
    if SHARED is None:
        pytest.skip("no shared data")
    jars = sorted((SHARED / "packages/jar").glob("*.jar"))
    assert jars
    for jar in jars:
        try:
            with zipfile.ZipFile(jar) as archive:
                expected = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
        except zipfile.BadZipFile:
            with pytest.raises(Malformed):
                unpack(jar)
        else:
            assert unpack(jar) == expected
