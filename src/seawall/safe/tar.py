"""A walk over a tar archive that reads headers and leaves content lying unless it is asked for.

Where tar implementations differ this one does what Go's archive/tar does, because container runtimes unpack layers
with it: global pax headers are ignored, links and folders have no content, a GNU long name beats a pax path.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator
from typing import Literal

from seawall.errors import LimitExceeded, Malformed, Unsupported
from seawall.safe.limits import DEFAULT, Limits
from seawall.safe.mapped import FROM, is_kind, mapped
from seawall.safe.names import as_text, escapes, normalise
from seawall.safe.window import BLOCK, Readable, Window

NOTES = 20
Kind = Literal["file", "dir", "symlink", "hardlink", "other"]

_ZERO = bytes(BLOCK)
_FIELDS = struct.Struct("100s24x12s12x8sc355x")  # name, size, checksum, type
_KINDS: dict[bytes, Kind] = {
    b"0": "file", b"\0": "file", b"7": "file", b"S": "file", b"1": "hardlink", b"2": "symlink", b"5": "dir",
}  # fmt: skip
_WITHOUT_CONTENT = frozenset((b"1", b"2", b"3", b"4", b"5", b"6"))
_EXTENSIONS = frozenset((b"x", b"X", b"g", b"L", b"K"))
_CAPABILITY = "SCHILY.xattr.security.capability"
_PAX = frozenset(
    (
        *(b"path", b"linkpath", b"size", _CAPABILITY.encode()),
        *(b"GNU.sparse." + key for key in (b"name", b"major", b"map", b"size")),
    )
)
_ADLER = 65521  # the prime of adler32: its low half is one more than the sum of all bytes


class Member:
    """One entry: its normalised name, its kind, its size in bytes, the target of a link as it is written, the offset of
    its content in the stream, and the bytes of the kernel's record of its capabilities, as surrogates.

    A name that is not UTF-8 keeps its bytes as surrogates; `as_text` makes it fit to show.
    """

    __slots__ = ("_header", "_window", "capability", "kind", "link", "name", "offset", "size", "sparse")

    name: str
    kind: Kind
    size: int
    link: str
    sparse: bool
    offset: int
    capability: str
    _header: bytes
    _window: Window

    def read(self, *, in_parts: bool = False) -> bytes:
        """The content, once, before the walk goes on. Raises LimitExceeded, Malformed, or Unsupported if sparse.

        `in_parts`: what is large and of a kind that is read in parts comes as `safe.mapped` says.
        """
        window = self._window
        bound = window.limits.evidence_bytes
        if self.sparse:
            raise Unsupported("sparse files are not read", where=self._where)
        if self.size > bound:
            raise LimitExceeded("evidence_bytes", bound, where=self._where, found=self.size)
        if window.position != self.offset:
            raise ValueError("read twice, or after the walk went on")
        if in_parts and self.size >= FROM and is_kind(self.peek(4), self.size):
            return mapped(self.size, lambda write: window.pour(self.size, write))
        return window.take(self.size)

    def peek(self, n: int) -> bytes:
        """The first `n` bytes of the content, or all of a shorter one, before any of it is read."""
        head = self._window.take(min(n, self.size))
        self._window.at -= len(head)
        return head

    @property
    def owner(self) -> bytes:
        """The fields of mode, user and group as they are, to be looked up among those that were seen before."""
        return self._header[100:124]

    @property
    def executable(self) -> bool:
        """Whether somebody may run it; true as well where its mode cannot be read."""
        try:
            return bool(_number(self._header[100:108]) & 0o111)
        except ValueError:
            return True

    @property
    def rights(self) -> tuple[int, int, int]:
        """Mode, user id and group id. Raises Malformed."""
        try:
            mode, user, group = (_number(self._header[at : at + 8]) for at in (100, 108, 116))
        except ValueError:
            raise Malformed("a number in its header that is none", where=self._where) from None
        return mode, user, group

    @property
    def modified(self) -> int:
        """Seconds since 1970, 0 where its header has no such number."""
        try:
            return max(_number(self._header[136:148]), 0)
        except ValueError:
            return 0

    @property
    def _where(self) -> str:
        return f"{self._window.where}!/{as_text(self.name)}"


class Walk:
    """Iterate it once for the members in their order. `notes` says, afterwards, what was odd but no reason to stop.

    Raises Malformed (a bad checksum or number, an archive cut short) with the offset, or LimitExceeded.
    """

    def __init__(self, stream: Readable, *, where: str, limits: Limits) -> None:
        self.notes: list[str] = []
        self._window = Window(stream, where, limits)
        self._extended: dict[str, str] = {}

    def __iter__(self) -> Iterator[Member]:
        from isal.isal_zlib import adler32  # three times as fast as zlib's

        window, bound = self._window, self._window.limits.tar_entries
        for count in itertools.count():
            window.at = at = window.at + BLOCK
            header = window.data[at - BLOCK : at]
            if len(header) < BLOCK and not (header := window.refill()):
                return
            name, size_field, checksum, typeflag = _FIELDS.unpack(header)
            try:
                size = int(size_field, 8) if size_field[11] else int(size_field[:11], 8)
                total = int(checksum[:6], 8) + (adler32(checksum) & 0xFFFF) - 256
                valid = size >= 0 and total % _ADLER == adler32(header) & 0xFFFF
            except ValueError:
                valid = False
            if not valid:
                if header == _ZERO:
                    return self._finish()
                size = self._unusual(header)
            if count >= bound:
                raise LimitExceeded("tar_entries", bound, where=window.where)
            if typeflag in _EXTENSIONS:
                self._extend(typeflag, size)
                continue
            path = name.partition(b"\0")[0]
            if header[345] and header[257:263] == b"ustar\0":
                prefix = header[345 : 476 if header[508:] == b"tar\0" else 500]
                path = prefix.partition(b"\0")[0] + b"/" + path
            member = Member()
            member._header, member._window = header, window
            member.kind = kind = _KINDS.get(typeflag, "other")
            member.link = _text(header[157:257].partition(b"\0")[0]) if header[157] else ""
            member.name, member.size, member.sparse = path.decode("utf-8", "surrogateescape"), size, False
            member.capability = ""
            if kind != "file" or typeflag != b"0" or self._extended:
                self._settle(member, typeflag)
                size = member.size
            if (text := member.name)[:1] in "./" or text[-1:] == "/" or "/." in text or "//" in text:
                self._tidy(member)
            member.offset = content = window.base + window.at
            yield member
            window.at = content - window.base + (size + 511 & ~511)
            if window.at > len(window.data):
                window.catch_up()

    def _settle(self, member: Member, typeflag: bytes) -> None:
        """What long names, sparse maps and the kind of an entry change in it."""
        member.sparse = typeflag == b"S"
        if self._extended or member.sparse:
            self._apply(member)
        if typeflag == b"\0" and member.name.endswith("/"):
            member.kind = "dir"
        if typeflag in _WITHOUT_CONTENT or member.kind == "dir":
            member.size = 0

    def _tidy(self, member: Member) -> None:
        if escapes(member.name):
            note(self.notes, f"the entry {as_text(member.name)!r} points outside the root and was kept inside it")
        member.name = normalise(member.name)

    def _apply(self, member: Member) -> None:
        window, extended = self._window, self._extended
        more = member.sparse and member._header[482]
        while more:  # the old GNU format continues its map of holes in blocks of their own
            more = window.take(BLOCK)[504]
        for key in ("path", "gnu.path"):
            member.name = extended.get(key, member.name)
        for key in ("linkpath", "gnu.linkpath"):
            member.link = extended.get(key, member.link)
        if any(key.startswith("GNU.sparse.") for key in extended):
            member.sparse, member.name = True, extended.get("GNU.sparse.name", member.name)
        if "size" in extended:
            if not extended["size"].isdecimal() or len(extended["size"]) > 18:
                raise window.malformed(f"the size {extended['size'][:40]!r} is no number")
            member.size = int(extended["size"])
        member.capability = extended.get(_CAPABILITY, "")
        extended.clear()

    def _extend(self, typeflag: bytes, size: int) -> None:
        """Take in the header that comes before the entry which it describes."""
        window = self._window
        if size > window.limits.tar_header_bytes:
            raise LimitExceeded("tar_header_bytes", window.limits.tar_header_bytes, where=window.where, found=size)
        content = window.take(size)
        window.take(-size % BLOCK)
        if typeflag in b"LK":
            key = "gnu.path" if typeflag == b"L" else "gnu.linkpath"
            self._extended[key] = _text(content.partition(b"\0")[0])
            return
        records = self._records(content)
        if typeflag != b"g":
            self._extended |= records
        elif changed := sorted({"path", "linkpath", "size"} & records.keys()):
            note(self.notes, f"a global header sets {', '.join(changed)}; container runtimes ignore that, and so do we")

    def _records(self, content: bytes) -> dict[str, str]:
        """`LENGTH KEY=VALUE\\n`, one after the other; the length counts the whole record."""
        records, at = dict[str, str](), 0
        while at < len(content) and content[at]:
            digits = content[at : at + 20].partition(b" ")[0]
            end = at + int(digits) if digits.isdigit() else 0
            key, equals, value = content[at + len(digits) + 1 : end - 1].partition(b"=")
            if not (at < end <= len(content) and content[end - 1] == 0x0A and equals):
                raise self._window.malformed("a pax header that does not parse")
            if b"\0" in value and key in (b"path", b"linkpath"):
                raise self._window.malformed("a pax header whose path holds a zero byte")
            if value and key in _PAX:
                records[_text(key)] = _text(value)
            at = end
        return records

    def _unusual(self, header: bytes) -> int:
        """The size in a header that the quick way did not take: base 256, odd padding, a signed checksum."""
        try:
            claimed, size = _number(header[148:156]), _number(header[124:136])
        except ValueError:
            raise self._window.malformed("a number in the header that is none", BLOCK) from None
        rest = header[:148] + bytes(8) + header[156:]
        if claimed - 256 not in (sum(rest), sum(byte - 256 if byte > 127 else byte for byte in rest)):
            raise self._window.malformed("the header's checksum is wrong", BLOCK)
        if size < 0 or size > 1 << 62:
            raise self._window.malformed(f"a size of {size:,} bytes", BLOCK)
        return size

    def _finish(self) -> None:
        """A zero block has been read: the archive ends here, with a second one where all is well."""
        window = self._window
        window.at += BLOCK
        block = window.data[window.at - BLOCK : window.at]
        if (block if len(block) == BLOCK else window.refill()).strip(b"\0"):
            note(self.notes, "there is more after the end of the archive, which was not looked at")


def walk(stream: Readable, *, where: str, limits: Limits = DEFAULT) -> Walk:
    """The members of the archive in `stream`, in their order; `where` names it in errors. See `Walk`."""
    return Walk(stream, where=where, limits=limits)


def note(notes: list[str], text: str) -> None:
    """Add to a list that hostile input cannot make long."""
    if len(notes) < NOTES:
        notes.append(text if len(notes) < NOTES - 1 else "there is more that is odd, not listed here")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _number(field: bytes) -> int:
    """Octal digits among spaces and zeros, or base 256 where the first bit is set. Raises ValueError."""
    if field[0] & 0x80:
        value, bits = int.from_bytes(field), 8 * len(field)
        return value - (1 << bits) if field[0] & 0x40 else value - (1 << bits - 1)
    digits = field.strip(b" \0").partition(b"\0")[0]
    return int(digits, 8) if digits else 0
