"""What was found in a layer, kept by the layer's digest, so that no layer is read twice; and all of an image.

Why a digest may be trusted before the layer is read: an entry is stored under digest D only by a scan that has read the
layer to its end and *computed* D over the bytes as they came (`LayerFacts.digest`). D names those bytes and no others,
so the entry tells what is in the layer named D, whoever names it. A manifest that names D asks for exactly these bytes;
a registry or layout that would now hand out other bytes for D would be refused without a cache, so a hit can only be
more right than a reading. That the manifest is the one that was meant is checked as ever: by its own digest, or the
word of the registry on a tag. A diffID is not used: the configuration claims it, beside the digest that is checked, and
an image that claims the diffID of a base layer for a layer of its own would put its own content in the entry that every
image on that base shares. A docker archive with plain layers names no digest and is not kept: to scan one with seeks
over what nobody wants takes less time than to hash it (680 MiB, 17,000 entries: 0.2 against 0.37 s of CPU).

What all layers of an image add up to is kept as well, under all that its manifest and configuration say and the digest
of each layer: a scan that finds it needs neither tree nor cataloger.

A key holds the fingerprint of all code that had a part in the result, so that a new version begins anew. An entry
carries a checksum over its key and content: what is damaged, cut short or misplaced is as good as absent, and is
replaced. Entries are written beside their place and moved there in one step; any number of processes may share the
folder, and one that is killed leaves at worst a temporary file, which the next one sweeps up. The checksum is no
signature: who may write to the folder may lie in it, and it is made for its owner alone.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from seawall.errors import SeawallError
from seawall.safe import files
from seawall.sources.images.layer import LayerFacts

T = TypeVar("T")
V = TypeVar("V")

_SUFFIX = ".layer"
_NEW = ".new"
_ABANDONED = 3600.0  # seconds after which a file that was never moved to its place has nobody left to do it
_PLAIN, _ESCAPED = b"p", b"e"


class Kept(Protocol[T]):
    """Where facts are kept; `part` tells apart what was looked for in one layer."""

    def get(self, digest: str, part: str = "") -> LayerFacts[T] | None: ...
    def put(self, digest: str, facts: LayerFacts[T], part: str = "") -> None: ...


class Cache(Generic[V]):
    """A folder of values. `shape` is their type; `size` bounds the folder, in bytes; the least used goes."""

    def __init__(self, folder: Path, *, fingerprint: str, shape: Any, size: int) -> None:
        self._folder, self._fingerprint, self._size = folder, fingerprint, size
        self._shape = shape
        self._decoder = msgspec.msgpack.Decoder(shape)
        self._written = 0

    def get(self, digest: str, part: str = "") -> V | None:
        """What is known of the digest, None where there is nothing that is sound."""
        key = self._key(digest, part)
        path = self._path(key)
        try:
            entry = files.read(path, limit="layer_names_bytes")
        except SeawallError:
            return None
        if entry[:32] != hashlib.sha256(key + entry[32:]).digest():
            return None
        try:
            known = self._decode(entry)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None
        with suppress(OSError):
            os.utime(path)
        return known

    def put(self, digest: str, value: V, part: str = "") -> None:
        """Keep what was made of bytes that were read and have this digest. A full disk is no error."""
        key = self._key(digest, part)
        content = _encode(value)
        path = self._path(key)
        new = path.with_name(f"{os.urandom(8).hex()}{_NEW}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with new.open("xb") as file:
                file.write(hashlib.sha256(key + content).digest())
                file.write(content)
            new.replace(path)
        except OSError:
            with suppress(OSError):
                new.unlink()
            return
        self._written += len(content)
        if self._written > self._size // 8:
            self.prune()

    def prune(self) -> None:
        """Bring the folder back to its size, and sweep up what killed processes left. Does nothing where nothing was
        written."""
        if not self._written:
            return
        self._written = 0
        entries = []
        for path in self._folder.glob("*.*"):
            with suppress(OSError):
                status = path.lstat()
                entries.append((status.st_mtime, status.st_size, path))
        entries.sort()
        total, now = sum(size for _, size, _ in entries), entries[-1][0] if entries else 0.0
        for changed, size, path in entries:
            abandoned = path.suffix == _NEW and changed < now - _ABANDONED
            if abandoned or (path.suffix == _SUFFIX and total > self._size):
                with suppress(OSError):
                    path.unlink()
                    total -= size

    def _key(self, digest: str, part: str) -> bytes:
        return "\n".join((digest, self._fingerprint, part)).encode("utf-8", "surrogateescape")

    def _path(self, key: bytes) -> Path:
        return self._folder / f"{hashlib.sha256(key).hexdigest()}{_SUFFIX}"

    def _decode(self, entry: bytes) -> V:
        content = memoryview(entry)[33:]
        if entry[32:33] == _PLAIN:
            plain: V = self._decoder.decode(content)
            return plain
        restored: V = msgspec.convert(_texts(msgspec.msgpack.decode(content), _restore), self._shape)
        return restored


class LayerCache(Cache[LayerFacts[T]]):
    """The facts of layers; `kind` is the type of the results in them."""

    def __init__(self, folder: Path, *, fingerprint: str, kind: Any, size: int) -> None:
        super().__init__(folder, fingerprint=fingerprint, shape=LayerFacts[kind], size=size)


def _encode(value: object) -> bytes:
    try:
        return _PLAIN + msgspec.msgpack.encode(value)
    except UnicodeEncodeError:  # a name that is not UTF-8
        return _ESCAPED + msgspec.msgpack.encode(_texts(msgspec.to_builtins(value), _escape))


def _texts(value: Any, change: Callable[[str], str]) -> Any:
    """The same with every text changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(key): _texts(each, change) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(each, change) for each in value]
    return value


def _escape(text: str) -> str:
    """UTF-8 has no place for stray bytes; "\\0" does not occur in names, so it can mark them."""
    return "".join(f"\0{ord(c) - 0xDC00:02x}" if "\udc80" <= c <= "\udcff" else c for c in text)


def _restore(text: str) -> str:
    first, *rest = text.split("\0")
    return first + "".join(chr(0xDC00 + int(piece[:2], 16)) + piece[2:] for piece in rest)
