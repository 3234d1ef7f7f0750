"""Container images and what is in them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from seawall.model.contents import Contents
from seawall.model.location import NotAssessed


class Distro(msgspec.Struct, frozen=True, kw_only=True):
    """The operating system, from os-release: `id` (debian, alpine, azurelinux…), `version` as VERSION_ID says it."""

    id: str
    version: str = ""
    name: str = ""
    like: tuple[str, ...] = ()


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """An installed package.

    `type` is the purl type (deb, apk, rpm, pypi, npm, maven…); `namespace` that of the purl (debian, a Maven group,
    an npm scope with its @). `source` and `source_version` are the source package's, "" where they are the package's
    own. `path` is the evidence file inside the image, `!/` between a jar and its inner jar. `owner` names the OS
    package that owns the evidence file: such a package is judged by its distro's advisories, never by its language's.
    `files` are the paths that an OS package says it owns, relative to the root, kept only where they are evidence.
    `layer` is the diffID of the layer that brought it. `origin` is the vendor or repository where not the distro.
    `module` is the stream of a modular rpm, as `name:stream`. `image` is the `id` of the image that holds it, as a
    report's coverage has it; "" until a report is made. `claimed` names the attached SBOM that lists it where nothing
    else in the image was seen of it; nobody has checked that SBOM.
    """

    type: str
    namespace: str = ""
    name: str
    version: str
    arch: str = ""
    source: str = ""
    source_version: str = ""
    path: str = ""
    layer: str = ""
    owner: str = ""
    origin: str = ""
    module: str = ""
    purl: str = ""
    files: tuple[str, ...] = ()
    image: str = ""
    claimed: str = ""


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """A layer: `diff_id` and `digest` as the image's own documents claim them, `created_by` from the history."""

    diff_id: str
    digest: str = ""
    size: int = 0
    created_by: str = ""


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """The image that an image was built from. `layers` is how many of the lowest layers it brought, 0 where not known.

    `why` says who says so: `its labels`, `its history`, `an image scanned before`.
    """

    name: str = ""
    digest: str = ""
    layers: int = 0
    why: str


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """One image of one platform, read whole.

    `name` is what the user would call it: a tag where there is one, else the path. `platform` is `os/arch[/variant]`.
    `base` is None where nothing tells what it was built from.
    `configuration` are the files, by path, that say where its packages come from: repositories and their keys.
    `history` are all build steps, oldest first, those without a layer too. `contents` is None where the files were not
    looked at.
    """

    name: str
    file: str = ""
    digest: str = ""
    platform: str = ""
    created: str = ""
    user: str = ""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    labels: Mapping[str, str] = {}
    env: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    working_dir: str = ""
    healthcheck: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    distro: Distro | None = None
    base: Base | None = None
    layers: tuple[Layer, ...] = ()
    packages: tuple[Package, ...] = ()
    configuration: Mapping[str, bytes] = {}
    not_assessed: tuple[NotAssessed, ...] = ()
    contents: Contents | None = None
