"""The walk agrees with the standard library on honest archives, and does what Go does on odd ones."""

from __future__ import annotations

import io
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.errors import InputError, LimitExceeded, Malformed, Unsupported
from seawall.safe import tar
from seawall.safe.compression import open_stream
from seawall.safe.limits import Limits
from seawall.safe.names import as_text, normalise
from work import calls

KINDS = {
    tarfile.REGTYPE: "file",
    tarfile.DIRTYPE: "dir",
    tarfile.SYMTYPE: "symlink",
    tarfile.LNKTYPE: "hardlink",
    tarfile.FIFOTYPE: "other",
}
FORMATS = [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]

part = st.text("abcé.", min_size=1, max_size=40).filter(lambda text: text.strip("."))
paths = st.lists(part, min_size=1, max_size=4).map("/".join)
entries = st.lists(st.tuples(st.sampled_from(list(KINDS)), paths, st.integers(0, 3000), paths), max_size=8)


def archive(members: list[tarfile.TarInfo], form: int = tarfile.PAX_FORMAT, content: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as out:
        for member in members:
            out.addfile(member, io.BytesIO((content or bytes(member.size))[: member.size]))
    return buffer.getvalue()


def info(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, link: str = "", **pax: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.size, member.linkname, member.pax_headers = kind, size, link, pax
    return member


def walk(data: bytes, limits: Limits = Limits()) -> tar.Walk:  # noqa: B008 - frozen
    return tar.walk(open_stream(io.BytesIO(data), where="x"), where="x", limits=limits)


def names(data: bytes) -> list[str]:
    return [member.name for member in walk(data)]


def patched(data: bytes, at: int, value: bytes) -> bytes:
    """The first header with a field replaced and its checksum put right."""
    header = bytearray(data[:512])
    header[at : at + len(value)] = value
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + data[512:]


@settings(max_examples=200)
@given(entries, st.sampled_from(FORMATS), st.integers(1, 9))
def test_agrees_with_tarfile(drawn: list[tuple[bytes, str, int, str]], form: int, seed: int) -> None:
    content = bytes((byte * seed) % 251 for byte in range(3000))
    members = [info(name, kind, size if kind == tarfile.REGTYPE else 0, link) for kind, name, size, link in drawn]
    try:
        data = archive(members, form, content)
    except ValueError:
        return  # too long a name for ustar
    with tarfile.open(fileobj=io.BytesIO(data)) as oracle:
        expected = [
            (normalise(one.name), KINDS[one.type], one.size, one.linkname, (one.mode, one.uid, one.gid))
            for one in oracle
        ]
    found = []
    for member in walk(data):
        found.append((member.name, member.kind, member.size, member.link, member.rights))
        if member.kind == "file" and member.size % 2:
            assert member.read() == content[: member.size]
    assert found == expected


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("length", [99, 100, 101, 155, 200])
def test_names_of_every_length(form: int, length: int) -> None:
    name = "/".join(["d" * 49] * 6)[:length].rstrip("/")
    assert names(archive([info(name), info("next")], form)) == [name, "next"]


def test_bytes_that_are_not_utf8_are_kept_apart_and_can_be_shown() -> None:
    data = patched(archive([info("a-b")], tarfile.USTAR_FORMAT), 1, b"\xff")
    (name,) = names(data)
    assert name.encode("utf-8", "surrogateescape") == b"a\xffb"
    assert as_text(name) == r"a\xffb"
    assert as_text("naïve") == "naïve"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("./etc/passwd", "etc/passwd"),
        ("/etc//passwd", "etc/passwd"),
        ("//etc/./passwd", "etc/passwd"),
        ("etc/", "etc"),
        ("../../etc/passwd", "etc/passwd"),
        ("a/../../etc/passwd", "etc/passwd"),
        ("a/b/../c", "a/c"),
        (".", ""),
        ("./", ""),
        ("", ""),
        ("..", ""),
        ("a..b/.c", "a..b/.c"),
    ],
)
def test_normalise(written: str, meant: str) -> None:
    assert normalise(written) == meant


@given(st.text("a./", max_size=12))
def test_a_normalised_path_stays_inside_and_stays_the_same(name: str) -> None:
    path = normalise(name)
    assert not {"", ".", ".."} & set(path.split("/")) or path == ""
    assert normalise(path) == path


def test_an_entry_that_escapes_is_kept_inside_and_noted() -> None:
    walked = walk(archive([info("../../etc/shadow"), info("a/../b")]))
    assert [member.name for member in walked] == ["etc/shadow", "b"]
    (note,) = walked.notes
    assert "'../../etc/shadow' points outside" in note


def test_base_256_size_and_blank_fields() -> None:
    data = archive([info("a", size=5)], tarfile.GNU_FORMAT, b"hello")
    assert [m.size for m in walk(patched(data, 124, b"\x80" + (5).to_bytes(11)))] == [5]
    assert [m.rights for m in walk(patched(data, 108, bytes(8)))] == [(0o644, 0, 0)]
    assert [m.size for m in walk(patched(data, 124, b"          5\0"))] == [5]


@pytest.mark.parametrize("size", [b"\xff" * 12, b"\x80" + b"\xff" * 11, b"-0000000001\0", b"0000000000z\0"])
def test_a_size_that_is_none(size: bytes) -> None:
    with pytest.raises(Malformed, match="at byte 0"):
        names(patched(archive([info("a")]), 124, size))


def test_a_long_header_of_short_records_is_quick_and_many_notes_are_few() -> None:
    record = b"5 a=\n" * 200_000
    header = info("pax", tarfile.XHDTYPE, len(record)).tobuf(tarfile.USTAR_FORMAT)
    assert names(header + record + bytes(-len(record) % 512) + archive([info("a")])) == ["a"]
    walked = walk(archive([info(f"../{index}") for index in range(100)]))
    assert len(list(walked)) == 100
    assert len(walked.notes) == 20


def test_rights_that_are_none() -> None:
    (member,) = walk(patched(archive([info("a")]), 100, b"rwxr-xr-"))
    with pytest.raises(Malformed, match="x!/a"):
        _ = member.rights


def test_a_wrong_checksum_names_its_place() -> None:
    data = bytearray(archive([info("a", size=700), info("b")]))
    data[1536 + 3] ^= 1
    with pytest.raises(Malformed, match=r"checksum is wrong \(at byte 1,536\)"):
        names(bytes(data))


def test_a_signed_checksum_is_right_too() -> None:
    data = bytearray(patched(archive([info("a-b")], tarfile.USTAR_FORMAT), 1, b"\xff"))
    data[148:156] = b"%06o\0 " % (int(bytes(data[148:154]), 8) - 256)
    assert len(names(bytes(data))) == 1


def test_cut_short_at_every_block() -> None:
    data = archive([info("a" * 120, size=700), info("b", size=1), info("c")])
    whole = names(data)
    end = data.rindex(b"c\0") + 512
    for cut in range(0, end, 256):
        try:
            found = names(data[:cut])
        except Malformed:
            continue
        assert cut % 512 == 0
        assert found == whole[: len(found)]
        assert len(found) < len(whole)
    assert names(data[:end]) == whole, "an absent end of the archive is tolerated"


def test_cut_short_in_content_that_is_skipped_by_seeking() -> None:
    data = archive([info("a", size=1 << 20)])
    with pytest.raises(Malformed, match="cut short"):
        names(data[: 1 << 19])


def test_what_follows_the_end_is_noted() -> None:
    data = archive([info("a")])
    assert walk(data[:512] + bytes(1024) + data).notes == []
    walked = walk(data[:512] + bytes(512) + data)
    assert [member.name for member in walked] == ["a"]
    assert "more after the end" in walked.notes[0]
    assert names(b"") == []


def test_a_global_header_does_not_blind_us() -> None:
    """Container runtimes ignore global headers, so one that renames or resizes entries must not move us."""
    buffer = io.BytesIO()
    headers = {"path": "hidden", "size": "1000000"}
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT, pax_headers=headers) as out:
        out.addfile(info("var/lib/dpkg/status"))
    walked = walk(buffer.getvalue())
    assert [(member.name, member.size) for member in walked] == [("var/lib/dpkg/status", 0)]
    assert "global header sets path, size" in walked.notes[0]


@pytest.mark.parametrize(
    "record", [b"9999 path=x\n", b"x path=x\n", b"5 path=x\n", b"0 \n", b"9 path=\0\n", b"12 size=-10\n"]
)
def test_a_damaged_pax_header(record: bytes) -> None:
    header = info("pax", tarfile.XHDTYPE, len(record)).tobuf(tarfile.USTAR_FORMAT)
    data = header + record.ljust(512, b"\0") + archive([info("a")])
    with pytest.raises(Malformed):
        names(data)


def test_links_and_folders_have_no_content() -> None:
    """As in Go: a size in a link's header is not content, or the walk would read entries out of its middle."""
    data = archive([info("a", tarfile.LNKTYPE, link="b"), info("c")], tarfile.USTAR_FORMAT)
    assert names(patched(data, 124, b"00000001000\0")) == ["a", "c"]
    old = archive([info("folder"), info("c")], tarfile.USTAR_FORMAT)
    old = patched(patched(old, 0, b"folder/"), 156, b"\0")
    assert [(member.name, member.kind) for member in walk(old)] == [("folder", "dir"), ("c", "file")]


def test_sparse_files_are_passed_over_and_refuse_to_be_read() -> None:
    old = bytearray(archive([info("holes", tarfile.REGTYPE, 512), info("next")], tarfile.GNU_FORMAT))
    continued = bytes(old[:512])
    continued = patched(patched(continued, 156, b"S"), 482, b"\1") + b"\0" * 504 + b"\1" + bytes(7) + bytes(512)
    pax = archive([info("holes", size=512, **{"GNU.sparse.name": "real", "GNU.sparse.major": "1"}), info("next")])
    for data, name in ((continued + bytes(old[512:]), "holes"), (pax, "real")):
        seen = []
        for member in walk(data):
            seen.append(member.name)
            if member.name == name:
                with pytest.raises(Unsupported, match="sparse"):
                    member.read()
        assert seen == [name, "next"]


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        (Limits(tar_entries=2), "tar_entries"),
        (Limits(tar_header_bytes=600), "tar_header_bytes"),
        (Limits(evidence_bytes=9), "evidence_bytes"),
    ],
)
def test_bounds(limits: Limits, name: str) -> None:
    data = archive([info("a", size=10), info("b" * 700), info("c")])
    with pytest.raises(LimitExceeded) as caught:
        b"".join(member.read() for member in walk(data, limits))
    assert caught.value.limit == name


def test_content_is_read_once_and_in_its_time() -> None:
    walked = iter(walk(archive([info("a", size=3), info("b", size=3)], content=b"abc")))
    first = next(walked)
    assert first.read() == b"abc"
    with pytest.raises(ValueError, match="read twice"):
        first.read()
    second = next(walked)
    with pytest.raises(ValueError, match="walk went on"):
        first.read()
    assert second.read() == b"abc"


@given(st.data())
def test_damaged_archives_are_refused_or_read(data: st.DataObject) -> None:
    whole = bytearray(archive([info("a" * 120, size=30), info("b", tarfile.SYMTYPE, link="c")]))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, 3 * 1024))] = data.draw(st.integers(0, 255))
    try:
        for member in walk(bytes(whole)):
            if member.kind == "file":
                member.read()
    except InputError:
        pass


def test_an_eighth_of_the_work_of_tarfile() -> None:
    data = archive([info(f"usr/lib/python3/{i // 100}/module{i}.py", size=i % 900) for i in range(1000)])

    def ours() -> None:
        assert sum(1 for _ in walk(data)) == 1000

    def theirs() -> None:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as opened:
            assert sum(1 for _ in opened) == 1000

    ours()
    assert calls(ours) * 8 < calls(theirs)
