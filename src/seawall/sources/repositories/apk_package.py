"""An `.apk` (version 2): gzip members one after another, a signature, what describes the package, and its files.

https://wiki.alpinelinux.org/wiki/Apk_spec
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping

import msgspec

from seawall.errors import Malformed
from seawall.safe import tar
from seawall.safe.compression import gzip_members, open_stream
from seawall.safe.limits import DEFAULT, Limits

SCRIPT = re.compile(r"\.(?:pre|post)-(?:install|upgrade|deinstall)|\.trigger")


class ApkPackage(msgspec.Struct, frozen=True, kw_only=True):
    """A package taken apart: the fields of `.PKGINFO` (lists by name), its `scripts` by name, the tar of files."""

    fields: Mapping[str, tuple[str, ...]]
    scripts: Mapping[str, bytes]
    files: bytes


def control_digest(content: bytes, *, where: str, limits: Limits = DEFAULT) -> str:
    """The SHA-1 of the part that describes the package, as APKINDEX has it, once its files proved to be those meant.

    Raises Malformed where the files are not what that part says they are.
    """
    control, _, _ = _parts(content, where, limits)
    return hashlib.sha1(control).hexdigest()  # noqa: S324 - the format's own


def read_apk(content: bytes, *, where: str, limits: Limits = DEFAULT) -> ApkPackage:
    """The parts of a package; verify it before (`repository.download` does). Raises Malformed, LimitExceeded."""
    _, described, files = _parts(content, where, limits)
    scripts = {name: text for name, text in described.items() if SCRIPT.fullmatch(name)}
    return ApkPackage(fields=_info(described, where), scripts=scripts, files=files)


def _parts(content: bytes, where: str, limits: Limits) -> tuple[bytes, dict[str, bytes], bytes]:
    """The packed control part, what is in it, and the unpacked tar of files. Raises Malformed."""
    members = list(gzip_members(content, where=where, limits=limits))
    if len(members) < 2:
        raise Malformed("this is no apk package", where=where)
    at = 1 if members[0][1].startswith(b".SIGN.") else 0
    control, unpacked = members[at]
    described = tar_files(unpacked, where, limits)
    digests = _info(described, where).get("datahash", ())
    packed = b"".join(piece for piece, _ in members[at + 1 :])
    if digests != (hashlib.sha256(packed).hexdigest(),):
        raise Malformed("its files are not those that its description means", where=where)
    return control, described, b"".join(each for _, each in members[at + 1 :])


def _info(described: Mapping[str, bytes], where: str) -> dict[str, tuple[str, ...]]:
    """`name = value`, one a line."""
    if ".PKGINFO" not in described:
        raise Malformed("this is no apk package: nothing describes it", where=where)
    found: dict[str, tuple[str, ...]] = {}
    for line in described[".PKGINFO"].decode("utf-8", "replace").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found[name.strip()] = (*found.get(name.strip(), ()), value.strip())
    return found


def tar_files(archive: bytes, where: str, limits: Limits) -> dict[str, bytes]:
    """The files of a small tar, by name. One that is part of a longer archive has no end of its own."""
    if not archive.endswith(bytes(1024)):
        archive += bytes(1024)
    stream = open_stream(io.BytesIO(archive), where=where, limits=limits)
    return {
        member.name: member.read() for member in tar.walk(stream, where=where, limits=limits) if member.kind == "file"
    }
