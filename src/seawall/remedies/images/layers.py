"""The layers of a new image as blobs: copied, rewritten without what goes, or new."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import closing
from pathlib import Path
from typing import IO

from seawall.errors import Malformed
from seawall.remedies.images.rewrite import Added, Rewrite, WrittenLayer
from seawall.safe import tar
from seawall.safe.compression import CHUNK, open_stream
from seawall.safe.limits import Limits
from seawall.safe.names import normalise
from seawall.safe.packing import SPECIAL, Packer, Packing, without
from seawall.sources.images.files import OpenFile, readable
from seawall.sources.images.image import LayerSource
from seawall.sources.images.links import follow, join

_WHITEOUT = ".wh."


class Removal:
    """Tells which entries of the layers go. To be asked about the layers lowest first: links of lower ones count."""

    def __init__(self, rewrite: Rewrite) -> None:
        self._paths = frozenset(normalise(path) for path in rewrite.remove)
        self._hidden, self._plain = rewrite.hidden, rewrite.plain
        self._links: dict[str, str] = {}

    def __call__(self, name: str) -> bool:
        """Whether the entry with this name goes: it, or a folder that it lies in, by its own name or its real one."""
        return self._below(name) or (bool(self._links) and self._below(self._real(name)))

    def hides(self, diff_id: str, name: str) -> bool:
        """Whether the entry goes from this layer alone."""
        return (diff_id, name) in self._hidden

    def makes_plain(self, member: tar.Member) -> bool:
        """Whether the entry loses its setuid and setgid bits."""
        special = member.kind == "file" and not member.sparse and _rights(member) & SPECIAL
        return bool(special) and (member.name in self._plain or self._real(member.name) in self._plain)

    def take_in(self, member: tar.Member) -> None:
        """Note what an entry of the present layer does to the links."""
        path = self._real(member.name)
        if member.kind == "symlink":
            self._links[path] = member.link
        elif member.kind != "dir" or path == member.name:
            self._links.pop(path, None)

    def _real(self, name: str) -> str:
        folder, _, last = name.rpartition("/")
        real = follow(folder, self._links.get) if folder else ""
        return join(folder if real is None else real, last)

    def _below(self, path: str) -> bool:
        while path:
            if path in self._paths:
                return True
            path = path.rpartition("/")[0]
        return False


def write_layer(layer: LayerSource, removal: Removal, blobs: Path, *, packing: Packing, limits: Limits) -> WrittenLayer:
    """A layer as it is, or without what goes. Raises Malformed where it is not what its digest says."""
    gone, plain = _touched(layer, removal, limits)
    if gone or plain:
        return _rewrite(layer, gone, plain, blobs, packing, limits)
    return _copy(layer, blobs, limits)


def add_layer(added: Added, blobs: Path, *, packing: Packing) -> WrittenLayer:
    """A new layer."""
    with _Blob(blobs) as blob:
        packer = Packer(blob, packing)
        added.write(packer)
        packer.close()
    digest = blob.keep()
    return WrittenLayer(digest=digest, diff_id=f"sha256:{packer.plain.hexdigest()}", size=packer.size, changed=True)


def _touched(layer: LayerSource, removal: Removal, limits: Limits) -> tuple[frozenset[str], frozenset[str]]:
    """The names in a layer that go, and those that lose bits: in one pass, for both depend on the links below."""
    gone, plain = set[str](), set[str]()
    with readable(layer.where), closing(layer.open()) as raw:
        stream = open_stream(raw, where=layer.where, limits=limits)
        for member in tar.walk(stream, where=layer.where, limits=limits):
            hides = member.name.rpartition("/")[2].startswith(_WHITEOUT)
            if not hides and (removal(member.name) or removal.hides(layer.diff_id, member.name)):
                gone.add(member.name)
            elif not hides and removal.makes_plain(member):
                plain.add(member.name)
            if not hides:
                removal.take_in(member)
    return frozenset(gone), frozenset(plain)


def _copy(layer: LayerSource, blobs: Path, limits: Limits) -> WrittenLayer:
    """Byte for byte, checked against its digest; a layer without one against its diffID."""
    with _Blob(blobs) as blob, readable(layer.where), closing(layer.open()) as raw:
        tee = _Tee(raw, blob, layer.digest)
        stream = open_stream(tee, where=layer.where, limits=limits)
        plain = hashlib.new(layer.diff_id.partition(":")[0] or "sha256")
        while piece := stream.read(CHUNK):
            plain.update(piece)
        tee.drain()
    _check(layer, tee.claimed(), f"{layer.diff_id.partition(':')[0] or 'sha256'}:{plain.hexdigest()}")
    return WrittenLayer(
        digest=blob.keep(layer.digest), diff_id=layer.diff_id, size=blob.size, before=layer.digest or layer.diff_id
    )


def _rewrite(
    layer: LayerSource, gone: frozenset[str], plain_names: frozenset[str], blobs: Path, packing: Packing, limits: Limits
) -> WrittenLayer:
    with tempfile.TemporaryFile(dir=blobs) as spool, readable(layer.where), closing(layer.open()) as raw:
        tee = _Tee(raw, None, layer.digest)
        stream = open_stream(tee, where=layer.where, limits=limits)
        plain = hashlib.new(layer.diff_id.partition(":")[0] or "sha256")
        while piece := stream.read(CHUNK):
            plain.update(piece)
            spool.write(piece)
        tee.drain()
        _check(layer, tee.claimed(), f"{layer.diff_id.partition(':')[0] or 'sha256'}:{plain.hexdigest()}")
        with _Blob(blobs) as blob:
            packer = Packer(blob, packing)
            removed, plain_mode = gone.__contains__, plain_names.__contains__
            without(spool, packer, removed, plain=plain_mode, where=layer.where, limits=limits)
            packer.close()
    return WrittenLayer(
        digest=blob.keep(),
        diff_id=f"sha256:{packer.plain.hexdigest()}",
        size=packer.size,
        before=layer.digest or layer.diff_id,
        changed=True,
    )


def _check(layer: LayerSource, digest: str, diff_id: str) -> None:
    for what, claim, actual in (("digest", layer.digest, digest), ("diffID", layer.diff_id, diff_id)):
        if claim and claim != actual:
            hint = "the image is damaged or has been tampered with: fetch it again"
            raise Malformed(f"the layer's {what} is {actual}, not {claim} as claimed", where=layer.where, hint=hint)


class _Blob:
    """A blob in the making; `keep` gives it its name."""

    def __init__(self, blobs: Path) -> None:
        self._blobs = blobs
        self._hash, self.size = hashlib.sha256(), 0

    def __enter__(self) -> _Blob:
        self._file: IO[bytes] = tempfile.NamedTemporaryFile(dir=self._blobs, delete=False)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data: bytes, /) -> None:
        self._hash.update(data)
        self.size += len(data)
        self._file.write(data)

    def keep(self, digest: str = "") -> str:
        digest = digest or f"sha256:{self._hash.hexdigest()}"
        place = self._blobs / digest.replace(":", "/")
        place.parent.mkdir(exist_ok=True)
        new = Path(self._file.name)
        new.chmod(0o644)
        new.replace(place)
        return digest


class _Tee:
    """A layer's bytes on their way to whoever unpacks them, hashed, and written to `blob` too."""

    def __init__(self, raw: OpenFile, blob: _Blob | None, claim: str) -> None:
        self._raw, self._blob = raw, blob
        self._algorithm = claim.partition(":")[0] or "sha256"
        self._hash = hashlib.new(self._algorithm)

    def read(self, n: int, /) -> bytes:
        data = self._raw.read(n)
        self._hash.update(data)
        if self._blob:
            self._blob.write(data)
        return data

    def drain(self) -> None:
        while self.read(CHUNK):
            pass

    def claimed(self) -> str:
        return f"{self._algorithm}:{self._hash.hexdigest()}"

    def seekable(self) -> bool:
        return False

    def seek(self, offset: int, whence: int = 0, /) -> int:
        raise NotImplementedError

    def tell(self) -> int:
        raise NotImplementedError


def _rights(member: tar.Member) -> int:
    """The mode; 0 where it cannot be read, which is then left as it is."""
    try:
        return member.rights[0]
    except Malformed:
        return 0
