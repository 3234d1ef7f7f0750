"""What lies in a temporary file reads as the same bytes in memory do."""

from __future__ import annotations

import io
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest

from seawall.errors import Malformed
from seawall.safe import tar
from seawall.safe.compression import open_stream
from seawall.safe.mapped import FROM, Mapped, copied, is_kind, mapped
from seawall.safe.zip import Zip

CONTENT = b"\x7fELF" + bytes(FROM) + b"needle" + bytes(FROM + 5)


def test_it_reads_as_bytes_do() -> None:
    held = copied(io.BytesIO(CONTENT), len(CONTENT))
    assert isinstance(held, Mapped)
    assert held.startswith(b"\x7fELF")
    assert not held.startswith((b"a", b"MZ"))
    assert held.startswith(b"needle", FROM + 4)
    assert len(held) == len(CONTENT)
    assert held[FROM : FROM + 20] == CONTENT[FROM : FROM + 20]
    for start, end in ((0, None), (0, FROM + 9), (0, FROM + 10), (FROM + 4, None), (FROM + 5, None)):
        assert held.find(b"needle", start, end) == CONTENT.find(b"needle", start, end)


def test_a_file_that_is_cut_short_meanwhile_has_zeros() -> None:
    assert copied(io.BytesIO(b"abc"), 5)[:] == b"abc\0\0"


def test_without_a_temporary_folder_it_is_held_in_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    assert mapped(3, lambda write: write(b"abc")) == b"abc"


def test_large_programs_of_a_layer_are_mapped_and_other_files_are_not() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as out:
        for name, content in (("program", CONTENT), ("text", b"x" * len(CONTENT)), ("after", b"y")):
            about = tarfile.TarInfo(name)
            about.size = len(content)
            out.addfile(about, io.BytesIO(content))
    walk = tar.walk(open_stream(io.BytesIO(buffer.getvalue()), where="a.tar"), where="a.tar")
    read = {member.name: member.read(in_parts=True) for member in walk}
    assert isinstance(read["program"], Mapped)
    assert read["program"][:] == CONTENT
    assert read["text"] == b"x" * len(CONTENT)
    assert read["after"] == b"y"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_large_members_of_an_archive(method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as out:
        out.writestr("inner.jar", CONTENT)
    whole = buffer.getvalue()
    found = Zip(whole, where="a.jar").read("inner.jar", in_parts=True)
    assert isinstance(found, Mapped)
    assert found[:] == CONTENT
    half = len(whole) // 2
    damaged = whole[:half] + bytes([whole[half] ^ 0xFF]) + whole[half + 1 :]
    with pytest.raises(Malformed):
        Zip(damaged, where="a.jar").read("inner.jar", in_parts=True)


def test_only_large_programs_and_archives() -> None:
    assert is_kind(b"PK\3\4", FROM)
    assert not is_kind(b"PK\3\4", FROM - 1)
    assert not is_kind(b"SQLi", FROM)
