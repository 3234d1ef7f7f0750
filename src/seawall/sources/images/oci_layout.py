"""OCI image layouts (image-spec image-layout.md), in a folder or in an archive; Docker's media types too.

Every document is checked against the digest by which it is referred to, every layer while it is read.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from seawall.errors import Malformed, Unsupported
from seawall.model import Layer, NotAssessed
from seawall.safe.limits import Limits
from seawall.sources.images.files import Files, document
from seawall.sources.images.image import Config, ImageSource, LayerSource, describe, fits, parse

T = TypeVar("T")

INDEX = "index.json"
DEFAULT_PLATFORM = "linux/amd64"
INDEX_DEPTH = 4
"""Indexes inside indexes. BuildKit nests two."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
_CONFIGS = ("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json", "")
_NAMES = ("io.containerd.image.name", "org.opencontainers.image.ref.name")
_ATTESTATION = "vnd.docker.reference.type"


class _Platform(msgspec.Struct, frozen=True):
    os: str = ""
    architecture: str = ""
    variant: str = ""


class _Descriptor(msgspec.Struct, frozen=True, rename="camel"):
    digest: str
    size: int = 0
    media_type: str = ""
    platform: _Platform | None = None
    annotations: dict[str, str] | None = None


class _Document(msgspec.Struct, frozen=True, rename="camel"):
    """An index, or a manifest."""

    schema_version: int = 2
    manifests: tuple[_Descriptor, ...] | None = None
    config: _Descriptor | None = None
    layers: tuple[_Descriptor, ...] | None = None


class _Found(msgspec.Struct, frozen=True):
    """A manifest of the layout; `group` tells the variants of one image from other images."""

    group: str
    name: str
    digest: str
    manifest: _Document
    config: Config


def read_layout(files: Files, *, platform: str | None, limits: Limits) -> tuple[ImageSource, ...]:
    """All images of the layout, of each the variant for `platform`. Raises InputError.

    With several variants and no choice, linux/amd64 is taken and the others are reported; without it none is.
    """
    layout = _Layout(files, limits)
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

    def __init__(self, files: Files, limits: Limits) -> None:
        self._files, self._limits = files, limits
        self.passed_over: list[str] = []
        self._seen: set[tuple[str, str]] = set()

    def images(self) -> Iterator[_Found]:
        """Every image of the layout, variants and all; the same one under one name only once."""
        where = f"{self._files.where}!/{INDEX}"
        index = parse(document(self._files, INDEX, self._limits), _Document, where=where, limits=self._limits)
        yield from self._below(index, group="", name="", depth=1)

    def _below(self, index: _Document, *, group: str, name: str, depth: int) -> Iterator[_Found]:
        if depth > INDEX_DEPTH:
            raise Unsupported(f"indexes nest more than {INDEX_DEPTH} deep", where=self._files.where)
        for entry in index.manifests or ():
            annotations = entry.annotations or {}
            platform = _show(entry.platform)
            if platform.startswith("unknown/") or _ATTESTATION in annotations:
                continue
            if _blob(entry.digest, self._files.where) not in self._files:
                self.passed_over.append(f"{platform or entry.digest} is listed but not there")
                continue
            own = next((annotations[key] for key in _NAMES if annotations.get(key)), name)
            if (group or own, entry.digest) in self._seen:
                continue
            self._seen.add((group or own, entry.digest))
            content = self._document(entry, _Document)
            # manifests side by side, without a name, are variants where they name a platform each, else images
            apart = group or own or (entry.digest if content.manifests is not None or not platform else "variants")
            if content.manifests is not None or entry.media_type in _INDEXES:
                yield from self._below(content, group=apart, name=own, depth=depth + 1)
            elif content.config and content.config.media_type in _CONFIGS:
                config = self._document(content.config, Config)
                yield _Found(apart, own, entry.digest, content, config)
            else:
                kind = content.config.media_type if content.config else f"schema version {content.schema_version}"
                self.passed_over.append(f"{own or entry.digest} is no container image ({kind})")

    def choose(self, found: list[_Found], platform: str | None) -> Iterator[ImageSource]:
        there = sorted({one.config.platform for one in found})
        wanted = platform or (DEFAULT_PLATFORM if len(there) > 1 else there[0])
        matching = [one for one in found if one.config.platform == wanted] or [
            one for one in found if fits(one.config.platform, wanted)
        ]
        where = found[0].name or self._files.where
        if not matching:
            hint = f"choose one: --platform {there[0]}"
            raise Unsupported(f"no image for {wanted}; there are {', '.join(there)}", where=where, hint=hint)
        others = [name for name in there if name != matching[0].config.platform]
        notes = [NotAssessed(what="image", where=self._files.where, why=why) for why in self.passed_over]
        self.passed_over = []  # said once, with the first image
        if others and not platform:
            why = f"{matching[0].config.platform} was taken; choose another with --platform"
            notes.append(NotAssessed(what=f"image for {', '.join(others)}", where=where, why=why))
        for one in matching:
            yield self._image(one, notes)

    def _image(self, found: _Found, notes: list[NotAssessed]) -> ImageSource:
        entries, diff_ids = found.manifest.layers or (), found.config.diff_ids
        file = self._files.where
        if len(entries) != len(diff_ids):
            what = f"{len(entries)} layers, but the configuration names {len(diff_ids)}"
            raise Malformed(what, where=f"{file}!/{found.digest}")
        sources, missing = [], list[NotAssessed]()
        for entry, diff_id in zip(entries, diff_ids, strict=True):
            why = self._unreadable(entry)
            if why:
                missing.append(NotAssessed(what="image layer", where=f"{file}!/{entry.digest}", why=why))
            sources.append(None if why else self._layer(entry, diff_id))
        layers = tuple(
            Layer(diff_id=diff_id, digest=entry.digest, size=entry.size)
            for entry, diff_id in zip(entries, diff_ids, strict=True)
        )
        image = describe(
            found.config,
            layers,
            name=_name(found.name, file),
            file=file,
            digest=found.digest,
            not_assessed=(*notes, *missing),
        )
        return ImageSource(image=image, layers=tuple(sources))

    def _layer(self, entry: _Descriptor, diff_id: str) -> LayerSource:
        blob = _blob(entry.digest, self._files.where)
        return LayerSource(
            where=f"{self._files.where}!/{entry.digest}",
            digest=entry.digest,
            diff_id=diff_id,
            size=entry.size,
            open=functools.partial(self._files.open, blob),
        )

    def _unreadable(self, entry: _Descriptor) -> str:
        """Why a layer cannot be read, "" where it can."""
        kind = entry.media_type
        if "encrypted" in kind:
            return "it is encrypted"
        if _blob(entry.digest, self._files.where) in self._files:
            return ""
        if "foreign" in kind or "nondistributable" in kind:
            return "it is kept elsewhere by its vendor (a foreign layer)"
        raise Malformed(f"the layer {entry.digest} is not there", where=self._files.where, hint="copy the image again")

    def _document(self, entry: _Descriptor, kind: type[T]) -> T:
        blob = _blob(entry.digest, self._files.where)
        content, where = document(self._files, blob, self._limits), f"{self._files.where}!/{blob}"
        algorithm, _, expected = entry.digest.partition(":")
        actual = hashlib.new(algorithm, content).hexdigest()
        if actual != expected:
            raise Malformed(f"its digest is {algorithm}:{actual}, not {entry.digest}", where=where)
        return parse(content, kind, where=where, limits=self._limits)


def _blob(digest: str, where: str) -> str:
    if not _DIGEST.fullmatch(digest):
        raise Malformed(f"{digest[:100]!r} is no digest", where=where)
    return f"blobs/{digest.replace(':', '/')}"


def _name(name: str, file: str) -> str:
    """A bare tag does not name an image; skopeo writes such a reference as PATH:TAG."""
    return name if ":" in name or "/" in name else f"{file}:{name}" if name else file


def _show(platform: _Platform | None) -> str:
    parts = (platform.os, platform.architecture, platform.variant) if platform else ()
    return "/".join(part for part in parts if part)
