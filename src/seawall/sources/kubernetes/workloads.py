"""Manifests whose pods run containers, each with the place of its pod in the file, so that it can be changed there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from seawall.errors import SeawallError
from seawall.model import NotAssessed
from seawall.safe import files
from seawall.safe.limits import DEFAULT, Limits
from seawall.safe.yaml import Document, Pointer

_TEMPLATE: Pointer = ("spec", "template", "spec")
PODS: Mapping[str, Pointer] = {
    "Pod": ("spec",),
    "Deployment": _TEMPLATE,
    "StatefulSet": _TEMPLATE,
    "DaemonSet": _TEMPLATE,
    "ReplicaSet": _TEMPLATE,
    "ReplicationController": _TEMPLATE,
    "Job": _TEMPLATE,
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
"""By kind: where its pod's specification is."""


class Workload(msgspec.Struct, frozen=True, kw_only=True):
    """One manifest that makes pods. `at` is where the pod's specification is in document `document` of its file."""

    kind: str
    name: str
    document: int
    at: Pointer
    manifest: Mapping[str, Any]
    pod: Mapping[str, Any]


class ManifestFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file with workloads; `text` as it stands there."""

    path: Path
    text: str
    documents: tuple[Document, ...]
    workloads: tuple[Workload, ...]


def workloads(place: Path, limits: Limits = DEFAULT) -> tuple[tuple[ManifestFile, ...], tuple[NotAssessed, ...]]:
    """The YAML files at `place`, a folder or a file, that hold workloads; and what could not be read.

    Raises Unreadable for a place that is none.
    """
    unread: list[NotAssessed] = []
    found: list[ManifestFile] = []

    def unreadable(path: Path, why: str) -> None:
        unread.append(NotAssessed(what="file or folder", where=str(path), why=why))

    for path in [place] if place.is_file() else files.walk(place, on_error=unreadable, limits=limits):
        if path.suffix.lower() not in (".yaml", ".yml") and path != place:
            continue
        data = b""
        try:
            data = files.read(path, limit="yaml_bytes", limits=limits)
            if file := _file(path, data, limits):
                found.append(file)
        except (SeawallError, UnicodeDecodeError) as error:
            message = error.message if isinstance(error, SeawallError) else "it is not UTF-8"
            why = "a template: give what `helm template` makes of it" if b"{{" in data else message
            unread.append(NotAssessed(what="manifest", where=str(path), why=why))
    return tuple(sorted(found, key=lambda each: each.path)), tuple(sorted(unread))


def _file(path: Path, data: bytes, limits: Limits) -> ManifestFile | None:
    from seawall.safe import yaml

    documents = yaml.load_all(data, where=str(path), limits=limits)
    found = tuple(each for number, document in enumerate(documents) for each in _workloads(document.value, number, ()))
    return ManifestFile(path=path, text=data.decode(), documents=documents, workloads=found) if found else None


def _workloads(value: Any, document: int, at: Pointer) -> Iterator[Workload]:
    """One manifest, or those of a `List`."""
    if not isinstance(value, dict):
        return
    kind = value.get("kind")
    if isinstance(kind, str) and kind.endswith("List") and isinstance(value.get("items"), list):
        for number, item in enumerate(value["items"]):
            yield from _workloads(item, document, (*at, "items", number))
    if not isinstance(kind, str) or kind not in PODS:
        return
    pod: Any = value
    for step in PODS[kind]:
        pod = pod.get(step) if isinstance(pod, dict) else None
    containers = pod.get("containers") if isinstance(pod, dict) else None
    if not isinstance(containers, list) or not all(isinstance(each, dict) for each in containers):
        return
    metadata = value.get("metadata")
    name = str(metadata.get("name") or "") if isinstance(metadata, dict) else ""
    yield Workload(kind=kind, name=name, document=document, at=(*at, *PODS[kind]), manifest=value, pod=pod)
