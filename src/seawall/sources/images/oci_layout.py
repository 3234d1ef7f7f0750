"""OCI image layouts (image-spec image-layout.md), in a folder or in an archive; Docker's media types too.

Every document is checked against the digest by which it is referred to, every layer while it is read.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from seawall.errors import Unsupported
from seawall.model import NotAssessed
from seawall.safe.limits import Limits
from seawall.sources.images import manifest as manifests
from seawall.sources.images.files import Files, document
from seawall.sources.images.image import Config, ImageSource, parse
from seawall.sources.images.manifest import Descriptor, Document

T = TypeVar("T")

INDEX = "index.json"
INDEX_DEPTH = 4
"""Indexes inside indexes. BuildKit nests two."""

_NAMES = ("io.containerd.image.name", "org.opencontainers.image.ref.name")


class _Found(msgspec.Struct, frozen=True):
    """A manifest of the layout; `group` tells the variants of one image from other images."""

    group: str
    name: str
    digest: str
    manifest: Document
    config: Config


Unpacked = Callable[[Sequence[str]], Sequence[Path | None]]
"""From the diffIDs of an image to the folders in which its layers lie unpacked, None where one does not."""


def read_layout(
    files: Files, *, platform: str | None, limits: Limits, unpacked: Unpacked | None = None
) -> tuple[ImageSource, ...]:
    """All images of the layout, of each the variant for `platform`. Raises InputError.

    With several variants and no choice, linux/amd64 is taken and the others are reported; without it none is.
    With `unpacked`, a layer that is not there is looked for in a folder, and reported where that is not there either.
    """
    layout = _Layout(files, limits, unpacked)
    groups: dict[str, list[_Found]] = {}
    for found in layout.images():
        groups.setdefault(found.group, []).append(found)
    if not groups:
        why = "; ".join(layout.passed_over) or "its index lists none"
        raise Unsupported(f"the layout holds no image that can be read: {why}", where=files.where)
    images = [image for found in groups.values() for image in layout.choose(found, platform)]
    return tuple(images)


class _Layout:
    """The documents of one layout. `passed_over` says what is in it besides readable images."""

    def __init__(self, files: Files, limits: Limits, unpacked: Unpacked | None) -> None:
        self._files, self._limits, self._unpacked = files, limits, unpacked
        self.passed_over: list[str] = []
        self._seen: set[tuple[str, str]] = set()

    def images(self) -> Iterator[_Found]:
        """Every image of the layout, variants and all; the same one under one name only once."""
        where = f"{self._files.where}!/{INDEX}"
        index = parse(document(self._files, INDEX, self._limits), Document, where=where, limits=self._limits)
        yield from self._below(index, group="", name="", depth=1)

    def _below(self, index: Document, *, group: str, name: str, depth: int) -> Iterator[_Found]:
        if depth > INDEX_DEPTH:
            raise Unsupported(f"indexes nest more than {INDEX_DEPTH} deep", where=self._files.where)
        for entry in index.manifests or ():
            annotations = entry.annotations or {}
            platform = entry.shown_platform
            if entry.is_attestation:
                continue
            if not self._holds(entry):
                self.passed_over.append(f"{platform or entry.digest} is listed but not there")
                continue
            own = next((annotations[key] for key in _NAMES if annotations.get(key)), name)
            if (group or own, entry.digest) in self._seen:
                continue
            self._seen.add((group or own, entry.digest))
            content = self._document(entry, Document)
            # manifests side by side, without a name, are variants where they name a platform each, else images
            apart = group or own or (entry.digest if content.manifests is not None or not platform else "variants")
            if content.manifests is not None or entry.media_type in manifests.INDEXES:
                yield from self._below(content, group=apart, name=own, depth=depth + 1)
            elif content.image_config:
                config = self._document(content.image_config, Config)
                yield _Found(apart, own, entry.digest, content, config)
            else:
                self.passed_over.append(f"{own or entry.digest} is no container image ({content.kind})")

    def choose(self, found: list[_Found], platform: str | None) -> Iterator[ImageSource]:
        where, file = found[0].name or self._files.where, self._files.where
        matching, notes = manifests.choose(found, lambda one: one.config.platform, platform, where=where)
        notes = [NotAssessed(what="image", where=file, why=why) for why in self.passed_over] + notes
        self.passed_over = []  # said once, with the first image
        for one in matching:
            yield manifests.image_source(
                one.manifest,
                one.config,
                digest=one.digest,
                name=_name(one.name, file),
                file=file,
                open_layer=lambda entry: functools.partial(self._files.open, self._blob(entry)),
                there=self._holds,
                notes=notes,
                unpacked=self._unpacked(one.config.diff_ids) if self._unpacked else None,
            )

    def _document(self, entry: Descriptor, kind: type[T]) -> T:
        blob = self._blob(entry)
        where = f"{self._files.where}!/{blob}"
        content = manifests.checked(document(self._files, blob, self._limits), entry.digest, where=where)
        return parse(content, kind, where=where, limits=self._limits)

    def _holds(self, entry: Descriptor) -> bool:
        return self._blob(entry) in self._files

    def _blob(self, entry: Descriptor) -> str:
        return f"blobs/{manifests.well_formed(entry.digest, self._files.where).replace(':', '/')}"


def _name(name: str, file: str) -> str:
    """A bare tag does not name an image; skopeo writes such a reference as PATH:TAG."""
    return name if ":" in name or "/" in name else f"{file}:{name}" if name else file
