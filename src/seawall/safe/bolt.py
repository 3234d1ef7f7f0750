"""bbolt databases (containerd keeps its records in them), read only: every page checked, none visited twice.

Format: https://github.com/etcd-io/bbolt/blob/main/internal/common/page.go, meta.go and bucket.go. A file is pages of
one size; pages 0 and 1 describe it, the one of the later transaction that is sound counts. A transaction overwrites no
page of the one before it, so a file that its owner is writing to can be read; what makes no sense is refused.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from seawall.errors import Malformed
from seawall.safe import files
from seawall.safe.limits import DEFAULT, Limits

_PAGE = struct.Struct("<QHHI")
_META = struct.Struct("<IIIIQQQQQ")
_LEAF = struct.Struct("<IIII")
_BRANCH = struct.Struct("<IIQ")
_BUCKET = struct.Struct("<QQ")
_MAGIC, _VERSION = 0xED0CDAED, 2
_IS_BRANCH, _IS_LEAF = 1, 2
_SIZES = range(512, 65_537)
_DEEPEST = 32  # a tree of the smallest pages, two keys each, has four thousand million keys at this depth


class Bucket:
    """Keys and their values; a value may be a bucket again."""

    def __init__(self, pages: _Pages, root: int, inline: bytes = b"") -> None:
        self._pages, self._root, self._inline = pages, root, inline

    def items(self) -> Iterator[tuple[bytes, bytes | Bucket]]:
        """In the order of the keys. Raises Malformed."""
        if self._root:
            yield from self._below(self._root, set(), 0)
        else:
            yield from self._leaf(self._inline)

    def get(self, *path: bytes) -> bytes | Bucket | None:
        """What is behind the keys, one bucket below the other; None where there is none."""
        found: bytes | Bucket | None = self
        for key in path:
            found = dict(found.items()).get(key) if isinstance(found, Bucket) else None
        return found

    def bucket(self, *path: bytes) -> dict[bytes, bytes | Bucket]:
        """The bucket behind the keys, whole; empty where there is none."""
        found = self.get(*path)
        return dict(found.items()) if isinstance(found, Bucket) else {}

    def _below(self, number: int, seen: set[int], depth: int) -> Iterator[tuple[bytes, bytes | Bucket]]:
        if number in seen or depth > _DEEPEST:
            raise Malformed(f"page {number} of the database leads back to itself", where=self._pages.where)
        seen.add(number)
        page = self._pages.at(number)
        _, flags, count, _ = _PAGE.unpack_from(page)
        if not flags & _IS_BRANCH:
            yield from self._leaf(page)
            return
        for at in self._elements(page, count, _BRANCH):
            yield from self._below(_BRANCH.unpack_from(page, at)[2], seen, depth + 1)

    def _leaf(self, page: bytes) -> Iterator[tuple[bytes, bytes | Bucket]]:
        if len(page) < _PAGE.size:
            raise Malformed("a page of the database is cut short", where=self._pages.where)
        _, flags, count, _ = _PAGE.unpack_from(page)
        if not flags & _IS_LEAF:
            raise Malformed("a page of the database is of no known kind", where=self._pages.where)
        for at in self._elements(page, count, _LEAF):
            kind, position, key_size, value_size = _LEAF.unpack_from(page, at)
            key_at, end = at + position, at + position + key_size + value_size
            if end > len(page):
                raise Malformed("an entry of the database leads out of its page", where=self._pages.where)
            value = page[key_at + key_size : end]
            yield page[key_at : key_at + key_size], self._bucket(value) if kind & 1 else value

    def _bucket(self, value: bytes) -> Bucket:
        if len(value) < _BUCKET.size:
            raise Malformed("a bucket of the database is cut short", where=self._pages.where)
        return Bucket(self._pages, _BUCKET.unpack_from(value)[0], value[_BUCKET.size :])

    def _elements(self, page: bytes, count: int, element: struct.Struct) -> range:
        if _PAGE.size + count * element.size > len(page):
            raise Malformed("a page of the database says that it has more than it holds", where=self._pages.where)
        return range(_PAGE.size, _PAGE.size + count * element.size, element.size)


class _Pages:
    def __init__(self, content: bytes, where: str) -> None:
        self.where, self._content = where, content
        self.size, self.root = self._meta()

    def at(self, number: int) -> bytes:
        start = number * self.size
        if number < 2 or start + self.size > len(self._content):
            raise Malformed(f"the database has no page {number}", where=self.where)
        own, _, _, overflow = _PAGE.unpack_from(self._content, start)
        if own != number:
            raise Malformed(f"page {number} of the database says that it is page {own}", where=self.where)
        return self._content[start : start + (overflow + 1) * self.size]

    def _meta(self) -> tuple[int, int]:
        """The size of pages, and the page of the root bucket."""
        found = []
        for start in (0, *(1 << power for power in range(9, 17))):
            if len(self._content) < start + _PAGE.size + _META.size + 8:
                break
            magic, version, size, _, root, _, _, _, transaction = _META.unpack_from(self._content, start + _PAGE.size)
            sound = (magic, version) == (_MAGIC, _VERSION) and size in _SIZES and start in (0, size)
            if sound and self._sum(start + _PAGE.size):
                found.append((transaction, size, root))
        if not found:
            raise Malformed("is no bbolt database, or a damaged one", where=self.where)
        _, size, root = max(found)
        return size, root

    def _sum(self, start: int) -> bool:
        """Whether the checksum (FNV-1a) of a description is right."""
        checksum = 0xCBF29CE484222325
        for byte in self._content[start : start + _META.size]:
            checksum = (checksum ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
        return checksum == int.from_bytes(self._content[start + _META.size : start + _META.size + 8], "little")


def read(path: Path, *, limits: Limits = DEFAULT) -> Bucket:
    """The bucket that holds all others. The file is held in memory. Raises Unreadable, Malformed, LimitExceeded."""
    pages = _Pages(files.read(path, limit="evidence_bytes", limits=limits), str(path))
    return Bucket(pages, pages.root)


def unsigned(value: bytes) -> int:
    """A number as Go's `binary.PutUvarint` writes it."""
    return sum((byte & 0x7F) << 7 * index for index, byte in enumerate(value[:10]))
