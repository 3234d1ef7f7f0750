"""An inventory of Kubernetes manifests: what has to move when the cluster is replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from seawall.errors import SeawallError
from seawall.model import Item, NotAssessed
from seawall.safe import files
from seawall.safe.limits import DEFAULT, Limits

GROUPS: Mapping[str, str] = {
    "Namespace": "namespaces",
    "CustomResourceDefinition": "custom resources",
    "NetworkPolicy": "policies",
    "CiliumNetworkPolicy": "policies",
    "GlobalNetworkPolicy": "policies",
    "Role": "access",
    "RoleBinding": "access",
    "ClusterRole": "access",
    "ClusterRoleBinding": "access",
    "Secret": "secrets",
    "ExternalSecret": "secrets",
    "SecretProviderClass": "secrets",
    "ConfigMap": "configuration",
    "PersistentVolume": "volumes",
    "PersistentVolumeClaim": "volumes",
    "Deployment": "workloads",
    "StatefulSet": "workloads",
    "DaemonSet": "workloads",
    "Job": "workloads",
    "CronJob": "workloads",
    "Pod": "workloads",
    "HorizontalPodAutoscaler": "autoscaling",
    "PodDisruptionBudget": "autoscaling",
    "Ingress": "addresses",
    "Gateway": "addresses",
    "HTTPRoute": "addresses",
}
"""What moves together, by kind; the rest stays unlisted, but for what a reader would miss (see `_special`)."""

CLIENT_ID = "azure.workload.identity/client-id"


def inventory(folder: Path, limits: Limits = DEFAULT) -> tuple[tuple[Item, ...], tuple[NotAssessed, ...]]:
    """What the YAML files below `folder` hold that has to move, sorted, and the files that could not be read."""
    found: set[Item] = set()
    unread: list[NotAssessed] = []

    def unreadable(path: Path, why: str) -> None:
        unread.append(NotAssessed(what="file or folder", where=str(path), why=why))

    for path in files.walk(folder, on_error=unreadable, limits=limits):
        if path.suffix.lower() not in (".yaml", ".yml"):
            continue
        try:
            found.update(_items(path, limits))
        except SeawallError as error:
            unread.append(NotAssessed(what="manifest", where=error.where or str(path), why=error.message))
    return tuple(sorted(found)), tuple(sorted(unread))


def _items(path: Path, limits: Limits) -> Iterator[Item]:
    from seawall.safe import yaml

    for document in yaml.load_all(files.read(path, limit="yaml_bytes", limits=limits), where=str(path), limits=limits):
        value = document.value
        for manifest in _listed(value):
            yield from _of(manifest)


def _listed(value: object) -> Iterator[dict[str, Any]]:
    """A manifest, or those of a `List`."""
    if isinstance(value, dict) and isinstance(value.get("items"), list) and str(value.get("kind")).endswith("List"):
        for item in value["items"]:
            yield from _listed(item)
    elif isinstance(value, dict) and isinstance(value.get("kind"), str):
        yield value


def _of(manifest: dict[str, Any]) -> Iterator[Item]:
    kind, metadata = manifest["kind"], _dict(manifest, "metadata")
    name, namespace = str(metadata.get("name", "(unnamed)")), str(metadata.get("namespace") or "")

    def item(group: str, note: str = "", what: str = name) -> Item:
        return Item(group=group, kind=kind, namespace=namespace, name=what, note=note)

    if kind in GROUPS:
        yield item(GROUPS[kind], _note(kind, _dict(manifest, "spec")))
    yield from _special(kind, manifest, metadata, item)


def _special(kind: str, manifest: dict[str, Any], metadata: dict[str, Any], item: Any) -> Iterator[Item]:
    """Identities, addresses and names, which hang on objects of other kinds."""
    spec, annotations = _dict(manifest, "spec"), _dict(metadata, "annotations")
    if kind == "ServiceAccount" and (client := annotations.get(CLIENT_ID)):
        yield item("identities", f"federated credential of client {client}")
    if kind in ("AzureIdentity", "AzureIdentityBinding"):
        yield item("identities", "pod identity v1: needs workload identity instead")
    if kind == "Service" and spec.get("type") == "LoadBalancer":
        fixed = spec.get("loadBalancerIP") or annotations.get("service.beta.kubernetes.io/azure-load-balancer-ipv4")
        yield item("addresses", f"fixed address {fixed}" if fixed else "gets a new address")
    if kind == "StatefulSet":
        for template in _list(spec, "volumeClaimTemplates"):
            claim = _dict(template, "metadata").get("name", "(unnamed)") if isinstance(template, dict) else "(unnamed)"
            yield item("volumes", f"claim template {claim}, one volume a replica")
    if kind in ("Ingress", "HTTPRoute"):
        rules = [rule.get("host") for rule in _list(spec, "rules") if isinstance(rule, dict)]
        for host in filter(None, [*rules, *_list(spec, "hostnames")]):
            yield item("dns", "points at the old cluster until the cut-over", str(host))
    if host := annotations.get("external-dns.alpha.kubernetes.io/hostname"):
        yield item("dns", "external-dns writes it: only one cluster may own it at a time", str(host))


def _note(kind: str, spec: dict[str, Any]) -> str:
    if kind == "PersistentVolumeClaim":
        size = _dict(_dict(spec, "resources"), "requests").get("storage")
        return ", ".join(str(part) for part in (size, spec.get("storageClassName")) if part)
    if kind == "PersistentVolume":
        return f"reclaim policy {spec.get('persistentVolumeReclaimPolicy', 'Delete')}"
    return ""


def _dict(value: dict[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _list(value: dict[str, Any], key: str) -> list[Any]:
    found = value.get(key)
    return found if isinstance(found, list) else []
