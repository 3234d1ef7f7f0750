"""An image written as an OCI layout, in a folder or an archive: whole, or not at all.

The documents follow the OCI image-spec 1.1 (manifest.md, config.md, image-layout.md). The statement of provenance is a
manifest with the image as its `subject`. It is listed in `referrers.json`, as a registry's referrers API would answer,
and not in the index: Syft refuses a layout whose index has more than the one image, and skopeo one without a choice.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from seawall.errors import Unsupported, UsageError
from seawall.remedies.images.layers import Removal, add_layer, write_layer
from seawall.remedies.images.rewrite import Format, Rewrite, Written, WrittenLayer
from seawall.safe.limits import DEFAULT, Limits
from seawall.safe.packing import write_archive
from seawall.sources.images.image import ImageSource

_INDEX = "application/vnd.oci.image.index.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"
_STATEMENT = "application/vnd.in-toto+json"


def write(
    source: ImageSource,
    rewrite: Rewrite,
    out: Path,
    *,
    form: Format = "oci",
    force: bool = False,
    limits: Limits = DEFAULT,
) -> Written:
    """Write the image with its changes to `out`, which is not there until all is written.

    Raises UsageError where `out` is there already (without `force`) or cannot be written, InputError for the image.
    """
    if os.path.lexists(out) and not force:
        raise UsageError("is there already", where=str(out), hint="name another place, or say --force")
    if not source.config or None in source.layers:
        why = "a layer of it is not there" if source.config else "it was not read from an image with a configuration"
        raise Unsupported(f"the image cannot be written anew: {why}", where=source.image.name)
    if out.is_dir() and not out.is_symlink() and form == "oci" and not _replaceable(out):
        raise UsageError("is a folder with something else in it", where=str(out), hint="name another place")
    new = out.absolute().with_name(f".{out.name}.{secrets.token_hex(4)}.tmp")
    try:
        new.mkdir()
        written = _fill(source, rewrite, new, form, limits)
        if form == "archive":
            packed = new.with_name(f"{new.name}.tar")
            write_archive(new, packed)
            _put(packed, out)
        else:
            _put(new, out)
    except OSError as error:
        hint = "name another place, or make room there"
        raise UsageError(f"cannot be written: {error.strerror or error}", where=str(out), hint=hint) from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
        with suppress(OSError):
            new.with_name(f"{new.name}.tar").unlink()
    return Written(path=out, digest=written.digest, layers=written.layers, statement=written.statement)


def _replaceable(folder: Path) -> bool:
    return (folder / "oci-layout").is_file() or not any(folder.iterdir())


def _put(new: Path, out: Path) -> None:
    """Move to its place; a folder that was there is moved away first, and back should that fail."""
    if not out.is_dir() or out.is_symlink():
        new.replace(out)
        return
    if not new.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    old = new.with_name(f"{new.name}.old")
    out.replace(old)
    try:
        new.replace(out)
    except BaseException:
        old.replace(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _fill(source: ImageSource, rewrite: Rewrite, folder: Path, form: Format, limits: Limits) -> Written:
    blobs = folder / "blobs"
    (blobs / "sha256").mkdir(parents=True)
    removal = Removal(rewrite)
    layers = [
        write_layer(layer, removal, blobs, packing=rewrite.packing, limits=limits) for layer in source.layers if layer
    ]
    layers += [add_layer(added, blobs, packing=rewrite.packing) for added in rewrite.add]
    config = _put_document(blobs, _config(source, rewrite, layers), _CONFIG)
    entries = [_layer_entry(blobs, layer) for layer in layers]
    manifest: dict[str, Any] = {"schemaVersion": 2, "mediaType": _MANIFEST, "config": config, "layers": entries}
    if rewrite.annotations:
        manifest["annotations"] = dict(sorted(rewrite.annotations.items()))
    image = _put_document(blobs, manifest, _MANIFEST)
    system, architecture, *variant = [*source.image.platform.split("/"), "", ""][:3]
    image["platform"] = {"architecture": architecture, "os": system} | ({"variant": variant[0]} if variant[0] else {})
    statement = _statement(blobs, rewrite, source, image) if rewrite.provenance is not None else None
    if statement:
        referrers = {"schemaVersion": 2, "mediaType": _INDEX, "manifests": [statement]}
        (folder / "referrers.json").write_bytes(_encode(referrers))
    name = rewrite.name
    annotations = {"org.opencontainers.image.ref.name": name.rpartition(":")[2]} if name else {}
    annotations |= {"io.containerd.image.name": name} if "/" in name or ":" in name else {}
    index = {"schemaVersion": 2, "mediaType": _INDEX, "manifests": [image | {"annotations": annotations}]}
    (folder / "index.json").write_bytes(_encode(index))
    (folder / "oci-layout").write_bytes(b'{"imageLayoutVersion":"1.0.0"}')
    if form == "archive":
        docker = {
            "Config": _blob_name(config["digest"]),
            "RepoTags": [name] if ":" in name else [],
            "Layers": [_blob_name(layer.digest) for layer in layers],
        }
        (folder / "manifest.json").write_bytes(_encode([docker]))
    digest = statement["digest"] if statement else ""
    return Written(path=folder, digest=image["digest"], layers=tuple(layers), statement=digest)


def _config(source: ImageSource, rewrite: Rewrite, layers: list[WrittenLayer]) -> dict[str, Any]:
    """The configuration with the changes; fields that are not known here stay."""
    config = dict(source.config)
    run = dict(config.get("config") or {})
    if rewrite.user is not None:
        run["User"] = rewrite.user
    if rewrite.entrypoint is not None:
        run["Entrypoint"] = list(rewrite.entrypoint)
    if rewrite.command is not None:
        run["Cmd"] = list(rewrite.command)
    if rewrite.labels:
        run["Labels"] = {**(run.get("Labels") or {}), **rewrite.labels}
    if rewrite.environment:
        kept = [entry for entry in run.get("Env") or [] if entry.partition("=")[0] not in rewrite.environment]
        run["Env"] = [*kept, *(f"{name}={value}" for name, value in rewrite.environment.items())]
    if run:
        config["config"] = run
    if rewrite.created:
        config["created"] = rewrite.created
    time = {"created": config["created"]} if config.get("created") else {}
    history = list(config.get("history") or [])
    if rewrite.note:
        history.append({**time, "created_by": rewrite.note, "empty_layer": True})
    config["history"] = history + [{**time, "created_by": added.created_by} for added in rewrite.add]
    config["rootfs"] = {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]}
    return config


def _statement(blobs: Path, rewrite: Rewrite, source: ImageSource, image: Mapping[str, Any]) -> dict[str, Any]:
    """The in-toto statement on the new image, as a manifest that refers to it."""
    algorithm, _, value = image["digest"].partition(":")
    content = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": rewrite.name or source.image.name, "digest": {algorithm: value}}],
        "predicateType": rewrite.predicate_type,
        "predicate": rewrite.provenance,
    }
    blob = _put_document(blobs, content, _STATEMENT)
    blob["annotations"] = {"in-toto.io/predicate-type": rewrite.predicate_type}
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "artifactType": _STATEMENT,
        "config": _put_document(blobs, {}, "application/vnd.oci.empty.v1+json"),
        "layers": [blob],
        "subject": {key: image[key] for key in ("mediaType", "digest", "size")},
    }
    return _put_document(blobs, manifest, _MANIFEST) | {"artifactType": _STATEMENT}


def _layer_entry(blobs: Path, layer: WrittenLayer) -> dict[str, Any]:
    with (blobs / layer.digest.replace(":", "/")).open("rb") as file:
        start = file.read(4)
    packed = "+gzip" if start[:2] == b"\x1f\x8b" else "+zstd" if start == b"\x28\xb5\x2f\xfd" else ""
    return {"mediaType": f"{_LAYER}{packed}", "digest": layer.digest, "size": layer.size}


def _put_document(blobs: Path, document: Mapping[str, Any], kind: str) -> dict[str, Any]:
    content = _encode(document)
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    (blobs / digest.replace(":", "/")).write_bytes(content)
    return {"mediaType": kind, "digest": digest, "size": len(content)}


def _blob_name(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _encode(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
