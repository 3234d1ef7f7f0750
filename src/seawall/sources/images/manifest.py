"""Manifests and indexes (OCI image-spec, and Docker's of the same shape), wherever they are kept; the choice of one.

A layout on disk and a registry differ in how a document is fetched, not in what it says.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from seawall.errors import Malformed, Unsupported
from seawall.model import Layer, NotAssessed
from seawall.sources.images.files import OpenFile
from seawall.sources.images.image import Config, ImageSource, LayerSource, describe, fits

T = TypeVar("T")

DEFAULT_PLATFORM = "linux/amd64"
DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
_CONFIGS = ("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json", "")
_ATTESTATION = "vnd.docker.reference.type"


class Platform(msgspec.Struct, frozen=True):
    os: str = ""
    architecture: str = ""
    variant: str = ""


class Descriptor(msgspec.Struct, frozen=True, rename="camel"):
    """What a document says of another one, or of a layer."""

    digest: str
    size: int = 0
    media_type: str = ""
    artifact_type: str = ""
    platform: Platform | None = None
    annotations: dict[str, str] | None = None

    @property
    def shown_platform(self) -> str:
        """`os/arch[/variant]`, "" where it is not said."""
        parts = (self.platform.os, self.platform.architecture, self.platform.variant) if self.platform else ()
        return "/".join(part for part in parts if part)

    @property
    def is_attestation(self) -> bool:
        """True for what BuildKit puts beside the images: provenance and SBOMs."""
        return self.shown_platform.startswith("unknown/") or _ATTESTATION in (self.annotations or {})


class Document(msgspec.Struct, frozen=True, rename="camel"):
    """An index, or a manifest."""

    schema_version: int = 2
    media_type: str = ""
    manifests: tuple[Descriptor, ...] | None = None
    config: Descriptor | None = None
    layers: tuple[Descriptor, ...] | None = None
    annotations: dict[str, str] | None = None

    @property
    def image_config(self) -> Descriptor | None:
        """The configuration of a container image; None where this is no manifest of one."""
        return self.config if self.config and self.config.media_type in _CONFIGS else None

    @property
    def kind(self) -> str:
        """What it is where it is no image, for people."""
        return self.config.media_type if self.config else f"schema version {self.schema_version}"


def choose(
    found: Sequence[T], platform_of: Callable[[T], str], wanted: str | None, *, where: str
) -> tuple[list[T], list[NotAssessed]]:
    """The variants for the platform `wanted`, and a note on those passed over where none was wanted.

    With several variants and no choice, linux/amd64 is taken. Raises Unsupported where none fits.
    """
    there = sorted({platform_of(one) for one in found})
    platform = wanted or (DEFAULT_PLATFORM if len(there) > 1 else there[0])
    matching = [one for one in found if platform_of(one) == platform] or [
        one for one in found if fits(platform_of(one), platform)
    ]
    if not matching:
        hint = f"choose one: --platform {there[0]}"
        raise Unsupported(f"no image for {platform}; there are {', '.join(there)}", where=where, hint=hint)
    others = [name for name in there if name != platform_of(matching[0])]
    if not others or wanted:
        return matching, []
    why = f"{platform_of(matching[0])} was taken; choose another with --platform"
    return matching, [NotAssessed(what=f"image for {', '.join(others)}", where=where, why=why)]


def image_source(
    manifest: Document,
    config: Config,
    *,
    digest: str,
    name: str,
    file: str,
    open_layer: Callable[[Descriptor], Callable[[], OpenFile]],
    there: Callable[[Descriptor], bool],
    notes: Sequence[NotAssessed],
    unpacked: Sequence[Path | None] | None = None,
) -> ImageSource:
    """The image of a manifest, its layers opened only when they are read. `file` says where it is. Raises Malformed.

    `unpacked`, where it is given, has for each layer the folder that stands in for an archive that is not there.
    """
    entries, diff_ids = manifest.layers or (), config.diff_ids
    if len(entries) != len(diff_ids):
        what = f"{len(entries)} layers, but the configuration names {len(diff_ids)}"
        raise Malformed(what, where=f"{file}!/{digest}")
    layers, missing = list[LayerSource | None](), list[NotAssessed]()
    for entry, diff_id, folder in zip(entries, diff_ids, unpacked or [None] * len(entries), strict=True):
        where = f"{file}!/{entry.digest}"
        if folder and not there(entry):
            layers.append(LayerSource(where=str(folder), diff_id=diff_id, size=entry.size, folder=folder))
            continue
        if why := _unreadable(entry, there, file, kept=unpacked is None):
            missing.append(NotAssessed(what="image layer", where=where, why=why))
            layers.append(None)
            continue
        layers.append(
            LayerSource(where=where, digest=entry.digest, diff_id=diff_id, size=entry.size, open=open_layer(entry))
        )
    described = tuple(
        Layer(diff_id=diff_id, digest=entry.digest, size=entry.size)
        for entry, diff_id in zip(entries, diff_ids, strict=True)
    )
    image = describe(
        config,
        described,
        name=name,
        file=file,
        digest=digest,
        annotations=manifest.annotations,
        not_assessed=(*notes, *missing),
    )
    return ImageSource(image=image, layers=tuple(layers), config=config.original)


def checked(content: bytes, digest: str, *, where: str) -> bytes:
    """The content, if that is its digest. Raises Malformed."""
    algorithm, _, expected = well_formed(digest, where).partition(":")
    actual = hashlib.new(algorithm, content).hexdigest()
    if actual != expected:
        raise Malformed(f"its digest is {algorithm}:{actual}, not {digest}", where=where)
    return content


def well_formed(digest: str, where: str) -> str:
    """The digest. Raises Malformed for what is none."""
    if not DIGEST.fullmatch(digest):
        raise Malformed(f"{digest[:100]!r} is no digest", where=where)
    return digest


def _unreadable(entry: Descriptor, there: Callable[[Descriptor], bool], where: str, *, kept: bool) -> str:
    """Why a layer cannot be read, "" where it can. Where layers are `kept`, one that is not there is an error."""
    well_formed(entry.digest, where)
    if "encrypted" in entry.media_type:
        return "it is encrypted"
    if there(entry):
        return ""
    if "foreign" in entry.media_type or "nondistributable" in entry.media_type:
        return "it is kept elsewhere by its vendor (a foreign layer)"
    if not kept:
        return "the store has thrown its archive away and has it nowhere unpacked in a folder"
    raise Malformed(f"the layer {entry.digest} is not there", where=where, hint="copy the image again")
