"""The one way in for images on disk: archives, layouts, and unpacked root file systems."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from typing import Literal

from seawall.errors import InputError, Unsupported
from seawall.safe import tar
from seawall.safe.compression import open_stream
from seawall.safe.limits import DEFAULT, MIB, Limits
from seawall.sources.images.archive import MANIFEST, read_archive
from seawall.sources.images.files import Archive, Files, Folder, open_file, readable
from seawall.sources.images.image import ImageSource
from seawall.sources.images.oci_layout import INDEX, read_layout
from seawall.sources.images.rootfs import is_rootfs, open_rootfs

Kind = Literal["oci-layout", "rootfs", "image-archive"]

_LOOK = Limits(layer_bytes=4 * MIB)
LOOKED_AT = 16
"""Members by which an archive is recognised: writers sort them or begin with layers, configuration or `oci-layout`."""

_TELLING = re.compile(
    r"oci-layout|index\.json|manifest\.json|repositories|blobs(/sha256(/[0-9a-f]{64})?)?"
    r"|(sha256:)?[0-9a-f]{64}(\.json|\.tar|\.tar\.gz|/.*)?"
)


def recognise(path: Path) -> Kind | None:
    """What kind of image source this is, by a few names in it; None for anything else, whatever it is."""
    if path.is_dir():
        try:
            layout = (path / "oci-layout").is_file() and (path / INDEX).is_file()
            return "oci-layout" if layout else "rootfs" if is_rootfs(path) else None
        except PermissionError:
            return None
    try:
        with open_file(path) as file:
            start = file.read(512)
            packed = start[:2] == b"\x1f\x8b" or start[:4] == b"\x28\xb5\x2f\xfd"
            if not packed and start[257:262] != b"ustar":
                return None
            file.seek(0)
            members = tar.walk(open_stream(file, where=str(path), limits=_LOOK), where=str(path))
            telling = any(_TELLING.fullmatch(member.name) for member in islice(members, LOOKED_AT))
    except InputError:
        return None
    return "image-archive" if telling else None


def open_images(path: Path, *, platform: str | None = None, limits: Limits = DEFAULT) -> tuple[ImageSource, ...]:
    """The images in a folder or archive, of each one platform (`os/arch[/variant]`). Raises InputError.

    Current `docker save` writes both kinds of documents; the OCI ones say more, and every digest can be checked.
    """
    with readable(str(path)):
        return _images(path, platform, limits)


def _images(path: Path, platform: str | None, limits: Limits) -> tuple[ImageSource, ...]:
    if path.is_dir() and recognise(path) == "rootfs":
        return (open_rootfs(path),)
    return images_in(Folder(path) if path.is_dir() else Archive(path, limits=limits), platform, limits)


def images_in(files: Files, platform: str | None, limits: Limits) -> tuple[ImageSource, ...]:
    """The images in these files, as `open_images`. Raises InputError."""
    if INDEX in files and ("oci-layout" in files or MANIFEST not in files):
        return read_layout(files, platform=platform, limits=limits)
    if MANIFEST in files:
        return read_archive(files, platform=platform, limits=limits)
    if "repositories" in files:
        raise Unsupported(
            "written by a Docker before 1.10", where=files.where, hint="load and save it with a newer one"
        )
    hint = "give a `docker save` archive or an OCI layout"
    raise Unsupported(f"holds no image: neither {INDEX} nor {MANIFEST} is there", where=files.where, hint=hint)
