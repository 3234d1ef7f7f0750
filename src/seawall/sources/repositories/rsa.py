"""RSA signatures as apk makes them: PKCS#1 v1.5 over SHA-1 or SHA-256 (`.SIGN.RSA.…`, `.SIGN.RSA256.…`)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Collection, Mapping

from seawall.errors import Malformed, Unsupported

_PEM = re.compile(rb"-----BEGIN PUBLIC KEY-----([^-]+)-----END PUBLIC KEY-----")
_SIGNATURE = re.compile(r"\.SIGN\.(RSA|RSA256|RSA512)\.(.+)")


class Keys:
    """Public keys by file name, as a signature names them.

    `trusted` are files that the user named, which count under any name; of `offered`, by their path, only keys whose
    SHA-256 (of the DER) is among `pinned` do.
    """

    def __init__(self, trusted: Collection[bytes], offered: Mapping[str, bytes], pinned: Collection[str]) -> None:
        self._named = {
            path.rpartition("/")[2]: der
            for path, pem in offered.items()
            for der in _der(pem)
            if hashlib.sha256(der).hexdigest() in pinned
        }
        self._trusted = [der for pem in trusted for der in _der(pem)]

    def verify(self, name: str, signature: bytes, signed: bytes, *, where: str) -> None:
        """`name` is that of the member which holds the signature. Raises Malformed, Unsupported for want of a key."""
        match = _SIGNATURE.fullmatch(name)
        if match is None:
            raise Malformed("its signature is of an unknown kind", where=where)
        keys = [self._named[match[2]]] if match[2] in self._named else self._trusted
        if not keys:
            hint = "give the distro's key: --keyring FILE"
            raise Unsupported(f"signed with a key that is not trusted here: {match[2]}", where=where, hint=hint)
        if not any(_holds(der, signature, signed, match[1]) for der in keys):
            raise Malformed("the signature does not hold", where=where, hint="the mirror has been tampered with")


def _der(pem: bytes) -> list[bytes]:
    found = []
    for body in _PEM.findall(pem):
        try:
            found.append(base64.b64decode(b"".join(body.split()), validate=True))
        except binascii.Error:
            continue
    return found


def _holds(der: bytes, signature: bytes, signed: bytes, kind: str) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
        from cryptography.hazmat.primitives.serialization import load_der_public_key
    except ImportError:
        hint = "pip install 'seawall[signing]'"
        raise Unsupported("checking its signature needs the cryptography library", where="", hint=hint) from None
    algorithm = {"RSA": hashes.SHA1(), "RSA256": hashes.SHA256(), "RSA512": hashes.SHA512()}[kind]  # noqa: S303 - apk's
    try:
        key = load_der_public_key(der)
        if not isinstance(key, RSAPublicKey) or key.key_size < 2048:
            return False
        key.verify(signature, signed, PKCS1v15(), algorithm)
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True
