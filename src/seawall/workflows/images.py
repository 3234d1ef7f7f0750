"""Where image sources meet the catalogers: an archive, layout, folder or name in, images with their packages out."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from seawall.errors import SeawallError, UsageError
from seawall.model import Image
from seawall.sources.images.image import ImageSource
from seawall.sources.images.opening import open_images
from seawall.sources.images.registry.reference import Reference
from seawall.sources.images.stores.opening import Stored, is_store, open_folder
from seawall.sources.images.stores.store import Store
from seawall.workflows.inputs import Place
from seawall.workflows.settings import Settings

if TYPE_CHECKING:
    from seawall.sources.images.base import KnownImages
    from seawall.sources.images.cache import Cache
    from seawall.sources.images.registry.opening import Registries

Failed = Callable[[str, SeawallError], None]


class Images:
    """The images of one run: the registries that it talks to, and the layers that it knows."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open = ExitStack()
        self._stores: dict[Path | None, Store] = {}

    def __enter__(self) -> Images:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def places(self, named: Sequence[Place], failed: Failed) -> Iterator[Place]:
        """Each place, a whole repository or registry as its images. What cannot be listed is told to `failed`."""
        settings = self._settings
        for place in named:
            if isinstance(place, Path | Stored) and self._is_whole_store(place):
                yield from self._stored(place, failed)
            elif not isinstance(place, Reference) or place.tag or place.digest:
                yield place
            elif settings.sweep or settings.newest:
                from seawall.sources.images.registry.opening import sweep

                try:
                    platform = settings.platform or None
                    known = self.registries
                    yield from sweep(place, known, newest=settings.newest, failed=failed, platform=platform)
                except SeawallError as error:
                    failed(str(place), error)
            elif place.repository:
                yield place
            else:
                hint = "name a repository in it, or say --all or --newest N"
                failed(str(place), UsageError("this is a whole registry", where=str(place), hint=hint))

    def _is_whole_store(self, place: Path | Stored) -> bool:
        if isinstance(place, Stored):
            return not place.name
        return place not in self._settings.rootfs and is_store(place)

    def _stored(self, place: Path | Stored, failed: Failed) -> Iterator[Place]:
        """The images of a store: those that were asked for, else all."""
        folder, named = (place, self._settings.named) if isinstance(place, Path) else (None, ())
        try:
            if not (folder or self._settings.sweep):
                hint = "name an image, as docker://nginx:1.27, or say --all"
                raise UsageError("this is every image of Docker", where=str(place), hint=hint)
            for name in named or self._store(folder).names():
                yield Stored(folder=folder, name=name)
        except SeawallError as error:
            failed(str(place), error)

    def _store(self, folder: Path | None) -> Store:
        """The store in a folder, or that of Docker's daemon; opened once. Raises SeawallError."""
        if folder not in self._stores:
            if folder:
                self._stores[folder] = open_folder(folder, self._settings.limits)
            else:
                from seawall.sources.images.stores.docker_daemon import SOCKET, DockerDaemon

                agent = self._settings.access.user_agent
                daemon = DockerDaemon(self._settings.docker_host or SOCKET, self._settings.limits, user_agent=agent)
                self._open.callback(daemon.close)
                self._stores[folder] = daemon
        return self._stores[folder]

    def sources(self, place: Place) -> tuple[ImageSource, ...]:
        """The images of one place, not read yet. Raises SeawallError."""
        settings = self._settings
        platform = settings.platform or None
        if isinstance(place, Path):
            from seawall.sources.images.sbom import is_sbom, open_sbom

            if place in settings.rootfs:
                from seawall.sources.images.rootfs import open_rootfs

                return (open_rootfs(place),)
            if place.is_file() and is_sbom(place, limits=settings.limits):
                return (open_sbom(place, limits=settings.limits),)
            return open_images(place, platform=platform, limits=settings.limits)
        if isinstance(place, Stored):
            return self._store(place.folder).open(place.name, platform)
        from seawall.sources.images.registry.opening import open_reference

        return (open_reference(place, self.registries, platform=platform, limits=settings.limits),)

    def contents(self, source: ImageSource) -> Image:
        """The image with its distro and packages. Raises SeawallError.

        An image that was read before is known whole by all that its documents say and the digests of its layers: each
        of them was computed when it was kept.
        """
        if source.cataloged:
            return source.image
        image = self._read(source)
        return msgspec.structs.replace(image, base=self._known.base_of(image)) if self._known else image

    def _read(self, source: ImageSource) -> Image:
        digests = [layer.digest if layer else "" for layer in source.layers]
        whole = self._whole if all(digests) else None
        name = f"{digests} {source.image}"
        if whole and (known := whole.get(name)):
            return known
        from seawall.workflows.cataloging import cataloged

        settings = self._settings
        image = cataloged(source, settings.limits, self._layers, packages_only=settings.packages_only)
        if whole:
            whole.put(name, image)
        return image

    @functools.cached_property
    def registries(self) -> Registries:
        """The registries of this run."""
        from seawall.sources.images.registry.opening import Registries

        return self._open.enter_context(Registries(self._settings.access, self._settings.limits))

    @functools.cached_property
    def _known(self) -> KnownImages | None:
        from seawall.sources.images.base import KnownImages

        if self._settings.cache is None:
            return None
        known = KnownImages(self._settings.cache)
        self._open.callback(known.save)
        return known

    @functools.cached_property
    def _whole(self) -> Cache[Image] | None:
        return self._cache(Image)

    @functools.cached_property
    def _layers(self) -> Cache[Any] | None:
        from seawall.sources.images.layer import LayerFacts
        from seawall.workflows.cataloging import Found

        return self._cache(LayerFacts[Found])

    def _cache(self, shape: Any) -> Cache[Any] | None:
        from seawall.sources.images.cache import Cache

        settings = self._settings
        if settings.cache is None:
            return None
        mark = fingerprint((settings.limits, settings.packages_only))
        cache = Cache[Any](settings.cache, fingerprint=mark, shape=shape, size=settings.cache_bytes)
        self._open.callback(cache.prune)
        return cache


def fingerprint(told: object) -> str:
    """A word for everything that has a part in what is found in an image: all code below it, and what it is told."""
    import hashlib

    import seawall

    root = Path(seawall.__file__).parent
    words = hashlib.sha256(msgspec.json.encode(told))
    below = ("version.py", "model/*.py", "safe/**/*.py", "catalogers/**/*.py", "contents/*.py", "sources/images/*.py")
    for pattern in (*below, "workflows/cataloging.py"):
        for path in sorted(root.glob(pattern)):
            words.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return words.hexdigest()
