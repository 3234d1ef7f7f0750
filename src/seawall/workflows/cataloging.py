"""Where the layers of an image meet the catalogers: an image that nobody has read yet in, the same with its packages
out."""

from __future__ import annotations

from typing import Any

import msgspec

from seawall.catalogers import Evidence, assemble, catalog, exact_paths, wants, wants_program
from seawall.catalogers.records import pack, unpack
from seawall.model import Image
from seawall.safe.limits import Limits
from seawall.safe.names import as_text
from seawall.sources.images.cache import Kept
from seawall.sources.images.image import ImageSource
from seawall.sources.images.read import read


def cataloged(source: ImageSource, limits: Limits, kept: Kept[Any] | None) -> Image:
    """The image with its distro and packages. Raises SeawallError.

    DiffIDs are not checked: every byte that counts is checked against the digest in the manifest, where there is one,
    and a diffID serves here only to name a layer.
    """
    read_image = read(
        source,
        wants=wants,
        wants_program=wants_program,
        visit=lambda path, content: pack(catalog(path, content, limits)),
        exact=exact_paths(),
        limits=limits,
        verify=False,
        kept=kept,
    )
    image, tree = read_image.image, read_image.tree
    evidence = (
        Evidence(
            path=as_text(path),
            versions=tuple((image.layers[index].diff_id, unpack(found)) for index, found in tree.history(path)),
        )
        for path, _, _ in tree.results()
    )
    contents = assemble(evidence, canonical=lambda path: tree.resolve(path) or path)
    return msgspec.structs.replace(
        image,
        distro=contents.distro,
        packages=contents.packages,
        configuration=contents.configuration,
        not_assessed=(
            *image.not_assessed,
            *(
                msgspec.structs.replace(each, where=f"{image.name}!/{each.where}" if each.where else image.name)
                for each in contents.not_assessed
            ),
        ),
    )
