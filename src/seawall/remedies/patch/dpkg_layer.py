"""Packages of Debian unpacked over an image as dpkg does it: its files, its configuration, its own records.

https://www.debian.org/doc/debian-policy/ch-maintainerscripts.html and dpkg(1), dpkg.cfg, dpkg-divert(1),
dpkg-statoverride(1), deb-triggers(5)
"""

from __future__ import annotations

import fnmatch
import hashlib
import io
from collections.abc import Mapping, Sequence

import msgspec

from seawall.remedies.patch import scripts
from seawall.remedies.patch.dpkg_database import FOLDER, Database, Installed, files_of, with_records
from seawall.remedies.patch.dpkg_settings import diversions, exclusions, lines, overrides
from seawall.remedies.patch.overlay import Overlay
from seawall.remedies.patch.plan import Change
from seawall.remedies.patch.present import Present
from seawall.remedies.patch.script_commands import Situation
from seawall.remedies.patch.shell import NotUnderstood
from seawall.safe import tar
from seawall.safe.compression import open_stream
from seawall.safe.limits import Limits
from seawall.safe.packing import Entry
from seawall.sources.repositories.deb_package import DebPackage

_QUIET = frozenset({"man-db", "mandb", "libc-bin", "install-info", "systemd", "dbus", "mailcap", "desktop-file-utils"})
"""Packages whose triggers only make caches that nothing in a container needs, or tell services that do not run."""


class Refused(Exception):
    """A package that cannot be put into this image, and why."""

    def __init__(self, package: str, why: str) -> None:
        super().__init__(why)
        self.package, self.why = package, why


class Replacement(msgspec.Struct, frozen=True, kw_only=True):
    """A change with its new package, verified and taken apart."""

    change: Change[Installed]
    deb: DebPackage

    @property
    def name(self) -> str:
        return self.change.entry.name

    @property
    def stem(self) -> str:
        """What its files in info/ begin with."""
        same = self.deb.fields.get("multi-arch") == "same"
        return f"{self.name}:{self.deb.fields.get('architecture', '')}" if same else self.name


class DpkgLayer:
    """One layer for all replacements. Raises Refused at the first that cannot be."""

    def __init__(
        self, present: Present, database: Database, replacements: Sequence[Replacement], limits: Limits
    ) -> None:
        self._present, self._database, self._limits = present, database, limits
        self._replacements = replacements
        self.overlay = Overlay(present)
        self.notes: list[str] = []
        self._records: dict[str, str] = {}
        self._lists: dict[str, list[str]] = {}
        self._diverted = diversions(present)
        self._overrides = dict(overrides(present))
        self._excluded = exclusions(present)
        self._old = {
            each.name: files_of(each, present, minimal=database.minimal) for each in database.installed.values()
        }

    def unpack(self, allowed: frozenset[str]) -> None:
        """Everything; `allowed` are packages whose scripts may be left unrun."""
        owners = {self._present.real(path): name for name, paths in self._old.items() for path in paths}
        for each in self._replacements:
            if not self._database.minimal:
                self._triggers(each, allowed)
            self._files(each, owners)
        if not self._database.minimal:
            for each in self._replacements:
                self._scripts(each, allowed)
        for each in self._replacements:
            self._take_away(each)
            if self._database.minimal:
                self._record_minimal(each)
            else:
                self._record(each)
        if not self._database.minimal:
            path = f"{FOLDER}/status"
            text = self._present.text(path).decode("utf-8", "surrogateescape")
            self._write_text(path, with_records(text, self._records))
            self._mark_automatic()

    # files

    def _files(self, each: Replacement, owners: Mapping[str, str]) -> None:
        listed = self._lists.setdefault(each.name, [])
        before = set(self._old.get(each.name, ()))
        conffiles = {path.lstrip("/") for path in each.deb.conffiles}
        places: dict[str, str] = {}
        stream = open_stream(io.BytesIO(each.deb.files), where=each.change.entry.url, limits=self._limits)
        out = 0
        for member in tar.walk(stream, where=each.change.entry.url, limits=self._limits):
            name = member.name
            if name in ("", "."):
                continue
            listed.append(name)
            if member.kind == "other" or member.sparse:
                raise Refused(each.name, f"/{name} is a device or a pipe")
            path = self._place(each.name, name)
            there = self._present.kind(path)
            if member.kind == "dir":
                self._folder(each, path, member, there)
                continue
            if name in before and not there and name not in conffiles:
                out += 1  # somebody took it out of the image, dpkg's own path-exclude among them
                continue
            if name not in before and self._is_excluded(name):
                continue
            owner = owners.get(path, "")
            if owner not in ("", each.name) and not self._gives_up(owner, path) and there:
                raise Refused(each.name, f"/{path} belongs to {owner}")
            if there == "dir" and not (member.kind == "symlink" and self._present.is_folder(path)):
                raise Refused(each.name, f"/{path} is a folder in the image")
            if there == "dir":
                continue
            places[name] = path
            self._put(each, member, name, path, conffiles, places)
        if out:
            self.notes.append(f"{each.name}: {out} files that are not in the image stay out of it")

    def _folder(self, each: Replacement, path: str, member: tar.Member, there: str) -> None:
        if there == "" and path not in self.overlay and not self._is_excluded(path):
            mode, user, group = member.rights
            entry = Entry(name=path, kind="dir", mode=mode, owner=(user, group), modified=member.modified)
            self.overlay.put(self._overridden(each, member.name, entry))
        elif there not in ("", "dir") and not (there == "symlink" and self._present.is_folder(path)):
            raise Refused(each.name, f"/{path} is no folder in the image")

    def _put(
        self, each: Replacement, member: tar.Member, name: str, path: str, conffiles: set[str], places: dict[str, str]
    ) -> None:
        mode, user, group = member.rights
        entry = Entry(name=path, kind="symlink", link=member.link, mode=0o777, owner=(user, group))
        if member.kind == "file":
            entry = Entry(name=path, content=member.read(), mode=mode, owner=(user, group))
        elif member.kind == "hardlink":
            target = places.get(member.link.removeprefix("./").lstrip("/"))
            if target is None or target not in self.overlay:
                raise Refused(each.name, f"/{name} is a hard link to what is not unpacked")
            entry = Entry(name=path, kind="hardlink", link=target, mode=mode, owner=(user, group))
        entry = self._overridden(each, name, msgspec.structs.replace(entry, modified=member.modified))
        if name in conffiles:
            self._conffile(each, name, entry)
        else:
            self.overlay.put(entry)

    def _conffile(self, each: Replacement, name: str, entry: Entry) -> None:
        """Configuration that somebody changed stays; the new one lies beside it, as with dpkg's --force-confold."""
        if entry.kind != "file":
            raise Refused(each.name, f"/{name} is configuration and a link")
        shipped = each.change.old.conffiles.get(name, "") if each.change.old else ""
        there = self._present.kind(entry.name)
        new = _md5(entry.content)
        now = _md5(self._present.text(name)) if there == "file" else ""
        if not there:
            if not shipped:
                self.overlay.put(entry)
            return  # what was deleted stays deleted
        if now == new or shipped == new:
            return
        if now and now == shipped:
            self.overlay.put(entry)
        elif self._database.minimal:
            self.notes.append(f"{each.name}: /{name} stays as it is")
        else:
            self.overlay.put(msgspec.structs.replace(entry, name=f"{entry.name}.dpkg-dist"))
            self.notes.append(f"{each.name}: /{name} was changed and stays; the new one is /{name}.dpkg-dist")

    def _place(self, package: str, name: str) -> str:
        diverted, by = self._diverted.get(name, ("", ""))
        return self._present.real(diverted if diverted and by != package else name)

    def _overridden(self, each: Replacement, name: str, entry: Entry) -> Entry:
        if name not in self._overrides:
            return entry
        said = self._overrides[name]
        if said is None:
            raise Refused(each.name, f"dpkg-statoverride names a user for /{name} that is not there")
        mode, user, group = said
        return msgspec.structs.replace(entry, mode=mode, owner=(user, group))

    def _is_excluded(self, name: str) -> bool:
        verdict = False
        for exclude, pattern in self._excluded:
            if fnmatch.fnmatchcase(f"/{name}", pattern):
                verdict = exclude
        return verdict

    def _gives_up(self, owner: str, path: str) -> bool:
        """Whether the new version of another package no longer has a file."""
        other = next((each for each in self._replacements if each.name == owner), None)
        return other is not None and path not in {self._present.real(name) for name in self._new_names(other)}

    def _new_names(self, each: Replacement) -> list[str]:
        if each.name not in self._lists:
            stream = open_stream(io.BytesIO(each.deb.files), where=each.change.entry.url, limits=self._limits)
            walk = tar.walk(stream, where=each.change.entry.url, limits=self._limits)
            return [member.name for member in walk if member.name]
        return self._lists[each.name]

    def _take_away(self, each: Replacement) -> None:
        """Hide the files that no package has any more, and the byte code of Python files that were replaced."""
        kept = {self._present.real(path) for paths in ({**self._old, **self._lists}).values() for path in paths}
        shipped = each.change.old.conffiles if each.change.old else {}
        for name in self._old.get(each.name, ()):
            path = self._place(each.name, name)
            if path not in kept and name not in shipped and self._present.kind(path) not in ("dir", ""):
                self.overlay.hide(path)
            if name.endswith(".py"):
                folder, _, last = path.rpartition("/")
                for cached in self._present.names(f"{folder}/__pycache__"):
                    if cached.startswith(f"{last[:-3]}.") and f"{folder}/__pycache__/{cached}" not in kept:
                        self.overlay.hide(f"{folder}/__pycache__/{cached}")

    # scripts and triggers

    def _scripts(self, each: Replacement, allowed: frozenset[str]) -> None:
        """The scripts in the order in which dpkg runs them: Debian Policy 6.6, 6.7."""
        old, new = each.change.old, each.change.entry.version
        before = old.version if old else ""
        situation = Situation(
            package=each.name, arch=each.deb.fields.get("architecture", ""), kind_of=self._kind, text_of=self._text
        )
        todo = [(each.deb.scripts.get("preinst"), "preinst", ["upgrade", before, new] if old else ["install"])]
        if old:
            of_old = {name: self._present.text(f"{FOLDER}/info/{old.stem}.{name}") for name in ("prerm", "postrm")}
            todo = [
                (of_old["prerm"], "prerm", ["upgrade", new]), *todo, (of_old["postrm"], "postrm", ["upgrade", new])
            ]  # fmt: skip
        todo.append((each.deb.scripts.get("postinst"), "postinst", ["configure", before]))
        made: set[str] = set()
        try:
            for script, name, arguments in todo:
                if script:
                    where = name
                    scripts.follow(script, name, arguments, situation, made)
            if made:
                where = "postinst"
                raise NotUnderstood(0, f"leaves /{min(made)} behind")
        except NotUnderstood as error:
            said = f"its {where} cannot be honoured, line {error.line}: {error.text}"
            if each.name not in allowed:
                raise Refused(each.name, f"{said} (--allow-scripts {each.name} leaves it unrun)") from None
            self.notes.append(f"{each.name}: left unrun as you allowed: {said}")

    def _kind(self, path: str) -> str:
        real = self._present.real(path)
        entry = self.overlay.get(real)
        return {"hardlink": "file"}.get(entry.kind, entry.kind) if entry else self._present.kind(real)

    def _text(self, path: str) -> bytes:
        entry = self.overlay.get(path)
        return entry.content if entry else self._present.text(path)

    def _triggers(self, each: Replacement, allowed: frozenset[str]) -> None:
        if each.name in allowed:
            return
        new = lines(each.deb.others.get("triggers", b""))
        stem = each.change.old.stem if each.change.old else each.stem
        old = lines(self._present.text(f"{FOLDER}/info/{stem}.triggers"))
        way = f" (--allow-scripts {each.name} leaves it)"
        if {line for line in new if line.startswith("interest")} != {x for x in old if x.startswith("interest")}:
            raise Refused(each.name, f"it waits for other triggers than before{way}")
        for line in new:
            word, _, trigger = line.partition(" ")
            if word.startswith("activate"):
                woken = {x.partition("/")[0] for x in lines(self._present.text(f"{FOLDER}/triggers/{trigger.strip()}"))}
                if loud := woken - _QUIET - {each.name}:
                    raise Refused(each.name, f"it wakes the trigger of {min(loud)}{way}")
        watched = [line.split()[:2] for line in lines(self._present.text(f"{FOLDER}/triggers/File"))]
        for path, package in (pair for pair in watched if len(pair) == 2):
            waiting = package.partition("/")[0].partition(":")[0]
            if waiting not in _QUIET and waiting != each.name:
                for name in self._new_names(each):
                    if (
                        f"/{name}/".startswith(f"{path.rstrip('/')}/")
                        and self._present.kind(self._place(each.name, name)) != "dir"
                    ):
                        raise Refused(each.name, f"/{name} wakes the trigger of {waiting}{way}")

    # records

    def _record(self, each: Replacement) -> None:
        listed, deb, old = self._lists[each.name], each.deb, each.change.old
        shipped = old.conffiles if old else {}
        new = {path.lstrip("/") for path in deb.conffiles}
        obsolete = {path: digest for path, digest in shipped.items() if path not in new and self._present.kind(path)}
        digests = self._digests(each, new)
        lines = [f" /{path} {digests[path]}" for path in sorted(new) if path in digests]
        lines += [f" /{path} {digest} obsolete" for path, digest in sorted(obsolete.items())]
        head, _, rest = deb.control.decode("utf-8", "surrogateescape").strip("\n").partition("\n")
        conffiles = "\nConffiles:\n" + "\n".join(lines) if lines else ""
        self._records[each.name] = f"{head}\nStatus: install ok installed\n{rest}{conffiles}\n"
        info = {name: content for name, content in deb.others.items() if "/" not in name}
        info |= deb.scripts
        info["list"] = "".join(f"/{path}\n" for path in (".", *listed, *sorted(obsolete))).encode(
            errors="surrogateescape"
        )
        if deb.conffiles:
            info["conffiles"] = "".join(f"{path}\n" for path in deb.conffiles).encode()
        for name, content in info.items():
            runs = name in deb.scripts
            self.overlay.write_file(f"{FOLDER}/info/{each.stem}.{name}", content, 0o755 if runs else 0o644)
        for name in self._present.names(f"{FOLDER}/info"):
            stem, _, kind = name.rpartition(".")
            if old and stem == old.stem and not (stem == each.stem and kind in info):
                self.overlay.hide(f"{FOLDER}/info/{name}")

    def _digests(self, each: Replacement, conffiles: set[str]) -> dict[str, str]:
        stream = open_stream(io.BytesIO(each.deb.files), where=each.change.entry.url, limits=self._limits)
        walk = tar.walk(stream, where=each.change.entry.url, limits=self._limits)
        return {m.name: _md5(m.read()) for m in walk if m.kind == "file" and m.name in conffiles}

    def _record_minimal(self, each: Replacement) -> None:
        """As distroless images have it: the control file, and the checksums of what is there."""
        file = each.change.old.file if each.change.old else f"{FOLDER}/status.d/{each.name}"
        self.overlay.write_file(file, each.deb.control)
        self.overlay.write_file(f"{file}.md5sums", each.deb.others.get("md5sums", b""))

    def _mark_automatic(self) -> None:
        """What came as a dependency may go with `apt autoremove`."""
        path = "var/lib/apt/extended_states"
        new = [each for each in self._replacements if each.change.old is None]
        if new and self._present.kind(path):
            text = self._present.text(path).decode("utf-8", "surrogateescape").rstrip("\n")
            stanzas = [f"Package: {e.name}\nArchitecture: {e.change.entry.arch}\nAuto-Installed: 1\n" for e in new]
            self._write_text(path, "\n".join([f"{text}\n" if text else "", *stanzas]).lstrip("\n"))

    def _write_text(self, path: str, text: str) -> None:
        self.overlay.write_file(path, text.encode("utf-8", "surrogateescape"))


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
