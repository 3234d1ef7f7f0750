"""An image, read: its layers in threads, every one checked against its digest, then laid on top of each other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, closing
from typing import Generic, Protocol, TypeVar

import msgspec

from seawall.errors import Malformed, SeawallError
from seawall.model import Image, NotAssessed
from seawall.safe.compression import CHUNK, Stream, open_stream
from seawall.safe.limits import DEFAULT, Limits
from seawall.safe.names import as_text
from seawall.sources.images.ahead import Ahead
from seawall.sources.images.cache import Kept
from seawall.sources.images.files import readable
from seawall.sources.images.image import ImageSource, LayerSource
from seawall.sources.images.layer import LayerFacts, Unread, analyse
from seawall.sources.images.rootfs import read_folder
from seawall.sources.images.squash import Tree, Wanted

T = TypeVar("T")
_END = 1 << 62


class _Source(Protocol):
    def read(self, n: int, /) -> bytes: ...


class ImageTree(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """An image and its visible files. `image.not_assessed` names what was wanted and could not be read."""

    image: Image
    tree: Tree[T]


def read(
    source: ImageSource,
    *,
    wants: Callable[[str], bool],
    visit: Callable[[str, bytes], T],
    wants_program: Callable[[str, bytes], bool] | None = None,
    also: Callable[[str], bool] | None = None,
    exact: Collection[str] = (),
    limits: Limits = DEFAULT,
    threads: int = 2,
    verify: bool = True,
    kept: Kept[T] | None = None,
) -> ImageTree[T]:
    """Visit every wanted file of every layer, and squash. Raises Malformed, Unsupported or LimitExceeded.

    `wants` gets paths without a leading slash; `visit` gets the path and the content, and may run in several threads.
    `wants_program` adds programs by content: see `analyse`. `exact` are wanted paths that are looked for through linked
    folders too (a package database behind a link). `also` names files that are visited where they lie, and never read
    anew because a link to them has such a name.
    Without `verify`, diffIDs are not checked (digests are), and a layer in a plain archive is not read but for its
    wanted files. `kept` has the facts of layers read before, and takes those of layers whose digest was computed.
    """

    def there(path: str) -> bool:
        return wants(path) or (also is not None and also(path))

    def facts_of(layer: LayerSource | None) -> LayerFacts[T]:
        if layer is None:
            return LayerFacts()
        known = kept.get(layer.digest) if kept and layer.digest else None
        if known and (not verify or known.diff_id == layer.diff_id):
            return known
        facts = read_layer(
            layer, wants=there, wants_program=wants_program, visit=visit, limits=limits, verify=verify, ahead=ahead
        )
        if kept and facts.digest:
            kept.put(facts.digest, facts)
        return facts

    ahead = len(source.layers) <= threads
    layers = _at_once(facts_of, source.layers, threads)
    tree = Tree(layers, wants)
    _fetch(tree, tree.unfetched(exact), source, visit, limits, kept)
    name = source.image.name
    unread = [
        NotAssessed(what="file in an image", where=f"{name}!/{as_text(path)}", why=why) for path, why in tree.unread()
    ]
    odd = [
        NotAssessed(what="image layer", where=layer.where, why=note)
        for layer, facts in zip(source.layers, layers, strict=True)
        for note in facts.notes
        if layer
    ]
    return ImageTree(
        image=msgspec.structs.replace(source.image, not_assessed=(*source.image.not_assessed, *odd, *unread)),
        tree=tree,
    )


def _at_once(
    facts_of: Callable[[LayerSource | None], LayerFacts[T]], layers: Sequence[LayerSource | None], threads: int
) -> list[LayerFacts[T]]:
    """The facts of all layers, the largest begun first; after a failure no more are begun."""
    with ThreadPoolExecutor(max_workers=threads) as pool:
        begun = {
            index: pool.submit(facts_of, layers[index])
            for index in sorted(range(len(layers)), key=lambda index: -getattr(layers[index], "size", 0))
        }
        try:
            for future in as_completed(begun.values()):
                future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
        return [begun[index].result() for index in range(len(layers))]


def read_layer(
    layer: LayerSource,
    *,
    wants: Callable[[str], bool],
    visit: Callable[[str, bytes], T],
    limits: Limits,
    wants_program: Callable[[str, bytes], bool] | None = None,
    verify: bool = True,
    ahead: bool = False,
) -> LayerFacts[T]:
    """One layer, checked against the digest and diffID that it claims, `ahead` of the walk in a thread of its own.

    Raises Malformed where they differ.
    """
    if layer.folder:
        return read_folder(layer.folder, wants=wants, wants_program=wants_program, visit=visit, limits=limits)
    with readable(layer.where), closing(layer.open()) as raw, ExitStack() as open_:
        packed = _Hashed(raw, layer.digest, layer.where) if layer.digest else None
        stream = open_stream(packed or raw, where=layer.where, limits=limits)
        once = packed and stream.kind == "plain" and layer.digest == layer.diff_id
        unpacked = _Hashed(stream, layer.diff_id, layer.where) if verify and layer.diff_id and not once else None
        whole: _Hashed | Stream | Ahead = unpacked or stream
        if ahead and (packed or stream.kind != "plain"):
            whole = open_.enter_context(closing(Ahead(whole)))
        facts = analyse(whole, wants=wants, wants_program=wants_program, visit=visit, limits=limits, where=layer.where)
        whole.skip(_END)
    if packed:
        facts.digest = packed.check("digest")
    if unpacked or once:
        facts.diff_id = unpacked.check("diffID") if unpacked else facts.digest
    return facts


def _fetch(
    tree: Tree[T],
    missing: list[Wanted],
    source: ImageSource,
    visit: Callable[[str, bytes], T],
    limits: Limits,
    kept: Kept[T] | None,
) -> None:
    """Read what is wanted only under another name: each layer that has some of it once more, just for that."""
    for index in sorted({wanted.layer for wanted in missing}):
        layer = source.layers[index]
        if layer is None:
            continue
        aliases: dict[str, list[str]] = {}
        for wanted in missing:
            if wanted.layer == index:
                aliases.setdefault(as_text(wanted.stored), []).append(wanted.path)
        for path, result in _under_other_names(layer, aliases, visit, limits, kept).items():
            tree.fetched(path, result, index)


def _under_other_names(
    layer: LayerSource,
    aliases: dict[str, list[str]],
    visit: Callable[[str, bytes], T],
    limits: Limits,
    kept: Kept[T] | None,
) -> dict[str, T | Unread]:
    """What was made of files under the names that they are wanted by. `aliases` has those by the stored name."""
    part = repr(sorted(aliases.items()))
    known = kept.get(layer.digest, part) if kept and layer.digest else None
    if known:
        return known.results
    wants, visit_all = _aliased(aliases, visit)
    checked_before = msgspec.structs.replace(layer, diff_id="")
    facts = read_layer(checked_before, wants=wants, visit=visit_all, limits=limits)
    found: dict[str, T | Unread] = {
        path: results if isinstance(results, Unread) else results[path]
        for stored, results in facts.results.items()
        for path in aliases[as_text(stored)]
    }
    if kept and facts.digest:
        kept.put(facts.digest, LayerFacts(results=found), part)
    return found


def _aliased(
    aliases: dict[str, list[str]], visit: Callable[[str, bytes], T]
) -> tuple[Callable[[str], bool], Callable[[str, bytes], dict[str, T | Unread]]]:
    """What to look for in a layer, and how to visit it under each name that it goes by."""

    def attempt(path: str, content: bytes) -> T | Unread:
        try:
            return visit(as_text(path), content)
        except SeawallError as error:
            return Unread(error.message)

    def visit_all(stored: str, content: bytes) -> dict[str, T | Unread]:
        return {path: attempt(path, content) for path in aliases[stored]}

    return lambda path: as_text(path) in aliases, visit_all


class _Hashed:
    """Bytes on their way, hashed as they pass."""

    chunk = CHUNK

    def __init__(self, source: _Source, claim: str, where: str) -> None:
        self._source, self._claim, self._where = source, claim, where
        self._algorithm = claim.partition(":")[0]
        if self._algorithm not in ("sha256", "sha512"):
            raise Malformed(f"{claim[:100]!r} is no digest", where=where)
        self._hash = hashlib.new(self._algorithm)

    def read(self, n: int, /) -> bytes:
        data = self._source.read(n)
        self._hash.update(data)
        return data

    def skip(self, n: int, /) -> int:
        left = n
        while left and (data := self.read(min(left, CHUNK))):
            left -= len(data)
        return n - left

    def seekable(self) -> bool:
        return False

    def seek(self, offset: int, whence: int = 0, /) -> int:
        raise NotImplementedError

    def tell(self) -> int:
        raise NotImplementedError

    def check(self, what: str) -> str:
        actual = f"{self._algorithm}:{self._hash.hexdigest()}"
        if actual != self._claim:
            hint = "the image is damaged or has been tampered with: fetch it again"
            raise Malformed(
                f"the layer's {what} is {actual}, not {self._claim} as claimed", where=self._where, hint=hint
            )
        return actual
