"""What is to be changed in an image, and what was written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from seawall.safe.packing import Packing, Sink

Format = Literal["oci", "archive"]
"""`oci` is an OCI layout in a folder; `archive` one in a tar file, which `docker load` reads as well."""


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """A layer put on top. `write` writes it, a plain tar archive; `created_by` is what the history says of it."""

    write: Callable[[Sink], None]
    created_by: str


class Rewrite(msgspec.Struct, frozen=True, kw_only=True):
    """The changes. None and nothing leave a thing as it is.

    `remove` are paths as a container sees them, without links and leading slash; a folder goes with all in it, from
    every layer. `hidden` are single entries of a layer, by its diffID and the name there. The files at the paths
    `plain` lose their setuid and setgid bits, in every layer. `labels`, `environment` and `annotations` are set beside
    those that are there. `created` is a time in RFC 3339; without it the image keeps its own. `note` is what the
    history says where layers were rewritten.
    `provenance` is the predicate of an in-toto statement (`predicate_type`), kept beside the image; nothing is signed.
    """

    remove: frozenset[str] = frozenset()
    hidden: frozenset[tuple[str, str]] = frozenset()
    plain: frozenset[str] = frozenset()
    add: tuple[Added, ...] = ()
    user: str | None = None
    entrypoint: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    environment: Mapping[str, str] = {}
    labels: Mapping[str, str] = {}
    annotations: Mapping[str, str] = {}
    created: str = ""
    note: str = ""
    name: str = ""
    packing: Packing = "gzip-fast"
    provenance: Mapping[str, Any] | None = None
    predicate_type: str = "https://slsa.dev/provenance/v1"


class WrittenLayer(msgspec.Struct, frozen=True, kw_only=True):
    """A layer of the new image; sizes in bytes as stored. `before` is its digest in the old image, "" for a new one."""

    digest: str
    diff_id: str
    size: int
    before: str = ""
    changed: bool = False


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """The image that was written. `digest` is its manifest's; `statement` that of its provenance, "" without one."""

    path: Path
    digest: str
    layers: tuple[WrittenLayer, ...]
    statement: str = ""
