"""What a distro's repository offers: packages by name, each with where its file is and what proves it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

import msgspec

from seawall.errors import Malformed
from seawall.safe.http import Client
from seawall.safe.http_rules import shown
from seawall.safe.limits import Limits

EVERY_ARCH = frozenset({"all", "noarch", ""})


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One package of one version in a repository, as its signed index has it.

    `url` is its file, of `size` bytes (0: the index does not say). `digest` proves it: `sha256:…` or `sha512:…` of the
    file, `apk-sha1:…` of an apk's control part. The relations (`depends`, `pre_depends`, `provides`) are written as in
    the index: Debian's `libc6 (>= 2.36) | libc7`, Alpine's `so:libc.musl-x86_64.so.1`, rpm's `libc.so.6()(64bit)`.
    `repository` is for people.
    """

    type: str
    name: str
    version: str
    arch: str
    source: str = ""
    source_version: str = ""
    url: str
    size: int = 0
    digest: str
    depends: tuple[str, ...] = ()
    pre_depends: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    repository: str = ""


class Repository:
    """One verified index. `date` is when it was made, as it says itself, "" where it does not."""

    def __init__(self, name: str, entries: Callable[[str], list[Entry]], *, date: str = "") -> None:
        self.name, self.date = name, date
        self._entries = entries

    def find(self, name: str, arch: str = "") -> list[Entry]:
        """Every version of a package for `arch` (as the distro writes it), in the order of the index.

        Packages for any architecture are among them; without `arch` those of all are. Raises Malformed.
        """
        return [entry for entry in self._entries(name) if not arch or entry.arch in {arch, *EVERY_ARCH}]


def download(entry: Entry, client: Client) -> bytes:
    """The file of an entry, verified against its signed index: nothing else is ever returned.

    Raises FetchError, LimitExceeded past `package_bytes`, Malformed where size or digest differ.
    """
    with client.get(entry.url) as response:
        content = response.read(limit="package_bytes")
    return verified(content, entry, client.limits)


def verified(content: bytes, entry: Entry, limits: Limits) -> bytes:
    """`content`, if it is the file of `entry`. Raises Malformed."""
    where = shown(entry.url)
    if entry.size and len(content) != entry.size:
        raise Malformed(f"has {len(content):,} bytes, and its index says {entry.size:,}", where=where, hint=TAMPERED)
    algorithm, _, digest = entry.digest.partition(":")
    if algorithm == "apk-sha1":
        from seawall.sources.repositories.apk_package import control_digest

        found = control_digest(content, where=where, limits=limits)
    elif algorithm in ("sha256", "sha512"):
        found = hashlib.new(algorithm, content).hexdigest()
    else:
        raise Malformed(f"its index gives no digest that proves it ({algorithm or 'none'})", where=where)
    if found != digest:
        raise Malformed("is not the file that its signed index means", where=where, hint=TAMPERED)
    return content


TAMPERED = "the mirror is damaged or has been tampered with: try another (--mirror)"


class Once:
    """Makes a value at its first use; threads may share it."""

    def __init__(self, make: Callable[[], dict[str, list[int]]]) -> None:
        self._make, self._lock = make, threading.Lock()
        self._made: dict[str, list[int]] | None = None

    def __call__(self) -> dict[str, list[int]]:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made
