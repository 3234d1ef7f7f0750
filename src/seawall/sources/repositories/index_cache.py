"""Indexes kept on the disk: fetched again only when they changed, and never older than one that was seen before."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from seawall.errors import Malformed, SeawallError
from seawall.safe import files
from seawall.safe.http import Client
from seawall.safe.http_rules import shown

_FORMAT = b"seawall-index/1"


class IndexCache:
    """A folder of at most `size` bytes, or none at all (`folder` None). Threads and runs may share it.

    What cannot be read or written there is fetched: a cache never makes a run fail.
    """

    def __init__(self, folder: Path | None, client: Client, *, size: int = 1 << 30) -> None:
        self.client, self._folder, self._size = client, folder, size

    def fetch(self, url: str, *, accept: str = "", returns: tuple[int, ...] = ()) -> bytes | None:
        """The body at `url`, asked with the ETag of the last time; None for a status of `returns`.

        Raises FetchError, or LimitExceeded past `index_bytes`.
        """
        name = f"url-{hashlib.sha256(f'{accept} {url}'.encode()).hexdigest()}"
        kept = self._read(name)
        etag, _, body = kept.partition(b"\n")
        headers = {"Accept": accept} if accept else {}
        with self.client.get(url, headers=headers, etag=etag.decode("latin-1"), returns=returns) as response:
            if response.status == 304:
                return body
            if response.status in returns:
                return None
            content = response.read(limit="index_bytes")
            etag_now = response.headers.get("ETag", "")
        if etag_now and "\n" not in etag_now:
            self._write(name, etag_now.encode("latin-1", "replace") + b"\n" + content)
        return content

    def by_digest(self, algorithm: str, digest: str, size: int, urls: list[str]) -> bytes:
        """The packed index with this digest, from here or from the first of `urls` that has it.

        Raises FetchError, LimitExceeded, or Malformed where size or digest differ.
        """
        name = f"{algorithm}-{digest}"
        kept = self._read(name)
        if kept and hashlib.new(algorithm, kept).hexdigest() == digest:
            return kept
        for url in urls:
            last = url == urls[-1]
            with self.client.get(url, returns=() if last else (404,)) as response:
                if response.status == 404 and not last:
                    continue
                content = response.read(limit="index_bytes")
            if len(content) != size:
                message = f"has {len(content):,} bytes, and its signed list says {size:,}"
                raise Malformed(
                    message, where=shown(url), hint="try again: the mirror may be in the middle of an update"
                )
            if hashlib.new(algorithm, content).hexdigest() != digest:
                raise Malformed(
                    "is not the file that the signed list means", where=shown(url), hint="try another mirror"
                )
            self._write(name, content)
            return content
        raise AssertionError("the last address answers or raises")

    def newest(self, url: str, date: str) -> str:
        """The newest date (as sortable text) that a list at `url` had so far; `date` is remembered if it is newer."""
        name = f"seen-{hashlib.sha256(url.encode()).hexdigest()}"
        seen = self._read(name).decode("ascii", "replace")
        if date > seen:
            self._write(name, date.encode())
        return seen

    def prune(self) -> None:
        """Remove what was not used for longest, until the rest is within the bound. What is remembered stays."""
        if self._folder is None:
            return
        with suppress(OSError):
            kept = [(path.stat(), path) for path in self._folder.iterdir() if not path.name.startswith("seen-")]
            room = self._size
            for status, path in sorted(kept, key=lambda pair: pair[0].st_mtime, reverse=True):
                room -= status.st_size
                if room < 0:
                    path.unlink(missing_ok=True)

    def _read(self, name: str) -> bytes:
        if self._folder is None:
            return b""
        path = self._folder / quote(name, safe="")
        try:
            kept = files.read(path, limit="index_bytes", limits=self.client.limits)
        except SeawallError:
            return b""
        mark, _, content = kept.partition(b"\n")
        with suppress(OSError):
            os.utime(path)
        return content if mark == _FORMAT else b""

    def _write(self, name: str, content: bytes) -> None:
        if self._folder is None:
            return
        with suppress(SeawallError, OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with files.replace(self._folder / quote(name, safe="")) as new:
                new.write_bytes(_FORMAT + b"\n" + content)
