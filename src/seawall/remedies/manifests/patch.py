"""A strategic merge patch for what cannot be changed in its text, or is not there to be changed.

Source: https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/ (null deletes;
containers, volumes and variables merge by name, mounts by mountPath).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seawall.remedies.manifests.render import render
from seawall.safe.yaml import Pointer

_KEYS = {"containers": "name", "initContainers": "name", "volumes": "name", "env": "name", "volumeMounts": "mountPath"}


def patch(manifest: Mapping[str, Any], at: Pointer, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """The patch of one manifest, as YAML, for `kubectl patch --patch-file` or kustomize's `patches`."""
    body: Any = difference(old, new)
    for step in reversed(at):
        body = {step: body}
    metadata = manifest.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    named = {key: metadata[key] for key in ("name", "namespace") if key in metadata}
    head = {key: manifest[key] for key in ("apiVersion", "kind") if key in manifest}
    return "\n".join((*render({**head, "metadata": named, **body}, 0), ""))


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What, merged into `old`, gives `new`."""
    changed: dict[str, Any] = {}
    for key in {**old, **new}:
        before, after = old.get(key), new.get(key)
        if key not in new:
            changed[key] = None
        elif before == after and key in old:
            continue
        elif isinstance(before, dict) and isinstance(after, dict):
            changed[key] = difference(before, after)
        elif isinstance(before, list) and isinstance(after, list) and key in _KEYS:
            changed[key] = _items(before, after, _KEYS[key])
        else:
            changed[key] = after
    return changed


def _items(before: list[Any], after: list[Any], name: str) -> list[Any]:
    known = {each.get(name): each for each in before if isinstance(each, dict)}
    items = []
    for each in after:
        old = known.get(each.get(name))
        if old != each:
            items.append(each if old is None else {name: each.get(name), **difference(old, each)})
    return items
