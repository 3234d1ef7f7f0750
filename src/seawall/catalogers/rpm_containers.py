"""The two formats of rpm's own databases: Berkeley DB's hash (until 2020) and ndb (SUSE). Both give headers, in pages.

https://docs.oracle.com/database/bdb181/html/programmer_reference/ · https://github.com/rpm-software-management/rpm
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from seawall.errors import Malformed, Unsupported

HASH_MAGIC = 0x061561
HASH_PAGES = (2, 13)
OVERFLOW_PAGE = 7
INLINE, ON_OVERFLOW_PAGES = 1, 3
PAGE_HEADER = 26
NO_HEADER = 16
"""Bytes: a shorter value is the number of packages, which has the key 0."""

SLOT_PAGE = 4096
BLOCK = 16
BLOB_HEADER = 16


def is_berkeley(content: bytes) -> bool:
    return content[12:16] in (HASH_MAGIC.to_bytes(4, "little"), HASH_MAGIC.to_bytes(4, "big"))


def berkeley(content: bytes, path: str) -> Iterator[bytes]:
    """The values of a hash database. Raises Malformed for pages that are used twice, too, or Unsupported."""
    order = "<" if content[12:16] == HASH_MAGIC.to_bytes(4, "little") else ">"
    if len(content) < 512:
        raise _damaged("its first page is cut short", path)
    (size,) = struct.unpack_from(order + "I", content, 20)
    if content[24]:
        raise Unsupported("an encrypted database is not read", where=path)
    if size < 512 or size > 65536 or size & (size - 1):
        raise _damaged(f"its pages have {size:,} bytes", path)
    if len(content) % size:
        raise _damaged("it is cut short", path)
    used: set[int] = set()
    for page in range(size, len(content), size):
        if content[page + 25] in HASH_PAGES:
            (count,) = struct.unpack_from(order + "H", content, page + 20)
            if PAGE_HEADER + 2 * count > size:
                raise _damaged("a page has more entries than it can hold", path)
            offsets = struct.unpack_from(f"{order}{count}H", content, page + PAGE_HEADER)
            for before, offset in zip(offsets[0::2], offsets[1::2], strict=False):
                value = _hash_value(content, page, (offset, min(before, size)), size, order, used, path)
                if len(value) > NO_HEADER:
                    yield value


def _hash_value(
    content: bytes, page: int, place: tuple[int, int], size: int, order: str, used: set[int], path: str
) -> bytes:
    """A value on the page itself, from one offset to another, or on the overflow pages that it names."""
    begin, end = place
    if end - begin < 1:
        raise _damaged("an entry lies outside of its page", path)
    if content[page + begin] == INLINE:
        return content[page + begin + 1 : page + end]
    if content[page + begin] != ON_OVERFLOW_PAGES or end - begin < 12:
        return b""
    number, length = struct.unpack_from(order + "II", content, page + begin + 4)
    pieces: list[bytes] = []
    while number:
        at = number * size
        if number in used or at + size > len(content) or content[at + 25] != OVERFLOW_PAGE:
            raise _damaged("a chain of pages leads nowhere or to a page of another entry", path)
        used.add(number)
        number, filled = struct.unpack_from(order + "I2xH", content, at + 16)
        pieces.append(content[at + PAGE_HEADER : at + min(size, PAGE_HEADER + filled)])
    value = b"".join(pieces)
    if len(value) < length:
        raise _damaged("a chain of pages is too short", path)
    return value[:length]


def ndb(content: bytes, path: str) -> Iterator[bytes]:
    """The blobs of an ndb database, which its slots name. Raises Malformed for blobs that overlap, too."""
    if len(content) < SLOT_PAGE:
        raise _damaged("its first page is cut short", path)
    version, _generation, pages = struct.unpack_from("<III", content, 4)
    if version:
        raise Unsupported(f"version {version} of this database is not read", where=path)
    if pages * SLOT_PAGE > len(content):
        raise _damaged("it is cut short", path)
    slots = struct.iter_unpack("<4sIII", content[32 : pages * SLOT_PAGE])
    found = sorted((block * BLOCK, number) for mark, number, block, _count in slots if mark == b"Slot" and number)
    end = 0
    for at, number in found:
        if at < end or at + BLOB_HEADER > len(content):
            raise _damaged("its blobs overlap or lie outside of it", path)
        mark, claimed, _generation, length = struct.unpack_from("<4sIII", content, at)
        end = at + BLOB_HEADER + length
        if mark != b"BlbS" or claimed != number or end > len(content):
            raise _damaged("a blob is not where its slot says", path)
        yield content[at + BLOB_HEADER : end]


def _damaged(what: str, path: str) -> Malformed:
    return Malformed(f"a damaged rpm database: {what}", where=path)
