"""Signatures of minisign: https://jedisct1.github.io/minisign/ describes its keys and files.

A signature file has four lines: a comment, the signature of the file (of its BLAKE2b-512 hash since version 0.6), a
comment that is signed too, and the signature of both. Keys and signatures are Ed25519; the arithmetic is a library's.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from contextlib import closing
from pathlib import Path

from seawall.errors import Malformed, UsageError
from seawall.safe import files
from seawall.safe.limits import KIB, MIB

_ALGORITHM, _ID, _KEY, _SIGNATURE = 2, 8, 32, 64
_TRUSTED = "trusted comment: "


def verify(file: Path, key: str) -> str:
    """The signed comment of `file`, whose signature stands beside it in `FILE.minisig`.

    `key` is a public key, or the path of a file with one. Raises Malformed where anything does not fit, Unreadable
    where a file is missing, UsageError for what is no key or where the library is not installed.
    """
    signature = Path(f"{file}.minisig")
    where = str(signature)
    key_id, public = _public_key(key)
    lines = files.read(signature).decode("utf-8", "replace").splitlines() if _small(signature) else []
    if len(lines) < 4 or not lines[2].startswith(_TRUSTED):
        raise Malformed("not a signature of minisign", where=where, hint=f"make one: minisign -Sm {file.name}")
    told, comment = _decoded(lines[1], _ALGORITHM + _ID + _SIGNATURE, where), lines[2][len(_TRUSTED) :]
    if told[_ALGORITHM : _ALGORITHM + _ID] != key_id:
        raise Malformed("signed with another key", where=where, hint="ask whoever exported it for their public key")
    signed = told[_ALGORITHM + _ID :]
    message = _hash(file) if told[:_ALGORITHM] == b"ED" else files.read(file, limit="http_bytes")
    _check(public, signed, message, where, "the file is not the one that was signed")
    whole = _decoded(lines[3], _SIGNATURE, where)
    _check(public, whole, signed + comment.encode(), where, "its comment is not the one that was signed")
    return comment


def _public_key(key: str) -> tuple[bytes, bytes]:
    """The id and the key."""
    try:
        path = Path(key)
        text = files.read(path).decode("utf-8", "replace") if path.is_file() and _small(path) else key
    except OSError:
        text = key
    try:
        told = base64.b64decode(text.split()[-1], validate=True)
    except (binascii.Error, ValueError, IndexError):
        told = b""
    if len(told) != _ALGORITHM + _ID + _KEY or told[:_ALGORITHM] != b"Ed":
        raise UsageError(
            "not a public key of minisign", where="--key", hint="give the key, or the path of minisign.pub"
        )
    return told[_ALGORITHM : _ALGORITHM + _ID], told[_ALGORITHM + _ID :]


def _check(public: bytes, signature: bytes, message: bytes, where: str, otherwise: str) -> None:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        hint = "pip install 'seawall[signing]'"
        raise UsageError("checking a signature needs the cryptography library", where="--key", hint=hint) from None
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise Malformed(otherwise, where=where, hint="fetch it again, and find out who changed it") from None


def _decoded(line: str, size: int, where: str) -> bytes:
    try:
        told = base64.b64decode(line.strip(), validate=True)
    except (binascii.Error, ValueError):
        told = b""
    if len(told) != size:
        raise Malformed("not a signature of minisign: a line of it is damaged", where=where)
    return told


def _hash(file: Path) -> bytes:
    digest = hashlib.blake2b()
    with closing(files.open_regular(file)) as opened:
        while piece := opened.read(MIB):
            digest.update(piece)
    return digest.digest()


def _small(path: Path) -> bool:
    """Keys and signatures have a few hundred bytes."""
    with closing(files.open_regular(path)) as opened:
        return len(opened.read(64 * KIB + 1)) <= 64 * KIB
