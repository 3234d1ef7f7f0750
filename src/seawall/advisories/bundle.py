"""The database as one file to carry to a site without a network: gzip of a line of JSON (the manifest) and of it.

The manifest has the SHA-256 of the database, so damage shows. Whether it is the file that was sent shows by the SHA-256
of the whole file, which `write` returns and `read` can be told: carry it by another way than the file. Or sign it with
minisign, and `minisign.verify` it before it is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from seawall.advisories.builder import replacing
from seawall.advisories.importing import iso
from seawall.advisories.store import SCHEMA, Store
from seawall.errors import Malformed, Unreadable, Unsupported
from seawall.safe import files, json
from seawall.safe.compression import Stream, open_stream
from seawall.safe.limits import DEFAULT, MIB, Limits

KIND = "seawall-advisories/1"
_MANIFEST_BYTES = 4096


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`schema` is the version of the database's tables; `size` is in bytes, `created` an ISO 8601 time in UTC."""

    kind: str
    schema: int
    sha256: str
    size: int
    created: str


def write(db: Path, to: Path, *, now: datetime) -> str:
    """The SHA-256 of the new file. Raises DatabaseError where `db` cannot be used, UsageError where `to` cannot."""
    import gzip  # noqa: TID251 (only written)

    with Store.open(db), db.open("rb") as database:
        size = db.stat().st_size
        manifest = Manifest(kind=KIND, schema=SCHEMA, sha256=_digest(db), size=size, created=iso(now))
        with files.replace(to) as new:
            with new.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
                packed.write(msgspec.json.encode(manifest) + b"\n")
                while piece := database.read(MIB):
                    packed.write(piece)
            return _digest(new)


def read(bundle: Path, db: Path, *, sha256: str = "", limits: Limits = DEFAULT) -> Manifest:
    """Put the database of `bundle` in the place of `db`, whole or not at all; of the file that has this SHA-256 only.

    Raises Unreadable, Malformed, Unsupported, LimitExceeded, and DatabaseError where `db` cannot be written.
    """
    where = str(bundle)
    if sha256 and (found := _digest(bundle)) != sha256.lower().removeprefix("sha256:"):
        hint = "it is not the file that was exported: fetch it again, and find out who changed it"
        raise Malformed(f"its SHA-256 is {found}, not the one given", where=where, hint=hint)
    with closing(_opened(bundle)) as raw, replacing(db) as new:
        pieces = _pieces(open_stream(raw, where=where, limits=limits))
        manifest, head = _manifest(pieces, where, limits)
        hashed, size = hashlib.sha256(head), len(head)
        with new.open("wb") as file:
            file.write(head)
            for piece in pieces:
                hashed.update(piece)
                size += file.write(piece)
                if size > manifest.size:
                    raise Malformed("it holds more than its manifest says", where=where)
        if hashed.hexdigest() != manifest.sha256:
            raise Malformed("damaged: the database in it has another SHA-256 than its manifest says", where=where)
        Store.open(new).close()
    return manifest


def _opened(bundle: Path) -> BinaryIO:
    try:
        return bundle.open("rb")
    except OSError as error:
        raise Unreadable(f"cannot be opened: {error.strerror}", where=str(bundle)) from None


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with closing(_opened(path)) as file:
        while piece := file.read(MIB):
            digest.update(piece)
    return digest.hexdigest()


def _pieces(packed: Stream) -> Iterator[bytes]:
    while piece := packed.read(MIB):
        yield piece


def _manifest(pieces: Iterator[bytes], where: str, limits: Limits) -> tuple[Manifest, bytes]:
    """The manifest, and the beginning of the database that came with it."""
    line, _, head = next(pieces, b"").partition(b"\n")
    if not line.startswith(b"{") or len(line) > _MANIFEST_BYTES:
        raise Malformed("no advisories that were exported", where=where, hint="make it with: seawall update --export")
    manifest = json.decode(line, Manifest, where=where, limits=limits)
    if manifest.kind != KIND or manifest.schema != SCHEMA:
        hint = "export it with the version of Seawall that imports it"
        message = f"{manifest.kind} of schema {manifest.schema}, and {KIND} of schema {SCHEMA} is read here"
        raise Unsupported(message, where=where, hint=hint)
    return manifest, head
