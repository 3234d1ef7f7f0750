"""One layer, read once from front to back: what it adds, hides and links, and what was made of its wanted files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Literal, NamedTuple, TypeVar

import msgspec

from seawall.errors import LimitExceeded, Malformed, SeawallError, Unsupported
from seawall.safe import tar
from seawall.safe.limits import Limits
from seawall.safe.names import as_text, normalise
from seawall.safe.window import Readable
from seawall.sources.images.links import PATH_MAX, follow, join

T = TypeVar("T")
Entry = Literal["file", "dir", "way", "symlink", "hardlink", "other"]

HEAD = 4096
"""Bytes of a program that tell what it is: its first page, with what its linker noted on it."""

SMALLEST_PROGRAM = 4096

_RUN, _SPECIAL, _STICKY, _ALL_WRITE = 0o111, 0o6000, 0o1000, 0o002
_WHITEOUT = ".wh."
_AUFS = ".wh..wh."
_OPAQUE = ".wh..wh..opq"


class Unread(msgspec.Struct, frozen=True, tag=True):
    """In the place of a result: the file was wanted and could not be read."""

    why: str


class Rights(NamedTuple):
    """Mode bits, user and group, and the kernel's record of a file's capabilities, in hexadecimal."""

    mode: int
    user: int
    group: int
    capability: str = ""

    def matter(self, kind: Entry) -> bool:
        """True for a file that may be run, has a power of its own or that all may write to, and a folder that all may
        write to and delete in."""
        if kind == "file":
            return bool(self.mode & (_RUN | _SPECIAL | _ALL_WRITE) or self.capability)
        return kind == "dir" and self.mode & (_ALL_WRITE | _STICKY) == _ALL_WRITE


class LayerFacts(msgspec.Struct, Generic[T], kw_only=True):
    """What a layer does to the tree below it. It depends on the layer alone, so it can be kept by its digest.

    `folders` maps a folder to its entries; parents come before what is in them. A folder that is only on the way to
    an entry is a "way": unlike a "dir" it does not replace a lower link. Paths are where entries land once the
    layer's own links are followed. `whiteouts` and `opaque` hide what lower layers have. `digest` and `diff_id` are
    the sha256 of the layer as it came and unpacked, as computed while reading; "" where that was not done. `rights`
    are those that matter: of files that may be run or are special, and of files and folders that all may write to.
    """

    folders: dict[str, dict[str, Entry]] = {}
    symlinks: dict[str, str] = {}
    hardlinks: dict[str, str] = {}
    whiteouts: list[str] = []
    opaque: list[str] = []
    results: dict[str, T | Unread] = {}
    rights: dict[str, Rights] = {}
    notes: list[str] = []
    digest: str = ""
    diff_id: str = ""


def analyse(
    stream: Readable,
    *,
    wants: Callable[[str], bool],
    visit: Callable[[str, bytes], T],
    limits: Limits,
    where: str,
    wants_program: Callable[[str, bytes], bool] | None = None,
) -> LayerFacts[T]:
    """Walk the layer; a wanted file is visited with its as_text path and content, only the result is kept.

    A file that nobody wants by its path, and that is executable, in a folder of programs or a shared library by its
    name, is wanted where `wants_program` says so, which gets its path and first bytes.

    What `visit` raises as SeawallError, and a wanted file that is sparse or over a bound, becomes `Unread`.
    Raises Malformed or LimitExceeded for the archive itself.
    """
    facts = LayerFacts[T](folders={"": {}})
    record = _Record(facts, limits.layer_names_bytes, where)
    walk = tar.walk(stream, where=where, limits=limits)
    names: dict[str, str] = {}
    folders = facts.folders
    for member in walk:
        parent, _, name = member.name.rpartition("/")
        record.hold(len(member.name) + len(member.link))
        if not name or name.startswith(_WHITEOUT) or len(member.name) > PATH_MAX:
            record.without_entry(parent, name)
            continue
        folder = folders.get(parent)
        if folder is None:
            parent = record.landing(parent)
            folder = record.make(parent)
        path = join(parent, name)
        if name in folder:
            record.forget(path, folder, name, member.kind)
        folder[names.setdefault(name, name)] = member.kind
        runs = record.rights(path, member)
        if member.kind != "file":
            record.special(path, member)
        elif wants(path) or (wants_program and _may_run(member, runs) and wants_program(path, member.peek(HEAD))):
            facts.results[path] = _result(member, path, visit)
    facts.notes += walk.notes
    return facts


def _may_run(member: tar.Member, runs: bool) -> bool:
    if not runs and (member.size < SMALLEST_PROGRAM or not named_as_program(member.name)):
        return False
    return member.size > 0 and not member.sparse


def _rights(member: tar.Member) -> Rights:
    """What cannot be read is taken for a program that belongs to root."""
    try:
        mode, user, group = member.rights
    except Malformed:
        mode, user, group = _RUN, 0, 0
    return Rights(mode & 0o7777, user, group, member.capability.encode("utf-8", "surrogateescape").hex())


def named_as_program(path: str) -> bool:
    """True for what lies in a folder of programs, or is named as a shared library or a program of Windows."""
    return "bin/" in path or ".so" in path or path.endswith(".exe")


def _result(member: tar.Member, path: str, visit: Callable[[str, bytes], T]) -> T | Unread:
    try:
        content = member.read(in_parts=True)
    except (Unsupported, LimitExceeded) as error:
        if isinstance(error, LimitExceeded) and error.limit != "evidence_bytes":
            raise
        return Unread(error.message)
    try:
        return visit(as_text(path), content)
    except SeawallError as error:
        return Unread(error.message)


class _Record(Generic[T]):
    """The changes to the facts that are not an entry's plain addition."""

    def __init__(self, facts: LayerFacts[T], bound: int, where: str) -> None:
        self._facts, self._bound, self._where, self._held = facts, bound, where, 0
        self._seen: dict[tuple[bytes, str], Rights] = {}

    def landing(self, path: str, *, last: bool = True) -> str:
        """Where the layer's own links lead, the `last` component followed or not; a loop is left as it is."""
        links = self._facts.symlinks
        if not links:
            return path
        parent, _, name = path.rpartition("/")
        real = follow(path if last else parent, links.get)
        return path if real is None else real if last else join(real, name)

    def make(self, path: str) -> dict[str, Entry]:
        """The entries of a folder, which is made together with those that lead to it."""
        folders = self._facts.folders
        if path in folders:
            return folders[path]
        at, folder = "", folders[""]
        for name in path.split("/"):
            at = join(at, name)
            if folder.get(name) not in ("dir", "way"):
                self.forget(at, folder, name, "dir")
                folder[name] = "way"
                self.hold(len(at))
            folder = folders.setdefault(at, {})
        return folder

    def forget(self, path: str, folder: dict[str, Entry], name: str, kind: Entry) -> None:
        """A later entry of the same path takes the place of this one; a folder keeps what is in it."""
        old, facts = folder.get(name), self._facts
        if old in ("dir", "way"):
            if kind == "dir":
                return
            todo = [path]
            while todo:
                gone = todo.pop()
                for below, entry in facts.folders.pop(gone).items():
                    if entry in ("dir", "way"):
                        todo.append(join(gone, below))
                    else:
                        self._drop(join(gone, below))
        folder.pop(name, None)
        self._drop(path)

    def rights(self, path: str, member: tar.Member) -> bool:
        """Keep the entry's rights where they matter; whether it is a file that somebody may run."""
        key = member.owner, member.capability
        rights = self._seen.get(key)
        if rights is None:
            rights = self._seen[key] = _rights(member)
        if rights.matter(member.kind):
            self._facts.rights[path] = rights
        else:
            self._facts.rights.pop(path, None)
        return bool(rights.mode & _RUN) and member.kind == "file"

    def special(self, path: str, member: tar.Member) -> None:
        """What an entry that is no file has beside its kind."""
        if member.kind == "dir":
            self._facts.folders.setdefault(path, {})
        elif member.kind == "symlink":
            self._facts.symlinks[path] = member.link
        elif member.kind == "hardlink":
            self._facts.hardlinks[path] = self.landing(normalise(member.link), last=False)

    def without_entry(self, parent: str, name: str) -> None:
        """The root itself, a whiteout, or a path that no runtime can make."""
        facts, hidden = self._facts, name[len(_WHITEOUT) :]
        if len(parent) + len(name) >= PATH_MAX:
            tar.note(facts.notes, f"an entry whose path is longer than {PATH_MAX:,} characters was passed over")
        elif name == _OPAQUE:
            facts.opaque.append(self.landing(parent))
        elif name and hidden in ("", ".", ".."):
            tar.note(facts.notes, f"the whiteout {as_text(join(parent, name))!r} names no file and was ignored")
        elif name and not name.startswith(_AUFS):
            facts.whiteouts.append(join(self.landing(parent), hidden))

    def hold(self, characters: int) -> None:
        """Count what is held in memory."""
        self._held += characters
        if self._held > self._bound:
            raise LimitExceeded("layer_names_bytes", self._bound, where=self._where)

    def _drop(self, path: str) -> None:
        facts = self._facts
        facts.results.pop(path, None)
        facts.rights.pop(path, None)
        facts.symlinks.pop(path, None)
        facts.hardlinks.pop(path, None)
