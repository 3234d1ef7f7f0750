"""What an image's own documents say of it, before any layer is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from seawall.errors import Malformed
from seawall.model import Image, Layer, NotAssessed
from seawall.safe import json
from seawall.safe.limits import Limits
from seawall.sources.images.base import guess
from seawall.sources.images.files import OpenFile

T = TypeVar("T")


class _Health(msgspec.Struct, frozen=True, rename="pascal"):
    test: tuple[str, ...] | None = None


class _Run(msgspec.Struct, frozen=True, rename="pascal"):
    user: str | None = None
    entrypoint: tuple[str, ...] | None = None
    cmd: tuple[str, ...] | None = None
    labels: dict[str, str] | None = None
    env: tuple[str, ...] | None = None
    exposed_ports: dict[str, object] | None = None
    volumes: dict[str, object] | None = None
    working_dir: str | None = None
    healthcheck: _Health | None = None


class _History(msgspec.Struct, frozen=True):
    created_by: str | None = None
    empty_layer: bool = False


class _RootFs(msgspec.Struct, frozen=True):
    diff_ids: tuple[str, ...] | None = None


class Config(msgspec.Struct, frozen=True):
    """The image configuration (OCI image-spec config.md; Docker's has the same fields)."""

    architecture: str = ""
    os: str = ""
    variant: str = ""
    created: str | None = None
    config: _Run | None = None
    rootfs: _RootFs = _RootFs()
    history: tuple[_History, ...] | None = None

    original: dict[str, Any] = {}
    """The whole document, set by `parse`."""

    @property
    def platform(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)

    @property
    def diff_ids(self) -> tuple[str, ...]:
        return self.rootfs.diff_ids or ()


def _nothing() -> OpenFile:
    raise NotImplementedError("a folder has no archive to open")


class LayerSource(msgspec.Struct, frozen=True, kw_only=True):
    """A layer that can be opened as often as needed. `digest` and `diff_id` are claims, checked while reading.

    A `folder` is read as it lies, and has nothing to `open`.
    """

    where: str
    digest: str = ""
    diff_id: str = ""
    size: int = 0
    open: Callable[[], OpenFile] = _nothing
    folder: Path | None = None


class ImageSource(msgspec.Struct, frozen=True, kw_only=True):
    """One image of one platform. `image` holds what its documents say; `layers` match `image.layers`, lowest first.

    `layers` has None in the place of a layer that is not there to be read; `image.not_assessed` then says so.
    `cataloged`: the image has its packages already, for it was read from an SBOM. `config` is the image's whole
    configuration as it was read, empty where there is none.
    """

    image: Image
    layers: tuple[LayerSource | None, ...]
    cataloged: bool = False
    config: Mapping[str, Any] = {}


def fits(platform: str, wanted: str) -> bool:
    """True where `wanted` names the platform, or leaves its variant open."""
    return not wanted or f"{platform}/".startswith(f"{wanted}/")


def parse(data: bytes, kind: type[T], *, where: str, limits: Limits) -> T:
    """A JSON document as `kind`. Raises Malformed with the field that is wrong, or LimitExceeded."""
    try:
        document = json.load(data, where=where, limits=limits)
        parsed = msgspec.convert(document, kind)
    except (msgspec.ValidationError, UnicodeDecodeError) as error:
        raise Malformed(f"not the document it should be: {error}", where=where) from None
    return msgspec.structs.replace(parsed, original=document) if isinstance(parsed, Config) else parsed


def describe(
    config: Config,
    layers: tuple[Layer, ...],
    *,
    name: str,
    file: str,
    digest: str = "",
    annotations: Mapping[str, str] | None = None,
    not_assessed: tuple[NotAssessed, ...] = (),
) -> Image:
    """The facts of the configuration as the model has them, each layer with the instruction that made it.

    `annotations` are those of the manifest, which say more of the base image than labels do.
    """
    run = config.config or _Run()
    history = [(step.created_by or "", not step.empty_layer) for step in config.history or ()]
    steps = [by for by, made_layer in history if made_layer]
    if len(steps) == len(layers):
        layers = tuple(msgspec.structs.replace(layer, created_by=by) for layer, by in zip(layers, steps, strict=True))
    else:
        history = []
    return Image(
        name=name,
        file=file,
        digest=digest,
        platform=config.platform,
        created=config.created or "",
        user=run.user or "",
        entrypoint=run.entrypoint or (),
        command=run.cmd or (),
        labels=run.labels or {},
        base=guess({**(run.labels or {}), **(annotations or {})}, history),
        env=run.env or (),
        ports=tuple(sorted(run.exposed_ports or ())),
        volumes=tuple(sorted(run.volumes or ())),
        working_dir=run.working_dir or "",
        healthcheck=(run.healthcheck.test or ()) if run.healthcheck else (),
        history=tuple(step.created_by or "" for step in config.history or ()),
        layers=layers,
        not_assessed=not_assessed,
    )
