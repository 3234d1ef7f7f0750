"""What an ELF program is given by its loader: ld.so(8) for glibc, and musl's own rules; and what glibc loads later."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from seawall.contents.trace_files import Files, join, matching, read, real
from seawall.contents.trace_needs import Needs
from seawall.model.contents import Phase, Program

_INCLUDE = re.compile(r"\s*include\s+(\S+)")
_DEFAULT = ("lib64", "usr/lib64", "lib", "usr/lib", "lib/*-linux-gnu*", "usr/lib/*-linux-gnu*")
_MUSL = "lib:usr/local/lib:usr/lib"
_MUSL_OWN = re.compile(r"(ld-musl-\w+|lib(c|pthread|rt|m|dl|util|xnet))\.(so|musl-).*")
CONFIGURATIONS = 64
"""Files that ld.so.conf includes."""

_GLIBC = {
    "libnss_*.so*": "names of users and hosts, loaded at run time by glibc",
    "libgcc_s.so*": "ending of threads, loaded at run time by glibc",
    "libidn2.so*": "names of hosts, loaded at run time by glibc",
    "gconv": "character sets, loaded at run time by glibc",
}
_TLS = {"ossl-modules": "modules, loaded at run time by OpenSSL", "engines-3": "modules, loaded at run time by OpenSSL"}
_ANYWHERE = {
    "etc/nsswitch.conf": "settings that the C library reads",
    "etc/host.conf": "settings that the C library reads",
    "etc/gai.conf": "settings that the C library reads",
    "etc/ld.so.cache": "settings that the loader reads",
    "etc/ld.so.conf": "settings that the loader reads",
    "etc/ld.so.conf.d": "settings that the loader reads",
    "usr/lib/locale": "languages, loaded at run time by the C library",
}


class Libraries:
    """Finds the libraries of programs, and adds them to the needs. `environment` is that of the image."""

    def __init__(self, files: Files, needs: Needs, environment: Mapping[str, str]) -> None:
        self._files, self._needs = files, needs
        self._done: dict[str, Phase] = {}
        self._unfound: set[tuple[str, str]] = set()
        self._configured: dict[bool, list[str]] = {}
        self.doubts: list[str] = []
        self._preferred = [path for path in re.split("[:;]", environment.get("LD_LIBRARY_PATH", "")) if path]
        self._preload = re.split("[ :]+", environment.get("LD_PRELOAD", "").strip())

    def of(self, program: Program, phase: Phase) -> None:
        """Its loader, and the libraries that it and they ask for."""
        if program.kind != "elf" or self._before(program.path, phase):
            return
        if (
            program.interpreter
            and self._needs.add(program.interpreter, phase, f"the loader of /{program.path}") is None
        ):
            self._doubt(program, f"its loader {program.interpreter}")
        self._later(phase)
        musl = self._musl(program)
        todo = [(program, self._own(program))]
        for name in self._preload if program.interpreter else ():
            todo += self._one(name, program, [], musl, phase)
        while todo:
            one, inherited = todo.pop()
            for name in one.needed:
                todo += self._one(name, one, inherited, musl, phase)

    def _before(self, path: str, phase: Phase) -> bool:
        """Whether it was looked at already, for this phase or a more important one."""
        if self._done.get(path) in (phase, "main"):
            return True
        self._done[path] = phase
        return False

    def _one(
        self, name: str, by: Program, inherited: list[str], musl: bool, phase: Phase
    ) -> list[tuple[Program, list[str]]]:
        """The library of a name with what it asks for itself; nothing where it was seen before."""
        if not name:
            return []
        search = [*self._own(by), *inherited]
        places = [name] if "/" in name else [join(folder, name) for folder in self._folders(search, musl)]
        for place in places:
            at = real(self._files, place)
            if at is None or self._files.kind(at) != "file":
                continue
            self._needs.add(place, phase, f"a library of /{by.path}")
            self._with(posixpath.dirname(at), name, phase)
            library = self._files.program(at)
            return [(library, search)] if library and not self._before(at, phase) else []
        if not (musl and _MUSL_OWN.fullmatch(name)) and not self._near(by, name):
            self._doubt(by, f"the library {name}")
        return []

    def _near(self, by: Program, name: str) -> bool:
        """Whether a plug-in's library lies below its own folder: its program has loaded it before (libjvm.so)."""
        folder = posixpath.dirname(by.path)
        return any(matching(self._files, join(folder, f"{way}/{name}")) for way in ("*", "..", "../*"))

    def _with(self, folder: str, name: str, phase: Phase) -> None:
        """What a well-known library loads by itself, from beside it."""
        patterns = _GLIBC if name.startswith("libc.so.6") else _TLS if name.startswith("libcrypto.so") else {}
        for pattern, why in patterns.items():
            for path in matching(self._files, join(folder, pattern)):
                for program in self._needs.add_folder(path, phase, why):
                    self.of(program, phase)
        if name.startswith("libcrypto.so"):
            for path in ("usr/lib/ssl", "etc/ssl", "etc/pki/tls", "etc/crypto-policies"):
                list(self._needs.add_folder(path, phase, "settings and certificates that OpenSSL reads"))

    def _later(self, phase: Phase) -> None:
        if self._before("", phase):
            return
        for path, why in _ANYWHERE.items():
            list(self._needs.add_folder(path, phase, why))
        for path in matching(self._files, "etc/ld-musl-*.path"):
            self._needs.add(path, phase, "settings that the loader reads")

    def _own(self, program: Program) -> list[str]:
        origin = posixpath.dirname(program.path)
        library = "lib64" if real(self._files, "lib64") and "musl" not in program.interpreter else "lib"
        paths = [path for entry in program.search for path in entry.split(":") if path]
        return [re.sub(r"\$\{?ORIGIN\}?", f"/{origin}", re.sub(r"\$\{?LIB\}?", library, path)) for path in paths]

    def _folders(self, search: list[str], musl: bool) -> list[str]:
        if musl not in self._configured:
            self._configured[musl] = self._musl_folders() if musl else self._glibc_folders()
        return [*search, *self._preferred, *self._configured[musl]]

    def _musl(self, program: Program) -> bool:
        if program.interpreter:
            return "musl" in program.interpreter
        return any("musl" in name for name in program.needed) or bool(matching(self._files, "lib/ld-musl-*"))

    def _musl_folders(self) -> list[str]:
        texts = [read(self._files, path) or "" for path in matching(self._files, "etc/ld-musl-*.path")]
        return [path for path in re.split(r"[:\n]+", "\n".join(texts) or _MUSL) if path]

    def _glibc_folders(self) -> list[str]:
        folders, pending, seen = list[str](), ["etc/ld.so.conf"], set[str]()
        while pending and len(seen) < CONFIGURATIONS:
            path = pending.pop(0)
            if path in seen:
                continue
            seen.add(path)
            for line in (read(self._files, path) or "").splitlines():
                included = _INCLUDE.match(line)
                if included:
                    pending += matching(self._files, join("etc", included[1]))
                elif entry := line.partition("#")[0].strip():
                    folders.append(entry)
        for pattern in _DEFAULT:
            folders += matching(self._files, pattern) if "*" in pattern else (pattern,)
        return folders

    def _doubt(self, program: Program, what: str) -> None:
        if (program.path, what) not in self._unfound:
            self._unfound.add((program.path, what))
            self.doubts.append(f"/{program.path}: {what} is not in the image")
