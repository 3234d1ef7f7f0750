"""Where image sources meet the catalogers: an archive, layout, folder or name in, images with their packages out."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

import seawall.contents as inside
from seawall.catalogers import Evidence, assemble, catalog, exact_paths, wants, wants_program
from seawall.catalogers.records import Records, pack, unpack
from seawall.errors import SeawallError, UsageError
from seawall.model import Image
from seawall.safe.limits import Limits
from seawall.safe.names import as_text
from seawall.sources.images.image import ImageSource
from seawall.sources.images.opening import open_images
from seawall.sources.images.read import read
from seawall.sources.images.registry.reference import Reference
from seawall.sources.images.rootfs import open_rootfs
from seawall.sources.images.sbom import is_sbom, open_sbom
from seawall.workflows.inputs import Place
from seawall.workflows.settings import Settings

if TYPE_CHECKING:
    from seawall.sources.images.cache import LayerCache
    from seawall.sources.images.registry.opening import Registries

Failed = Callable[[str, SeawallError], None]

_HEAD = 4096


class Found(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """What was made of one file: by the catalogers, and as one of the image's contents."""

    packages: Records
    noted: inside.Noted


class Images:
    """The images of one run: the registries that it talks to, and the layers that it knows."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open = ExitStack()

    def __enter__(self) -> Images:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def places(self, named: Sequence[Place], failed: Failed) -> Iterator[Place]:
        """Each place, a whole repository or registry as its images. What cannot be listed is told to `failed`."""
        settings = self._settings
        for place in named:
            if not isinstance(place, Reference) or place.tag or place.digest:
                yield place
            elif settings.sweep or settings.newest:
                from seawall.sources.images.registry.opening import sweep

                try:
                    platform = settings.platform or None
                    known = self._registries
                    yield from sweep(place, known, newest=settings.newest, failed=failed, platform=platform)
                except SeawallError as error:
                    failed(str(place), error)
            elif place.repository:
                yield place
            else:
                hint = "name a repository in it, or say --all or --newest N"
                failed(str(place), UsageError("this is a whole registry", where=str(place), hint=hint))

    def sources(self, place: Place) -> tuple[ImageSource, ...]:
        """The images of one place, not read yet. Raises SeawallError."""
        settings = self._settings
        platform = settings.platform or None
        if isinstance(place, Path):
            if place in settings.rootfs:
                return (open_rootfs(place),)
            if place.is_file() and is_sbom(place, limits=settings.limits):
                return (open_sbom(place, limits=settings.limits),)
            return open_images(place, platform=platform, limits=settings.limits)
        from seawall.sources.images.registry.opening import open_reference

        return (open_reference(place, self._registries, platform=platform, limits=settings.limits),)

    def contents(self, source: ImageSource) -> Image:
        """The image with its distro and packages. Raises SeawallError.

        DiffIDs are not checked: every byte that counts is checked against the digest in the manifest, where there is
        one, and a diffID serves here only to name a layer.
        """
        if source.cataloged:
            return source.image
        limits = self._settings.limits
        read_image = read(
            source,
            wants=wants,
            wants_program=lambda path, head: inside.wants_program(path, head) or wants_program(path, head),
            also=inside.wants,
            visit=lambda path, content: _visit(path, content, limits),
            exact=exact_paths(),
            limits=limits,
            verify=False,
            kept=self._cache,
        )
        image, tree = read_image.image, read_image.tree
        evidence = (
            Evidence(
                path=as_text(path),
                versions=tuple(
                    (image.layers[index].diff_id, unpack(found.packages)) for index, found in tree.history(path)
                ),
            )
            for path, found, _ in tree.results()
            if found.packages.order or wants(path)
        )
        contents = assemble(evidence, canonical=lambda path: tree.resolve(path) or path)
        noted = ((path, found.noted, index) for path, found, index in tree.everything())
        return msgspec.structs.replace(
            image,
            contents=inside.assemble(image, tree, noted),
            distro=contents.distro,
            packages=contents.packages,
            not_assessed=(
                *image.not_assessed,
                *(
                    msgspec.structs.replace(each, where=f"{image.name}!/{each.where}" if each.where else image.name)
                    for each in contents.not_assessed
                ),
            ),
        )

    @functools.cached_property
    def _registries(self) -> Registries:
        from seawall.sources.images.registry.opening import Registries

        return self._open.enter_context(Registries(self._settings.access, self._settings.limits))

    @functools.cached_property
    def _cache(self) -> LayerCache[Any] | None:
        from seawall.sources.images.cache import LayerCache

        settings = self._settings
        if settings.cache is None:
            return None
        mark = fingerprint(settings.limits)
        cache = LayerCache[Any](settings.cache, fingerprint=mark, kind=Found, size=settings.cache_bytes)
        self._open.callback(cache.prune)
        return cache


def _visit(path: str, content: bytes, limits: Limits) -> Found:
    """The catalogers see what they ask for, and nothing of what only the contents want."""
    asked = wants(path) or wants_program(path, content[:_HEAD])
    return Found(pack(catalog(path, content, limits) if asked else ()), inside.inspect(path, content))


def fingerprint(limits: object) -> str:
    """A word for everything that has a part in what is found in a layer: all code below it, and the bounds."""
    import hashlib

    import seawall

    root = Path(seawall.__file__).parent
    words = hashlib.sha256(msgspec.json.encode(limits))
    for pattern in (
        "version.py",
        "model/*.py",
        "safe/**/*.py",
        "catalogers/**/*.py",
        "contents/*.py",
        "sources/images/*.py",
        "workflows/images.py",
    ):
        for path in sorted(root.glob(pattern)):
            words.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return words.hexdigest()
