"""Where image sources meet the catalogers: one archive or layout in, images with their packages out."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import msgspec

from seawall.catalogers import Evidence, assemble, catalog, exact_paths, wants, wants_program
from seawall.model import Image
from seawall.safe.names import as_text
from seawall.sources.images.image import ImageSource
from seawall.sources.images.opening import open_images
from seawall.sources.images.read import read
from seawall.workflows.settings import Settings


def images_in(path: Path, settings: Settings) -> tuple[ImageSource, ...]:
    """The images of an archive or layout, not read yet. Raises InputError."""
    return open_images(path, platform=settings.platform or None, limits=settings.limits)


def contents_of(source: ImageSource, settings: Settings) -> Image:
    """The image with its distro and packages. Raises InputError."""
    visit = partial(catalog, limits=settings.limits)
    read_image = read(
        source, wants=wants, wants_program=wants_program, visit=visit, exact=exact_paths(), limits=settings.limits
    )
    image, tree = read_image.image, read_image.tree
    evidence = (
        Evidence(
            path=as_text(path),
            versions=tuple((image.layers[index].diff_id, records) for index, records in tree.history(path)),
        )
        for path, _, _ in tree.results()
    )
    contents = assemble(evidence, canonical=lambda path: tree.resolve(path) or path)
    return msgspec.structs.replace(
        image,
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
