"""Docker archives: `docker save`, `podman save`, kaniko and the like. `manifest.json` lists the images in one.

Layers are `<id>/layer.tar`, `<hex>.tar.gz` or `blobs/sha256/<hex>`, by whoever wrote it; what is in them tells how
they are packed. No digest of a layer as it was pushed is known: its diffID is what can be checked.
"""

from __future__ import annotations

import functools

import msgspec

from seawall.errors import Malformed, Unsupported
from seawall.model import Layer
from seawall.safe.limits import Limits
from seawall.sources.images.files import Files, document
from seawall.sources.images.image import Config, ImageSource, LayerSource, describe, fits, parse

MANIFEST = "manifest.json"


class _Entry(msgspec.Struct, frozen=True, rename="pascal"):
    config: str
    layers: tuple[str, ...] | None = None
    repo_tags: tuple[str, ...] | None = None


def read_archive(files: Files, *, platform: str | None, limits: Limits) -> tuple[ImageSource, ...]:
    """All images of the archive, those for `platform` where it is given. Raises InputError."""
    where = f"{files.where}!/{MANIFEST}"
    entries = parse(document(files, MANIFEST, limits), tuple[_Entry, ...], where=where, limits=limits)
    if not entries:
        raise Malformed("lists no image", where=where)
    images = tuple(_image(files, entry, limits) for entry in entries)
    fitting = tuple(image for image in images if fits(image.image.platform, platform or ""))
    if not fitting:
        there = ", ".join(sorted({image.image.platform for image in images}))
        raise Unsupported(f"no image for {platform}; there are {there}", where=files.where)
    return fitting


def _image(files: Files, entry: _Entry, limits: Limits) -> ImageSource:
    where = f"{files.where}!/{entry.config}"
    config = parse(document(files, entry.config, limits), Config, where=where, limits=limits)
    names, diff_ids = entry.layers or (), config.diff_ids
    if len(names) != len(diff_ids):
        raise Malformed(f"{len(names)} layers, but the configuration names {len(diff_ids)}", where=where)
    for name in names:
        if name not in files:
            raise Malformed(f"the image refers to the layer {name!r}, which is not there", where=files.where)
    sources = tuple(
        LayerSource(where=f"{files.where}!/{name}", diff_id=diff_id, open=functools.partial(files.open, name))
        for name, diff_id in zip(names, diff_ids, strict=True)
    )
    layers = tuple(Layer(diff_id=diff_id) for diff_id in diff_ids)
    name = next(iter(entry.repo_tags or ()), files.where)
    image = describe(config, layers, name=name, file=files.where)
    return ImageSource(image=image, layers=sources, config=config.original)
