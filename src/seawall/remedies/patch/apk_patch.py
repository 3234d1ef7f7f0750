"""A patch of an image with packages of Alpine: planned, fetched, and laid out as apk does it.

https://wiki.alpinelinux.org/wiki/Apk_spec and apk-package(5)
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

import msgspec

from seawall.remedies.patch import scripts
from seawall.remedies.patch.apk_database import ApkDatabase, ApkInstalled, read_apk_database, with_stanzas
from seawall.remedies.patch.made import Made
from seawall.remedies.patch.overlay import Overlay
from seawall.remedies.patch.plan import Change, plan, steps
from seawall.remedies.patch.present import Present
from seawall.remedies.patch.relations import ALPINE
from seawall.remedies.patch.script_commands import Situation
from seawall.remedies.patch.shell import NotUnderstood
from seawall.safe import tar
from seawall.safe.compression import open_stream
from seawall.safe.limits import Limits
from seawall.safe.packing import Entry, write_tar
from seawall.sources.repositories.apk_package import ApkPackage, read_apk, tar_files
from seawall.sources.repositories.opening import Opened
from seawall.sources.repositories.repository import Entry as Offer

_FIELDS = {"I": "size", "T": "pkgdesc", "U": "url", "L": "license", "o": "origin", "m": "maintainer", "t": "builddate",
           "c": "commit", "k": "provider_priority", "D": "depend", "p": "provides", "i": "install_if", "r": "replaces",
           "q": "replaces_priority"}  # fmt: skip
"""The letters of the database by the names in .PKGINFO."""


class Refused(Exception):
    """A package that cannot be put into this image, and why."""

    def __init__(self, change: Change[ApkInstalled], why: str) -> None:
        super().__init__(why)
        self.source, self.why = change.source, f"{change.entry.name}: {why}"


def patch_apk(
    present: Present,
    opened: Opened,
    arch: str,
    wanted: Mapping[str, str],
    fetch: Callable[[Offer], bytes],
    *,
    allowed: frozenset[str],
    limits: Limits,
    where: str,
) -> Made:
    """Upgrade what is `wanted`; `fetch` gives verified files. Raises SeawallError."""
    database = read_apk_database(present, where)
    asked = {name: enough for name, enough in wanted.items() if name in database.installed}
    refused: dict[str, str] = {}
    taken_apart: dict[str, ApkPackage] = {}
    while True:
        planned = plan(database.installed, asked, lambda name: opened.find(name, arch), refused, rules=ALPINE)
        layer = _ApkLayer(present, database, limits)
        try:
            for change in planned.changes:
                url = change.entry.url
                if url not in taken_apart:
                    taken_apart[url] = read_apk(fetch(change.entry), where=url, limits=limits)
                layer.unpack(change, taken_apart[url], allowed)
            layer.finish(planned.changes, taken_apart)
        except Refused as error:
            refused[error.source] = error.why
            continue
        return Made(
            steps=steps(planned), left=planned.left, notes=tuple(dict.fromkeys(layer.notes)), write=layer.overlay.write
        )


class _ApkLayer:
    def __init__(self, present: Present, database: ApkDatabase, limits: Limits) -> None:
        self._present, self._database, self._limits = present, database, limits
        self.overlay = Overlay(present)
        self.notes: list[str] = []
        self._files: dict[str, dict[str, str]] = {name: dict(p.files) for name, p in database.installed.items()}
        self._stanzas: dict[str, str] = {}

    def unpack(self, change: Change[ApkInstalled], package: ApkPackage, allowed: frozenset[str]) -> None:
        """One package: its files over the image, its scripts followed. Raises Refused."""
        name, old = change.entry.name, change.old
        said = (package.fields.get("pkgname", ()), package.fields.get("pkgver", ()))
        if said != ((name,), (change.entry.version,)):
            raise Refused(change, "its description names another package")
        owners = {self._present.real(p): n for n, files in self._files.items() if n != name for p in files}
        members = list(self._members(change, package))
        checksums = {entry.name: _checksum(entry, members) for entry in members if entry.kind != "dir"}
        for entry in members:
            self._put(change, entry, checksums, owners)
        self._files[name] = checksums
        for path in old.files if old else ():
            real = self._present.real(path)
            still = {self._present.real(p) for files in self._files.values() for p in files}
            if path not in checksums and real not in still and self._present.kind(real) not in ("dir", ""):
                self.overlay.hide(real)
        self._scripts(change, package, allowed)
        self._stanzas[name] = _stanza(change, package, members, checksums)

    def _members(self, change: Change[ApkInstalled], package: ApkPackage) -> Iterator[Entry]:
        stream = open_stream(io.BytesIO(package.files), where=change.entry.url, limits=self._limits)
        for member in tar.walk(stream, where=change.entry.url, limits=self._limits):
            if member.kind == "other" or member.sparse:
                raise Refused(change, f"/{member.name} is a device or a pipe")
            if member.name and not member.name.startswith("."):
                mode, user, group = member.rights
                capability = member.capability.encode("utf-8", "surrogateescape")
                yield Entry(
                    name=member.name,
                    kind=member.kind,
                    content=member.read() if member.kind == "file" else b"",
                    link=member.link,
                    mode=mode,
                    owner=(user, group),
                    modified=member.modified,
                    attributes={"security.capability": capability} if capability else {},
                )

    def _put(
        self, change: Change[ApkInstalled], entry: Entry, checksums: Mapping[str, str], owners: Mapping[str, str]
    ) -> None:
        path = self._present.real(entry.name)
        there = self._present.kind(path)
        before = change.old.files if change.old else {}
        placed = msgspec.structs.replace(entry, name=path)
        if entry.kind == "dir":
            if not there:
                self.overlay.put(placed)
            elif there != "dir" and not self._present.is_folder(path):
                raise Refused(change, f"/{path} is no folder in the image")
            return
        if there == "dir":
            raise Refused(change, f"/{path} is a folder in the image")
        if there and (owner := owners.get(path)):
            raise Refused(change, f"/{path} belongs to {owner}")
        if entry.name in before and not there:
            self.notes.append(f"{change.entry.name}: files that are not in the image stay out of it")
            return
        if entry.kind == "hardlink":
            placed = msgspec.structs.replace(placed, link=self._present.real(entry.link.lstrip("/")))
            if placed.link not in self.overlay:
                raise Refused(change, f"/{path} is a hard link to what is not unpacked")
        if entry.name.startswith("etc/") and there == "file":
            now = _sum(self._present.text(path))
            shipped, new = before.get(entry.name, ""), checksums[entry.name]
            if now != shipped:
                if new not in (shipped, now):
                    self.overlay.put(msgspec.structs.replace(placed, name=f"{path}.apk-new"))
                    self.notes.append(f"{change.entry.name}: /{path} was changed and stays; see /{path}.apk-new")
                return
        self.overlay.put(placed)

    def _scripts(self, change: Change[ApkInstalled], package: ApkPackage, allowed: frozenset[str]) -> None:
        when = "upgrade" if change.old else "install"
        arguments = [change.entry.version, *([change.old.version] if change.old else [])]
        situation = Situation(
            package=change.entry.name,
            arch=change.entry.arch,
            kind_of=lambda path: self._kind(path),
            text_of=self._present.text,
        )
        for name in (f".pre-{when}", f".post-{when}"):
            if name in package.scripts:
                try:
                    made: set[str] = set()
                    scripts.follow(package.scripts[name], name, arguments, situation, made)
                    if made:
                        raise NotUnderstood(0, f"leaves /{min(made)} behind")
                except NotUnderstood as error:
                    said = f"its {name[1:]} cannot be honoured, line {error.line}: {error.text}"
                    if change.entry.name not in allowed:
                        way = f"(--allow-scripts {change.entry.name} leaves it unrun)"
                        raise Refused(change, f"{said} {way}") from None
                    self.notes.append(f"{change.entry.name}: left unrun as you allowed: {said}")
        self._triggers(change, allowed)

    def _kind(self, path: str) -> str:
        real = self._present.real(path)
        entry = self.overlay.get(real)
        return entry.kind.replace("hardlink", "file") if entry else self._present.kind(real)

    def _triggers(self, change: Change[ApkInstalled], allowed: frozenset[str]) -> None:
        """Packages that wait for changes in folders. BusyBox only links its applets, which are linked already."""
        names = {p.checksum: p.name for p in self._database.installed.values()}
        folders = {f"/{path.rpartition('/')[0]}" for path in self._files[change.entry.name]}
        for line in self._present.text(f"{self._database.folder}/triggers").decode("utf-8", "replace").splitlines():
            checksum, *patterns = line.split()
            waiting = names.get(checksum, "a package")
            if waiting in ("busybox", change.entry.name) or change.entry.name in allowed:
                continue
            for folder in sorted(folders):
                if any(fnmatchcase(folder, pattern.lstrip("+")) for pattern in patterns):
                    raise Refused(change, f"{folder} wakes the trigger of {waiting}")

    def finish(self, changes: Sequence[Change[ApkInstalled]], packages: Mapping[str, ApkPackage]) -> None:
        """The database: records, scripts and triggers, with the new checksums in place of the old."""
        folder = self._database.folder
        if not changes:
            return
        text = with_stanzas(self._database.text, self._stanzas)
        self.overlay.write_file(f"{folder}/installed", text.encode("utf-8", "surrogateescape"))
        triggers = self._present.text(f"{folder}/triggers").decode("utf-8", "replace")
        kept = self._kept_scripts()
        for change in changes:
            package, new = packages[change.entry.url], _q1(change.entry.digest)
            if change.old:
                triggers = triggers.replace(f"{change.old.checksum} ", f"{new} ")
                kept = {name: each for name, each in kept.items() if f".{change.old.checksum}." not in name}
            elif ".trigger" in package.scripts:
                raise Refused(change, "it brings a trigger")
            for name, content in package.scripts.items():
                kept[f"{change.entry.name}-{change.entry.version}.{new}{name}"] = content
        self.overlay.write_file(f"{folder}/triggers", triggers.encode())
        packed = io.BytesIO()
        write_tar((Entry(name=name, content=content, mode=0o755) for name, content in kept.items()), packed)
        if kept or self._present.kind(f"{folder}/scripts.tar"):
            self.overlay.write_file(f"{folder}/scripts.tar", packed.getvalue())

    def _kept_scripts(self) -> dict[str, bytes]:
        packed = self._present.text(f"{self._database.folder}/scripts.tar")
        return tar_files(packed, "scripts.tar", self._limits) if packed else {}


def _stanza(
    change: Change[ApkInstalled], package: ApkPackage, members: Sequence[Entry], checksums: Mapping[str, str]
) -> str:
    """The record of a package, as `apk_db_write_fdb` writes it."""
    entry = change.entry
    lines = [f"C:{_q1(entry.digest)}", f"P:{entry.name}", f"V:{entry.version}", f"A:{entry.arch}", f"S:{entry.size}"]
    for letter, name in _FIELDS.items():
        if values := package.fields.get(name):
            lines.append(f"{letter}:{' '.join(values)}")
    folders: dict[str, list[Entry]] = {each.name: [] for each in members if each.kind == "dir"}
    rights = {each.name: each for each in members if each.kind == "dir"}
    for each in members:
        if each.kind != "dir":
            folders.setdefault(each.name.rpartition("/")[0], []).append(each)
    for folder, files in folders.items():
        lines.append(f"F:{folder}")
        if folder in rights and (said := _rights(rights[folder])) != "0:0:755":
            lines.append(f"M:{said}")
        for each in files:
            lines.append(f"R:{each.name.rpartition('/')[2]}")
            if (said := _rights(each)) != "0:0:644":
                lines.append(f"a:{said}")
            lines.append(f"Z:{checksums[each.name]}")
    return "\n".join(lines) + "\n"


def _rights(entry: Entry) -> str:
    return f"{entry.owner[0]}:{entry.owner[1]}:{entry.mode & 0o7777:o}"


def _checksum(entry: Entry, members: Sequence[Entry]) -> str:
    """Of a file's content, or of a link's target; a hard link has that of its file."""
    if entry.kind == "hardlink":
        target = next((each for each in members if each.name == entry.link.lstrip("/")), entry)
        return _sum(target.content)
    return _sum(entry.link.encode("utf-8", "surrogateescape") if entry.kind == "symlink" else entry.content)


def _sum(content: bytes) -> str:
    return "Q1" + base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


def _q1(digest: str) -> str:
    return "Q1" + base64.b64encode(bytes.fromhex(digest.partition(":")[2])).decode()
