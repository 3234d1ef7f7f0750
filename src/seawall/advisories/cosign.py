"""Signatures of cosign with a key: ECDSA over the SHA-256 of the file, P-256 unless the key is another curve's.

    cosign sign-blob --key cosign.key --output-signature FILE.sig FILE          base64 in FILE.sig
    cosign sign-blob --key cosign.key --bundle FILE.sigstore.json FILE          the same in JSON, since version 3

https://docs.sigstore.dev/cosign/key_management/signing_with_self-managed_keys/. Nothing is asked of a transparency
log: a site without a network could not, and whoever holds the key is trusted.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from contextlib import closing
from pathlib import Path

import msgspec

from seawall.errors import Malformed, UsageError
from seawall.safe import files, json
from seawall.safe.limits import MIB

_PEM = b"-----BEGIN PUBLIC KEY-----"
_ENDINGS = (".sig", ".sigstore.json")


class _MessageSignature(msgspec.Struct, frozen=True):
    signature: str


class _Bundle(msgspec.Struct, frozen=True, rename="camel"):
    message_signature: _MessageSignature


def is_key(key: str) -> bool:
    """Whether this is the path of a public key as cosign writes it, and not one of minisign."""
    path = Path(key)
    try:
        return path.is_file() and _PEM in files.read(path, limit="registry_bytes")
    except OSError:
        return False


def verify(file: Path, key: str) -> str:
    """Where the signature of `file` was found, beside it. Raises Malformed where it does not hold, Unreadable where a
    file is missing, UsageError for a key of another kind or where the library is not installed.
    """
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, utils
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    except ImportError:
        hint = "pip install 'seawall[signing]'"
        raise UsageError("checking a signature needs the cryptography library", where="--key", hint=hint) from None
    try:
        public = load_pem_public_key(files.read(Path(key), limit="registry_bytes"))
    except (ValueError, UnsupportedAlgorithm):
        public = None
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise UsageError("not a public key of cosign", where=key, hint="give the path of cosign.pub")
    found = next((path for ending in _ENDINGS if (path := Path(f"{file}{ending}")).exists()), Path(f"{file}.sig"))
    try:
        public.verify(_signature(found), _digest(file), ec.ECDSA(utils.Prehashed(hashes.SHA256())))
    except InvalidSignature:
        hint = "fetch it again, and find out who changed it"
        raise Malformed(
            "the file is not the one that was signed, or not with this key", where=str(found), hint=hint
        ) from None
    return found.name


def _signature(path: Path) -> bytes:
    text = files.read(path, limit="registry_bytes")
    if path.suffix == ".json":
        text = json.decode(text, _Bundle, where=str(path)).message_signature.signature.encode()
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("not a signature of cosign", where=str(path), hint="make one: cosign sign-blob") from None


def _digest(file: Path) -> bytes:
    digest = hashlib.sha256()
    with closing(files.open_regular(file)) as opened:
        while piece := opened.read(MIB):
            digest.update(piece)
    return digest.digest()
