"""CSAF documents from where a vendor publishes them: only those that changed, or all of them out of one archive.

What a provider serves is section 7.1 of https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html:
`provider-metadata.json` names its folders (requirements 7 and 11); in a folder, `changes.csv` lists every document with
the time of its last change (13); beside each document is its digest, `.sha512` or `.sha256` (18). Red Hat adds
`archive_latest.txt`, the name of a `.tar.zst` of all documents, and `deletions.csv`, in the form of `changes.csv`:
https://redhatproductsecurity.github.io/security-data-guidelines/csaf-vex/. Its `releases.csv` tells nothing more than
`changes.csv` does. The OpenPGP signatures (19) are not checked: what comes over TLS is trusted as OSV's bundles are.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from urllib.parse import quote

import msgspec

from seawall.advisories.importing import WHOLE_AGAIN, Document, Run, moment
from seawall.errors import FetchError
from seawall.safe import json
from seawall.safe.http import Client
from seawall.safe.http_rules import shown
from seawall.safe.limits import Limits

MOST_CHANGES = 20_000
"""Documents fetched one by one beside an archive; Red Hat changes some 900 a day, archives every few days."""

THREADS = 8
_PATH = re.compile(r"(?!.*\.\.)(?:[\w.-]+/)*[\w.-]+\.json")
_ARCHIVE = re.compile(r"[A-Za-z0-9][\w.-]*\.tar(?:\.\w+)?")
_CVE = re.compile(r"cve-[0-9]{4}-[0-9]+", re.IGNORECASE)
_DIGESTS = ("sha512", "sha256")
_ABSENT = (403, 404)  # object stores that may not be listed say 403

Digest = Callable[[str], str]
"""Of an algorithm, the hexadecimal digest of what is to be checked."""

Times = Mapping[str, datetime]
"""When each document, by its path in the folder, was changed or deleted."""


class _Distribution(msgspec.Struct, frozen=True):
    directory_url: str = ""


class _Metadata(msgspec.Struct, frozen=True):
    distributions: list[_Distribution]


class _State(msgspec.Struct, frozen=True):
    """What is kept of the last time: the newest change that was seen, and what the server called its lists."""

    newest: str = ""
    etags: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> _State:
        newest, *etags = text.split("\n")
        return cls(newest, tuple(etags))

    def __str__(self) -> str:
        return "\n".join((self.newest, *self.etags))


def fetch(run: Run, source: str, address: str, client: Client, *, mirrored: bool) -> None:
    """All documents of a folder, or those that changed since the last time. `address` is the folder, or the provider's
    metadata; a mirror need not have it. Raises FetchError, InputError.
    """
    where = shown(address)
    previous = run.builder.previous
    last = _State.of(previous.etag(source, where)) if previous else _State()
    folder = _Folder(_directory(address, client, run.limits), client, run.builder.arrived(source))
    lists = ("changes.csv", "deletions.csv")
    if any(last.etags) and all(map(folder.unchanged, lists, last.etags)):
        run.unchanged(source)
        return
    (changes, one), (deletions, other) = folder.times("changes.csv"), folder.times("deletions.csv")
    if not changes:
        if mirrored and not one:
            return
        raise FetchError("it lists no documents", where=shown(f"{folder.base}/changes.csv"))
    newest = min(max(changes.values()), run.now)  # a time to come would hide all changes until then
    state = _State(newest.isoformat(), (one, other))
    archive = folder.archive()
    whole = previous.whole(source, where) if previous else ""
    since = moment(last.newest)
    read = moment(whole)
    if since is None or (archive and (read is None or run.now - read > WHOLE_AGAIN)):
        status = run.documents(source, _all(run, folder, archive, changes, deletions), len(changes))
        run.finish(status, where, str(state))
        return
    changed = {path: time for path, time in changes.items() if time > since}
    gone = _gone(changes, deletions, previous.ids(source) if previous and not archive else ())
    if not changed and not gone:
        run.unchanged(source)
        return
    replaced = gone.union(filter(None, map(_cve, changed)))
    run.finish(run.revised(source, folder.documents(changed), len(changed), replaced), where, str(state), whole)


def _directory(address: str, client: Client, limits: Limits) -> str:
    """The folder itself, or that of VEX documents in the metadata of a provider."""
    if not address.endswith("/provider-metadata.json"):
        return address.rstrip("/")
    where = shown(address)
    with client.get(address) as response:
        metadata = json.decode(response.read(), _Metadata, where=where, limits=limits)
    for each in metadata.distributions:
        url = each.directory_url.rstrip("/")
        if "vex" in url.rpartition("/")[2]:
            return url
    raise FetchError("its metadata names no folder of VEX documents", where=where)


def _gone(changes: Times, deletions: Times, held: Collection[str]) -> set[str]:
    """The ids of documents that were deleted and not published again, and those `held` that the list has no more."""
    deleted = {path for path, time in deletions.items() if path not in changes or changes[path] < time}
    listed = set(map(_cve, changes))
    if len(listed) * 2 < len(held):
        raise FetchError(f"only {len(listed):,} documents are listed, of {len(held):,} records that were held")
    return set(filter(None, map(_cve, deleted))) | {name for name in held if name not in listed}


def _all(run: Run, folder: _Folder, archive: str, changes: Times, deletions: Times) -> Iterator[Document]:
    """Every document once: those in the archive that are still as they were when it was made, then the others."""
    if not archive:
        yield from folder.documents(changes)
        return
    made = folder.download(archive, run.builder.scratch)
    changed = {path: time for path, time in changes.items() if time >= made}
    if len(changed) > MOST_CHANGES:
        raise FetchError(f"{len(changed):,} documents changed since {archive} was made", where=shown(folder.base))
    stale = set(changed) | {path for path, time in deletions.items() if time >= made}
    where = shown(f"{folder.base}/{archive}")
    archived = _members(run.builder.scratch, where, stale, run.limits)
    yield from chain(archived, folder.documents(changed))


def _members(path: Path, where: str, without: Collection[str], limits: Limits) -> Iterator[Document]:
    from seawall.safe import tar
    from seawall.safe.compression import open_stream

    with path.open("rb") as raw:
        for member in tar.walk(open_stream(raw, where=where, limits=limits), where=where, limits=limits):
            if member.kind == "file" and member.name.endswith(".json") and member.name not in without:
                yield member.read(), f"{where}!/{member.name}"


def _cve(path: str) -> str:
    """The id of a document: 2025/msrc_cve-2025-26465.json is CVE-2025-26465."""
    found = _CVE.search(path.rpartition("/")[2])
    return found[0].upper() if found else ""


def _sound(place: Path) -> bytes:
    """A document that arrived before, whole as its digest before it says; empty where there is none."""
    try:
        kept = place.read_bytes()
    except OSError:
        return b""
    return kept[32:] if hashlib.sha256(kept[32:]).digest() == kept[:32] else b""


class _Folder:
    """A folder of documents on a server. Each that came is kept in `arrived`, for when the fetch is cut off."""

    def __init__(self, base: str, client: Client, arrived: Path) -> None:
        self.base = base
        self._client = client
        self._arrived = arrived
        self._digests: Sequence[str] = _DIGESTS

    def unchanged(self, name: str, etag: str) -> bool:
        """A file that is not there has no tag."""
        with self._client.get(f"{self.base}/{name}", etag=etag, returns=_ABSENT) as response:
            return response.status == 304 if etag else response.status in _ABSENT

    def times(self, name: str) -> tuple[Times, str]:
        """A list of documents with times, and its tag; nothing of a list that is not there."""
        text, etag = self._text(name)
        times: dict[str, datetime] = {}
        for line in text.splitlines():
            path, _, time = line.replace('"', "").strip().partition(",")
            at = moment(time)
            if not _PATH.fullmatch(path) or at is None:
                raise FetchError(f"not a list of documents: {line[:80]!r}", where=shown(f"{self.base}/{name}"))
            times[path] = max(at, times.get(path, at))
        return times, etag

    def archive(self) -> str:
        """The name of the archive of all documents, "" for none."""
        name = self._text("archive_latest.txt")[0].strip()
        if name and not _ARCHIVE.fullmatch(name):
            raise FetchError(f"{name[:80]!r} is no archive", where=shown(f"{self.base}/archive_latest.txt"))
        return name

    def download(self, name: str, path: Path) -> datetime:
        """Download the archive; returns when it was made."""
        from email.utils import parsedate_to_datetime

        url = f"{self.base}/{name}"
        with path.open("w+b") as file, self._client.download(url, file) as response:
            made = response.headers.get("Last-Modified", "")
        with path.open("rb") as packed:
            self._check(url, lambda algorithm: hashlib.file_digest(packed, algorithm).hexdigest())
        try:
            at = parsedate_to_datetime(made)
        except ValueError:
            raise FetchError("the archive does not say when it was made", where=shown(url)) from None
        return at if at.tzinfo else at.replace(tzinfo=UTC)

    def documents(self, times: Times) -> Iterator[Document]:
        """The documents with their addresses, in this order; one that is deleted just now is left out."""
        from concurrent.futures import ThreadPoolExecutor

        paths = list(times)
        with ThreadPoolExecutor(THREADS) as pool:
            for at in range(0, len(paths), 2 * THREADS):
                some = paths[at : at + 2 * THREADS]
                for path, data in zip(some, pool.map(self._document, some, map(times.__getitem__, some)), strict=True):
                    if data is not None:
                        yield data, shown(f"{self.base}/{path}")

    def _document(self, path: str, time: datetime) -> bytes | None:
        url = f"{self.base}/{quote(path)}"
        place = self._arrived / hashlib.sha256(f"{url} {time}".encode()).hexdigest()
        if known := _sound(place):
            return known
        with self._client.get(url, returns=(404,)) as response:
            if response.status == 404:
                return None
            data = response.read()
        self._check(url, lambda algorithm: hashlib.new(algorithm, data).hexdigest())
        with suppress(OSError):  # without room for it, it is fetched again if this fetch is cut off
            self._arrived.mkdir(parents=True, exist_ok=True)
            place.write_bytes(hashlib.sha256(data).digest() + data)
        return data

    def _check(self, url: str, digest: Digest) -> None:
        """By the first kind of digest that the provider has; who has none of the first document is not asked again."""
        for algorithm in self._digests:
            with self._client.get(f"{url}.{algorithm}", returns=_ABSENT) as response:
                if response.status in _ABSENT:
                    continue
                told = response.read().decode("ascii", "replace").split()
            self._digests = (algorithm,)
            if not told or told[0].lower() != digest(algorithm):
                raise FetchError(f"it is not the document of its .{algorithm}", where=shown(url))
            return
        if len(self._digests) > 1:
            self._digests = ()

    def _text(self, name: str) -> tuple[str, str]:
        with self._client.get(f"{self.base}/{name}", returns=_ABSENT) as response:
            if response.status in _ABSENT:
                return "", ""
            return response.read().decode("utf-8", "replace"), response.headers.get("ETag", "")
