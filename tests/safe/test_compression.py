"""Streams are unpacked whole, whatever their members, and bounded whatever they claim."""

from __future__ import annotations

import contextlib
import gzip
import io
import lzma
import random
from collections.abc import Callable

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from seawall.errors import InputError, LimitExceeded, Malformed, Unsupported
from seawall.safe.compression import Stream, gzip_members, open_stream
from seawall.safe.compression import unpack as whole
from seawall.safe.limits import Limits

SKIPPABLE = b"\x5e\x2a\x4d\x18" + (7).to_bytes(4, "little") + b"ignored"
PACKINGS = {
    "plain": lambda parts: b"".join(parts),
    "gzip": lambda parts: b"".join(gzip.compress(part) for part in parts),
    "padded gzip": lambda parts: b"".join(gzip.compress(part) + bytes(700) for part in parts),
    "zstd": lambda parts: b"".join(zstd.compress(part) + SKIPPABLE for part in parts),
    "zstd after a skippable frame": lambda parts: SKIPPABLE + b"".join(zstd.compress(part) for part in parts),
}


class Dribble(io.BytesIO):
    """Gives a few bytes at a time, as a socket may, and cannot seek."""

    def read(self, n: int | None = -1, /) -> bytes:
        return super().read(min(3, n) if n and n > 0 else 3)

    def seekable(self) -> bool:
        return False


def unpack(stream: Stream, n: int = 1000) -> bytes:
    return b"".join(iter(lambda: stream.read(n), b""))


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("source", [io.BytesIO, Dribble])
def test_every_member_is_read(packing: str, source: type[io.BytesIO]) -> None:
    parts = [b"first" * 500, b"", b"second", bytes(5000)]
    stream = open_stream(source(PACKINGS[packing](parts)), where="x")
    assert unpack(stream) == b"".join(parts)
    assert stream.read(1) == b""


@pytest.mark.parametrize("packing", PACKINGS)
@given(steps=st.lists(st.tuples(st.booleans(), st.integers(1, 4000)), max_size=12))
def test_skipping_is_reading_without_looking(packing: str, steps: list[tuple[bool, int]]) -> None:
    content = random.Random(7).randbytes(9000)
    stream, at = open_stream(io.BytesIO(PACKINGS[packing]([content[:4000], content[4000:]])), where="x"), 0
    for skip, n in steps:
        if skip:
            skipped = stream.skip(n)
            assert skipped == min(n, len(content) - at)
            at += skipped
        else:
            data = stream.read(n)
            assert data == content[at : at + len(data)]
            assert bool(data) == (at < len(content))
            at += len(data)


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_cut_short_anywhere(packing: str) -> None:
    packed = PACKINGS[packing]([b"a" * 3000, random.Random(1).randbytes(300)])
    whole = b"a" * 3000 + random.Random(1).randbytes(300)
    for cut in range(4, len(packed)):
        try:
            unpacked = unpack(open_stream(io.BytesIO(packed[:cut]), where="x"))
        except Malformed:
            continue
        assert unpacked in (b"a" * 3000, whole), "only a cut between two members cannot be told"


def test_cut_short_says_how_far_it_came() -> None:
    with pytest.raises(Malformed, match=r"layer: the gzip data is cut short \(20 bytes read"):
        unpack(open_stream(io.BytesIO(gzip.compress(b"content" * 100)[:20]), where="layer"))


def test_a_wrong_checksum_and_trailing_garbage_are_damage() -> None:
    packed = bytearray(gzip.compress(b"content"))
    packed[-5] ^= 1
    for damaged in (
        bytes(packed),
        gzip.compress(b"content") + b"garbage garbage",
        zstd.compress(b"content") + b"garbage garbage",
    ):
        with pytest.raises(Malformed, match="damaged"):
            unpack(open_stream(io.BytesIO(damaged), where="x"))


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd", SKIPPABLE]))
def test_any_bytes_are_read_or_refused(content: bytes, start: bytes) -> None:
    with contextlib.suppress(InputError):
        unpack(open_stream(io.BytesIO(start + content), where="x"))


def test_other_packings_are_named() -> None:
    with pytest.raises(Unsupported, match="xz"):
        open_stream(io.BytesIO(lzma.compress(b"content")), where="x")


def test_a_bomb_breaks_the_ratio() -> None:
    bomb = gzip.compress(bytes(1 << 20)) * 300
    with pytest.raises(LimitExceeded) as caught:
        open_stream(io.BytesIO(bomb), where="x").skip(1 << 40)
    assert caught.value.limit == "compression_ratio"
    assert open_stream(io.BytesIO(bomb), where="x", limits=Limits(compression_ratio=2000)).skip(1 << 40) == 300 << 20


@pytest.mark.parametrize("packing", ["plain", "gzip", "zstd"])
def test_size_is_bounded(packing: str) -> None:
    with pytest.raises(LimitExceeded, match="layer_bytes"):
        unpack(open_stream(Dribble(PACKINGS[packing]([bytes(2000)])), where="x", limits=Limits(layer_bytes=1999)))


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress, lzma.compress, bytes])
def test_unpack_gives_back_what_was_packed_and_keeps_its_bound(pack: Callable[[bytes], bytes]) -> None:
    content = bytes(range(256)) * 4096
    assert whole(pack(content), where="x") == content
    with pytest.raises(LimitExceeded, match="index_bytes"):
        whole(pack(content), where="x", limits=Limits(index_bytes=4096))


def test_xz_may_have_several_streams_and_padding_and_no_damage() -> None:
    packed = lzma.compress(b"one") + bytes(4) + lzma.compress(b"two")
    assert whole(packed, where="x") == b"onetwo"
    for damaged in (packed[:-20], packed + b"junk", lzma.compress(b"one")[:20]):
        with pytest.raises(Malformed):
            whole(damaged, where="x")


def test_members_of_gzip_come_apart() -> None:
    one, two = gzip.compress(b"one"), gzip.compress(b"two")
    assert list(gzip_members(one + two, where="x")) == [(one, b"one"), (two, b"two")]
    with pytest.raises(Malformed):
        list(gzip_members(one + two[:-3], where="x"))
