"""An inventory of Kubernetes manifests: what has to move when the cluster is replaced.

Read are YAML and JSON, single manifests and lists: a folder of source control as well as what `kubectl get -o yaml`
(or `json`) exports.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seawall.errors import SeawallError
from seawall.model import Item, NotAssessed
from seawall.safe import files
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.kubernetes.moving import moving

_OF_AKS = ("addonmanager.kubernetes.io/mode", "kubernetes.azure.com/managedby")
"""Labels of what AKS itself puts into every cluster."""

_SUFFIXES = (".yaml", ".yml", ".json")


def inventory(place: Path, limits: Limits = DEFAULT) -> tuple[tuple[Item, ...], tuple[NotAssessed, ...]]:
    """What the manifests at `place`, a folder or a file, hold that has to move, sorted, and what could not be read.

    Left out is what a new cluster makes by itself: what AKS labels as its own, and what another object owns (the pods
    of a deployment). Raises Unreadable for a place that is none.
    """
    found: set[Item] = set()
    unread: list[NotAssessed] = []

    def unreadable(path: Path, why: str) -> None:
        unread.append(NotAssessed(what="file or folder", where=str(path), why=why))

    walked = [place] if place.is_file() else files.walk(place, on_error=unreadable, limits=limits)
    for path in walked:
        if path.suffix.lower() not in _SUFFIXES and path != place:
            continue
        data = b""
        try:
            data = files.read(path, limit="yaml_bytes", limits=limits)
            found.update(_items(data, path, limits))
        except SeawallError as error:
            why = "a template: give what `helm template` makes of it" if b"{{" in data else error.message
            unread.append(NotAssessed(what="manifest", where=error.where or str(path), why=why))
    return tuple(sorted(found)), tuple(sorted(unread))


def _items(data: bytes, path: Path, limits: Limits) -> Iterator[Item]:
    from seawall.safe import yaml  # JSON is YAML

    for document in yaml.load_all(data, where=str(path), limits=limits):
        for manifest in _listed(document.value):
            if not _made_by_itself(manifest):
                yield from moving(manifest)


def _listed(value: object) -> Iterator[dict[str, Any]]:
    """A manifest, or those of a `List`."""
    if isinstance(value, dict) and isinstance(value.get("items"), list) and str(value.get("kind")).endswith("List"):
        for item in value["items"]:
            yield from _listed(item)
    elif isinstance(value, dict) and isinstance(value.get("kind"), str):
        yield value


def _made_by_itself(manifest: dict[str, Any]) -> bool:
    metadata = manifest.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    labels, owners = metadata.get("labels"), metadata.get("ownerReferences")
    if isinstance(owners, list) and any(isinstance(owner, dict) and owner.get("controller") for owner in owners):
        return True
    return isinstance(labels, dict) and any(label in labels for label in _OF_AKS)
