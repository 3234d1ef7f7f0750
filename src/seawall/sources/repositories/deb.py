"""Repositories of Debian and Ubuntu: a signed list of indexes for each suite, and a `Packages` for each component.

https://wiki.debian.org/DebianRepository/Format
"""

from __future__ import annotations

import datetime
import re
from email.utils import parsedate_to_datetime

import msgspec

from seawall.errors import Malformed, SeawallError, Unsupported
from seawall.safe.compression import unpack
from seawall.safe.http_rules import shown
from seawall.sources.repositories.access import RepositoryAccess
from seawall.sources.repositories.deb_sources import AptSource
from seawall.sources.repositories.openpgp import Keyring
from seawall.sources.repositories.repository import Entry, Once, Repository
from seawall.sources.repositories.stanzas import fields, listed

_PACKINGS = (".xz", ".gz", "")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(rb"^Package: *([^\n]+)$", re.MULTILINE)
_OLDER = "an old list hides security updates: try another mirror, or wait"


class _Listed(msgspec.Struct, frozen=True):
    """A file in a list of indexes."""

    digest: str
    size: int


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """The signed list of one suite: when it was made, and its indexes by path."""

    url: str
    date: datetime.datetime
    by_hash: bool
    files: dict[str, _Listed]


def open_suite(source: AptSource, arch: str, keyring: Keyring, access: RepositoryAccess) -> list[Repository]:
    """The repositories of one suite, one for each component. Raises SeawallError."""
    base = access.address(source.uri)
    if base is None:
        hint = "if you trust it: --repository-host HOST, and --keyring FILE with its keys"
        raise Unsupported("only the image names this repository, so it is not asked", where=source.uri, hint=hint)
    if source.suite.endswith("/"):
        raise Unsupported("flat repositories are not read", where=f"{shown(base)} {source.suite}")
    release = read_release(f"{base}/dists/{source.suite}", source.suite, keyring, access)
    return [_component(base, source.suite, name, arch, release, access) for name in source.components]


def read_release(url: str, suite: str, keyring: Keyring, access: RepositoryAccess) -> Release:
    """The list of a suite, verified, still valid, and no older than the one seen last. Raises SeawallError."""
    where = shown(f"{url}/InRelease")
    signed = access.cache.fetch(f"{url}/InRelease", returns=(404,))
    if signed is not None:
        text = keyring.verify(signed, where=where)
    else:
        where = shown(f"{url}/Release")
        detached = access.cache.fetch(f"{url}/Release.gpg") or b""
        text = keyring.verify(access.cache.fetch(f"{url}/Release") or b"", where=where, detached=detached)
    said = fields(text.decode("utf-8", "replace"))
    names = {said.get("suite", ""), said.get("codename", "")}
    if suite not in names and suite.partition("/")[0] not in names:
        raise Malformed(f"is the list of another suite ({' '.join(sorted(names))}), not of {suite}", where=where)
    date = _time(said.get("date", ""), where)
    if "valid-until" in said and access.now > _time(said["valid-until"], where):
        raise Malformed(f"this list expired: it was valid until {said['valid-until']}", where=where, hint=_OLDER)
    seen = access.cache.newest(url, date.isoformat())
    if seen > date.isoformat():
        raise Malformed(f"this list is of {date:%Y-%m-%d %H:%M}, older than one of {seen}", where=where, hint=_OLDER)
    by_hash = said.get("acquire-by-hash", "") == "yes"
    return Release(url=url, date=date, by_hash=by_hash, files=_files(said.get("sha256", ""), where))


def _files(section: str, where: str) -> dict[str, _Listed]:
    """`digest size path`, one a line. Only SHA-256 counts."""
    found = {}
    for line in section.split("\n"):
        match line.split():
            case [digest, size, path] if _SHA256.fullmatch(digest) and size.isdecimal() and len(size) < 16:
                found[path] = _Listed(digest, int(size))
    if not found:
        raise Malformed("this list has no SHA-256 digests", where=where)
    return found


def _time(text: str, where: str) -> datetime.datetime:
    try:
        time = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        raise Malformed(f"not a date: {text[:60]!r}", where=where) from None
    return time if time.tzinfo else time.replace(tzinfo=datetime.UTC)


def _component(base: str, suite: str, name: str, arch: str, release: Release, access: RepositoryAccess) -> Repository:
    """The smallest packing of its `Packages` that the list has; this Python may lack xz."""
    label = f"{shown(base)} {suite}/{name}"
    paths = [f"{name}/binary-{arch}/Packages{packing}" for packing in _PACKINGS]
    failure: SeawallError = Unsupported(f"has no packages for {arch}", where=label)
    for path in paths:
        if path not in release.files:
            continue
        entry = release.files[path]
        urls = [f"{release.url}/{path}"]
        if release.by_hash:
            urls.insert(0, f"{release.url}/{path.rpartition('/')[0]}/by-hash/SHA256/{entry.digest}")
        try:
            packed = access.cache.by_digest("sha256", entry.digest, entry.size, urls)
            index = unpack(packed, where=shown(urls[-1]), limits=access.limits)
        except Unsupported as error:
            failure = error
            continue
        return Repository(label, Packages(index, base, label).entries, date=f"{release.date:%Y-%m-%d}")
    raise failure


class Packages:
    """A `Packages` file: held as it is, and only the stanzas that are asked for are read."""

    def __init__(self, index: bytes, base: str, label: str) -> None:
        self._index, self._base, self._label = index, base, label
        self._offsets = Once(self._scan)

    def _scan(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for match in _NAME.finditer(self._index):
            found.setdefault(match[1].decode("utf-8", "replace").strip(), []).append(match.start())
        return found

    def entries(self, name: str) -> list[Entry]:
        """The entries of one name. Raises Malformed for one without file, size or digest."""
        found = []
        for at in self._offsets().get(name, ()):
            begin = self._index.rfind(b"\n\n", 0, at) + 2 if at else 0
            end = self._index.find(b"\n\n", at)
            stanza = self._index[max(begin, 0) : end if end >= 0 else None]
            found.append(self._entry(fields(stanza.decode("utf-8", "replace"))))
        return found

    def _entry(self, said: dict[str, str]) -> Entry:
        path, size, digest = (said.get(key, "") for key in ("filename", "size", "sha256"))
        if not path or ".." in path.split("/") or not size.isdecimal() or not _SHA256.fullmatch(digest):
            raise Malformed(f"no file, size or SHA-256 for {said.get('package', '')}", where=self._label)
        source, _, source_version = said.get("source", "").partition(" ")
        return Entry(
            type="deb",
            name=said["package"],
            version=said.get("version", ""),
            arch=said.get("architecture", ""),
            source=source or said["package"],
            source_version=source_version.strip("() ") or said.get("version", ""),
            url=f"{self._base}/{path.lstrip('/')}",
            size=int(size),
            digest=f"sha256:{digest}",
            depends=listed(said.get("depends", "")),
            pre_depends=listed(said.get("pre-depends", "")),
            provides=listed(said.get("provides", "")),
            repository=self._label,
        )
