"""What can be taken out of an image without what it runs missing it: each thing with its reason.

Three levels. By default tools go that nothing needs, with the rest of their packages, and what only building left. With
`aggressive` they go even where the trace has gaps, through which they could be reached. With `minimal` only needs stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from seawall.contents.leftovers import EMPTY
from seawall.contents.tools import APPLETS, KINDS
from seawall.errors import Unsupported, UsageError
from seawall.model import Contents, Image, Kept, Leftover, Program, Removed, Secret, Trace
from seawall.remedies.images.databases import APK, DISTROLESS, DPKG, DPKG_INFO, EXCLUDED, Databases
from seawall.remedies.images.needed import HOME, PLACES, Needed, gaps
from seawall.sources.images.links import join
from seawall.sources.images.squash import Tree

MANUALS = ("usr/share/man", "usr/share/info", "usr/local/share/man", "usr/local/man")
_LOADED = re.compile(r"(usr/)?(local/)?lib(64|32)?/([^/]+-linux-[^/]+/)?[^/]+\.so(\.[^/]*)?")
_STAYS = re.compile(
    rf"{DPKG_INFO}/.*|{DISTROLESS}/.*|{DPKG}|{EXCLUDED}|var/lib/dpkg/(arch|diversions|statoverride)"
    rf"|{'|'.join(APK)}|lib/apk/db/.*|etc/apk/.*|(var|usr)/lib/(rpm|rpmmanifest|sysimage/rpm)/.*|var/lib/rpmmanifest/.*"
    r"|usr/share/doc/.*/copyright|etc/(debian_version|alpine-release|azurelinux-release|group-?|passwd-?|shadow-?)"
)
"""What says which packages are there and whose, which a minimal image keeps as well."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the user decides: paths that stay; paths, or tools by name, that go whatever needs them."""

    minimal: bool = False
    aggressive: bool = False
    keep: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`hidden` are secrets that only lower layers still ship: the diffID of the layer, and the path in it.
    `written` are files of package databases with what they hold then."""

    removed: tuple[Removed, ...]
    kept: tuple[Kept, ...]
    paths: frozenset[str]
    hidden: frozenset[tuple[str, str]]
    setuid: frozenset[str]
    packages: tuple[str, ...]
    written: Mapping[str, bytes]


def plan(image: Image, tree: Tree[bytes], sizes: Mapping[tuple[int, str], int], wish: Wish) -> Plan:
    """Plan it. `sizes` are the bytes of files by their layer and name there. Raises Unsupported, UsageError."""
    trace = image.contents.trace if image.contents else None
    if image.contents is None or trace is None:
        hint = "give a Linux image: an archive, an OCI layout, or its name in a registry"
        raise Unsupported("what this image runs was not followed", where=image.name, hint=hint)
    if wish.minimal and gaps(trace) and not wish.aggressive:
        hint = "say --aggressive too, if you know that nothing else is needed, and --keep for what is"
        raise UsageError(f"not all that runs is known: {gaps(trace)[0]}", where="--minimal", hint=hint)
    return _Planner(image.contents, trace, tree, sizes, wish).plan()


class _Planner:
    def __init__(
        self, contents: Contents, trace: Trace, tree: Tree[bytes], sizes: Mapping[tuple[int, str], int], wish: Wish
    ) -> None:
        self._contents, self._trace, self._tree, self._sizes, self._wish = contents, trace, tree, sizes, wish
        self._needed = Needed(trace.needs, wish.keep)
        self._databases = Databases(tree)
        self._gap = "" if wish.aggressive else next(iter(gaps(trace)), "")
        self._removed: list[Removed] = []
        self._kept: list[Kept] = []
        self._paths: set[str] = set()

    def plan(self) -> Plan:
        wished = set(self._wished())
        for program in self._contents.programs:
            if program.tools and program.path not in self._paths:
                self._tool(program, wished)
        for leftover in self._contents.leftovers:
            self._leftover(leftover)
        self._manuals()
        hidden = self._secrets()
        if self._wish.minimal:
            self._rest()
        packages = self._packages()
        written, dropped = self._databases.without(packages, self._paths)
        self._paths |= dropped | (written.keys() & {p for p in written if self._tree.exists(p)})
        setuid = frozenset(self._setuid())
        return Plan(
            removed=tuple(sorted(self._removed, key=lambda each: (each.kind, each.what, each.paths))),
            kept=tuple(sorted(self._kept, key=lambda each: (each.kind, each.path))),
            paths=frozenset(self._paths),
            hidden=hidden,
            setuid=setuid,
            packages=packages,
            written=written,
        )

    def _wished(self) -> Iterator[str]:
        """What the user names: the words that are tools are yielded, paths are removed."""
        for word in self._wish.remove:
            if not word.startswith("/"):
                yield word
                continue
            parent, _, name = word.strip("/").rpartition("/")
            path = join(self._tree.resolve(parent) or "", name)
            if not name or name not in self._tree.entries(self._tree.resolve(parent) or ""):
                raise UsageError("is not in the image", where=f"--remove {word}", hint="name a path in it, or a tool")
            self._remove("wished", word, [path], "you said so")
        tools = {tool for program in self._contents.programs for tool in program.tools}
        for word in self._wish.remove:
            if not word.startswith("/") and word not in tools:
                hint = f"a path begins with /; the tools in it are: {', '.join(sorted(tools)) or 'none'}"
                raise UsageError("is no tool in the image", where=f"--remove {word}", hint=hint)

    def _tool(self, program: Program, wished: set[str]) -> None:
        name, kind = ", ".join(program.tools), _kind(program)
        paths = [program.path, *program.links]
        need = next((found for path in paths if (found := self._needed.why(path, besides=PLACES))), None)
        if wished.intersection(program.tools):
            why = f"you said so, though it is needed: {need.why}" if need else "you said so"
            self._remove(kind, name, paths, why)
        elif need:
            when = "before the main process starts" if need.phase == "start" else "by what runs"
            self._keep(kind, name, program.path, f"needed {when}: {need.why}")
        elif self._gap:
            self._keep(kind, name, program.path, f"it could be reached: {self._gap}")
        else:
            self._remove(kind, name, paths, "nothing that runs needs it")
            self._package_of(program)

    def _package_of(self, program: Program) -> None:
        """The rest of a tool's package, where nothing needs any of it and it has no library that may be loaded."""
        package = self._databases.owners.get(program.path, "")
        files = self._databases.files.get(package, frozenset())
        if package and not any(self._needed.why(path) or _LOADED.fullmatch(path) for path in files):
            rest = sorted(files - self._paths)
            self._remove("package", package, rest, f"the rest of the package of {', '.join(program.tools)}")

    def _leftover(self, leftover: Leftover) -> None:
        if need := self._needed.why(leftover.path, besides=HOME | PLACES):
            self._keep("leftover", leftover.what, leftover.path, f"it lies in what is needed: {need.why}")
            return
        paths = [leftover.path]
        if leftover.kind == "cache":
            paths = [join(leftover.path, name) for name in self._tree.entries(leftover.path) if name not in EMPTY]
        kind = "cache" if leftover.kind == "cache" else "leftover"
        self._remove(kind, leftover.what, paths, "building the image left it behind")

    def _manuals(self) -> None:
        for folder in MANUALS:
            paths = [path for path in self._below(folder) if not self._needed.why(path)]
            self._remove("manual", f"/{folder}", paths, "it is for people")

    def _secrets(self) -> frozenset[tuple[str, str]]:
        hidden: dict[tuple[str, str], Secret] = {}
        for secret in self._contents.secrets:
            if secret.hidden:
                hidden[secret.layer, secret.path] = secret
            elif secret.path not in self._paths:
                where = secret.path or secret.place
                self._keep(
                    "secret", secret.what, where, "whether it is needed cannot be known: --remove it, or mount it"
                )
        for (_, path), secret in sorted(hidden.items()):
            why = "a later layer deletes or replaces it, and a lower one still ships it"
            self._removed.append(Removed(kind="secret", what=secret.what, paths=(path,), why=why))
        return frozenset(hidden)

    def _rest(self) -> None:
        kept = {path for path in self._below("") if self._needed.why(path) or _STAYS.fullmatch(path)}
        self._remove("unneeded", "all else", sorted(set(self._below("")) - kept), "nothing that runs needs it")

    def _packages(self) -> tuple[str, ...]:
        """The packages of which all has gone; the notes on a package's licence go with its last other file."""
        whole = []
        for package, files in sorted(self._databases.files.items()):
            left = files - self._paths
            if files and left < files and all(path.startswith("usr/share/doc/") for path in left):
                self._remove("package", package, sorted(left), "nothing else of the package is left")
                whole.append(package)
        return tuple(whole)

    def _setuid(self) -> Iterator[str]:
        runs = {run.path for run in self._trace.runs}
        for special in self._contents.specials:
            if special.mode & 0o6000 and not special.folder and not self._gone(special.path):
                if special.path in runs or self._gap or self._needed.kept(special.path):
                    why = "it is run" if special.path in runs else self._gap or "you said so"
                    self._keep("setuid", oct(special.mode), special.path, why)
                elif (held := self._tree.holder(special.path)) and held[1] != special.path:
                    why = f"its layer has it as /{held[1]}, which is no longer there: build the layer anew"
                    self._keep("setuid", oct(special.mode), special.path, why)
                else:
                    yield special.path

    def _below(self, folder: str) -> Iterator[str]:
        """Every file and link below a folder, by its real path."""
        todo = [folder]
        while todo:
            here = todo.pop()
            if folder and self._tree.resolve(here) != here:
                continue
            for name, kind in self._tree.entries(here).items():
                path = join(here, name)
                if kind == "dir":
                    todo.append(path)
                elif kind != "other":
                    yield path

    def _gone(self, path: str) -> bool:
        while path:
            if path in self._paths:
                return True
            path = path.rpartition("/")[0]
        return False

    def _remove(self, kind: str, what: str, paths: Iterable[str], why: str) -> None:
        going = tuple(path for path in paths if not self._gone(path) and not self._needed.kept(path))
        if not going:
            return
        self._paths |= set(going)
        files = {path for each in going for path in (self._below(each) if self._is_folder(each) else (each,))}
        holders = {self._tree.holder(path) for path in files if self._is_file(path)}
        size = sum(self._sizes.get(holder, 0) for holder in holders if holder)
        self._removed.append(Removed(kind=kind, what=what, paths=going, why=why, size=size))

    def _keep(self, kind: str, what: str, path: str, why: str) -> None:
        self._kept.append(Kept(kind=kind, what=what, path=path, why=why))

    def _is_folder(self, path: str) -> bool:
        return self._entry(path) == "dir"

    def _is_file(self, path: str) -> bool:
        return self._entry(path) == "file"

    def _entry(self, path: str) -> str:
        parent, _, name = path.rpartition("/")
        return self._tree.entries(parent).get(name, "")


def _kind(program: Program) -> str:
    """The kind of its first tool; of a tool of many tools, that of the applets that weigh most."""
    for tool in program.tools:
        if tool in KINDS:
            return KINDS[tool]
    return next((kind for kind, names in APPLETS.items() if names & set(program.applets)), "shell")
