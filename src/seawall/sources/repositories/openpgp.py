"""OpenPGP signatures of indexes: by Sequoia, whose rules refuse SHA-1, short keys and what expired before it signed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from seawall.errors import Malformed, Unsupported

if TYPE_CHECKING:
    from pysequoia import Cert


class Keyring:
    """The certificates whose signatures count.

    `trusted` are files of keys that the user named, which count whole; of `offered`, found anywhere (the image, this
    program), only certificates whose fingerprint is among `pinned` do. Raises Unsupported without the library.
    """

    def __init__(self, trusted: Iterable[bytes], offered: Iterable[bytes], pinned: Collection[str]) -> None:
        self._sequoia = _library()
        self._certs = [cert for each in trusted for cert in self._split(each)]
        self._certs += [cert for each in offered for cert in self._split(each) if cert.fingerprint in pinned]

    def verify(self, signed: bytes, *, where: str, detached: bytes | None = None) -> bytes:
        """What is signed: the text of a message signed in clear, or `signed` itself with a `detached` signature.

        One good signature is enough, as for apt. Raises Malformed; Unsupported where no key is at hand.
        """
        if not self._certs:
            hint = "give the distro's keys: --keyring FILE"
            raise Unsupported(
                "its signature cannot be checked: no key of this distro is at hand", where=where, hint=hint
            )
        reason = ""
        for signature in self._signatures(detached, where):
            try:
                found = self._sequoia.verify(bytes=signed, store=lambda _: self._certs, signature=signature)
            except RuntimeError as error:
                reason = str(error).partition("\n")[0].rstrip(".")
                continue
            return signed if detached is not None else bytes(found.bytes)
        hint = "the mirror has been tampered with, or signs with a key of its own: --keyring FILE"
        raise Malformed(f"the signature does not hold: {reason}", where=where, hint=hint)

    def _signatures(self, detached: bytes | None, where: str) -> list[Any]:
        """Each signature of a file of several by itself: the library takes the first only."""
        if detached is None:
            return [None]
        from pysequoia.packet import PacketPile

        try:
            return [self._sequoia.Sig.from_bytes(bytes(packet)) for packet in PacketPile.from_bytes(detached)]
        except RuntimeError as error:
            raise Malformed(f"not a signature: {str(error).partition(chr(10))[0]}", where=where) from None

    def _split(self, keys: bytes) -> list[Cert]:
        """The certificates of a file, none where it holds something else."""
        try:
            return list(self._sequoia.Cert.split_bytes(keys))
        except (RuntimeError, ValueError):
            return []


def _library() -> Any:
    try:
        import pysequoia
    except ImportError:
        hint = "pip install 'seawall[signing]'"
        raise Unsupported("checking its signature needs the pysequoia library", where="", hint=hint) from None
    return pysequoia
