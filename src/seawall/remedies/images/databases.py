"""The databases of dpkg and apk: who owns a file, and the same databases without what has gone.

Paths are real ones, without links and leading slash. rpm's database is binary, and is not rewritten.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from seawall.sources.images.links import join
from seawall.sources.images.squash import Tree

DPKG, DPKG_INFO, DISTROLESS = "var/lib/dpkg/status", "var/lib/dpkg/info", "var/lib/dpkg/status.d"
APK = ("lib/apk/db/installed", "usr/lib/apk/db/installed")
EXCLUDED = "etc/dpkg/dpkg.cfg.d/seawall-harden"
"""Where dpkg is told which paths it has to do without (dpkg(1), --path-exclude)."""

_INFO = re.compile(rf"{DPKG_INFO}/[^/]+\.list|{DISTROLESS}/[^/]+|{re.escape(DPKG)}|{re.escape(EXCLUDED)}")
_SUM = re.compile(rb"^[0-9a-f]{32}  ?(?:\./)?/?(.+)$", re.MULTILINE)
_NAME = re.compile(rb"^Package:\s*(\S+)", re.MULTILINE)
_APK_NAME = re.compile(rb"^P:(.+)$", re.MULTILINE)


def wants(path: str) -> bool:
    """True for the files that are read here."""
    return path in APK or bool(_INFO.fullmatch(path))


class Databases:
    """What the package databases in a tree say. Every file that is visited gives its content."""

    def __init__(self, tree: Tree[bytes]) -> None:
        self._tree = tree
        self._texts = {path: content for path, content, _ in tree.results() if wants(path)}
        self.files: dict[str, frozenset[str]] = {}
        for package, paths in self._said():
            real = {at for path in paths if (at := self._real(path))}
            self.files[package] = self.files.get(package, frozenset()) | real
        self.owners = {path: package for package, paths in self.files.items() for path in paths}

    def without(self, packages: Collection[str], gone: Collection[str]) -> tuple[dict[str, bytes], set[str]]:
        """Files with what they now hold, and files that go, where these packages have gone whole and `gone` are all
        the paths that have."""
        written: dict[str, bytes] = {}
        dropped: set[str] = set()
        for path, content in self._texts.items():
            if path == DPKG or path in APK:
                written[path] = _stanzas(content, packages, _NAME if path == DPKG else _APK_NAME)
            elif path.startswith(f"{DISTROLESS}/") and _named(content, _NAME) in packages:
                dropped |= {path, f"{path}.md5sums"}
        for name in self._tree.entries(DPKG_INFO):
            if name.rpartition(".")[0].partition(":")[0] in packages:
                dropped.add(f"{DPKG_INFO}/{name}")
        partly = {path for path in gone if self.owners.get(path) and self.owners[path] not in packages}
        if DPKG in self._texts and partly:
            old = self._texts.get(EXCLUDED, b"").decode("utf-8", "surrogateescape").splitlines()
            lines = {*old, *(f"path-exclude=/{_escaped(path)}" for path in partly if "\n" not in path)}
            written[EXCLUDED] = "".join(f"{line}\n" for line in sorted(lines)).encode("utf-8", "surrogateescape")
        changed = {path: text for path, text in written.items() if text != self._texts.get(path)}
        return changed, {path for path in dropped if self._tree.exists(path)}

    def _said(self) -> Iterator[tuple[str, Iterable[str]]]:
        for path, content in self._texts.items():
            text = content.decode("utf-8", "surrogateescape")
            stem = path.rpartition("/")[2].rpartition(".")[0].partition(":")[0]
            if path.endswith(".list"):
                yield stem, [line.lstrip("/") for line in text.splitlines()]
            elif path.endswith(".md5sums"):
                yield stem, [found.decode("utf-8", "surrogateescape") for found in _SUM.findall(content)]
            elif path in APK:
                for stanza in text.split("\n\n"):
                    named = re.search(r"^P:(.+)$", stanza, re.MULTILINE)
                    yield (named[1] if named else ""), list(_apk_files(stanza))

    def _real(self, path: str) -> str | None:
        """Where a file or link lies; None for folders, which many packages share, and for what is not there."""
        parent, _, name = path.strip("/").rpartition("/")
        real = self._tree.resolve(parent)
        kind: Any = self._tree.entries(real).get(name) if real is not None else None
        return join(real or "", name) if kind in ("file", "symlink") else None


def _stanzas(content: bytes, packages: Collection[str], name: re.Pattern[bytes]) -> bytes:
    kept = []
    for stanza in re.split(rb"(?<=\n)\n+", content):
        if _named(stanza, name) not in packages:
            kept.append(stanza)
    return b"\n".join(kept)


def _named(stanza: bytes, name: re.Pattern[bytes]) -> str:
    named = name.search(stanza)
    return named[1].strip().decode("utf-8", "replace") if named else ""


def _apk_files(stanza: str) -> Iterator[str]:
    folder = ""
    for line in stanza.splitlines():
        if line.startswith("F:"):
            folder = line[2:]
        elif line.startswith("R:"):
            yield join(folder, line[2:])


def _escaped(path: str) -> str:
    return re.sub(r"([\\*?\[])", r"\\\1", path)
