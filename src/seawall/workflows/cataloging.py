"""Where the layers of an image meet the catalogers: an image that nobody has read yet in, the same with its packages
out."""

from __future__ import annotations

from typing import Any

import msgspec

from seawall.catalogers import Evidence, assemble, catalog, exact_paths, wants, wants_program
from seawall.catalogers.records import Records, pack, unpack
from seawall.contents import inspect as inside
from seawall.contents.assemble import assemble as contents_of
from seawall.model import Image
from seawall.safe.limits import Limits
from seawall.safe.names import as_text
from seawall.sources.images.cache import Kept
from seawall.sources.images.image import ImageSource
from seawall.sources.images.read import read

_HEAD = 4096


class Found(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """What was made of one file: by the catalogers, and as one of the image's contents."""

    packages: Records
    noted: inside.Noted


def cataloged(source: ImageSource, limits: Limits, kept: Kept[Any] | None, *, packages_only: bool = False) -> Image:
    """The image with its distro and packages, and unless only these are wanted, its contents. Raises SeawallError.

    DiffIDs are not checked: every byte that counts is checked against the digest in the manifest, where there is one,
    and a diffID serves here only to name a layer.
    """

    def either(path: str, head: bytes) -> bool:
        return inside.wants_program(path, head) or wants_program(path, head)

    read_image = read(
        source,
        wants=wants,
        wants_program=wants_program if packages_only else either,
        also=None if packages_only else inside.wants,
        visit=lambda path, content: _visit(path, content, limits, packages_only),
        exact=exact_paths(),
        limits=limits,
        verify=False,
        kept=kept,
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
        contents=None if packages_only else contents_of(image, tree, noted),
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


def _visit(path: str, content: bytes, limits: Limits, packages_only: bool) -> Found:
    """The catalogers see what they ask for, and nothing of what only the contents want."""
    if packages_only:
        return Found(pack(catalog(path, content, limits)), inside.Noted())
    asked = wants(path) or wants_program(path, content[:_HEAD])
    return Found(pack(catalog(path, content, limits) if asked else ()), inside.inspect(path, content))
