"""What of one manifest has to move to another cluster, and what to know about it.

Sources: https://learn.microsoft.com/azure/aks/load-balancer-standard (annotations of services),
https://learn.microsoft.com/azure/aks/azure-csi-disk-storage-provision (zones and SKUs of disks),
https://learn.microsoft.com/azure/aks/workload-identity-overview (annotations of service accounts),
https://learn.microsoft.com/azure/aks/csi-secrets-store-identity-access (identities that read a key vault).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seawall.model import Item

GROUPS: Mapping[str, str] = {
    "Namespace": "namespaces",
    "ResourceQuota": "namespaces",
    "LimitRange": "namespaces",
    "PriorityClass": "namespaces",
    "CustomResourceDefinition": "custom resources",
    "APIService": "custom resources",
    "ValidatingWebhookConfiguration": "custom resources",
    "MutatingWebhookConfiguration": "custom resources",
    "ValidatingAdmissionPolicy": "custom resources",
    "NetworkPolicy": "policies",
    "CiliumNetworkPolicy": "policies",
    "CiliumClusterwideNetworkPolicy": "policies",
    "GlobalNetworkPolicy": "policies",
    "Role": "access",
    "RoleBinding": "access",
    "ClusterRole": "access",
    "ClusterRoleBinding": "access",
    "Secret": "secrets",
    "ExternalSecret": "secrets",
    "SecretProviderClass": "secrets",
    "ConfigMap": "configuration",
    "StorageClass": "volumes",
    "VolumeSnapshotClass": "volumes",
    "VolumeSnapshot": "volumes",
    "PersistentVolume": "volumes",
    "PersistentVolumeClaim": "volumes",
    "Deployment": "workloads",
    "StatefulSet": "workloads",
    "DaemonSet": "workloads",
    "ReplicaSet": "workloads",
    "ReplicationController": "workloads",
    "Job": "workloads",
    "CronJob": "workloads",
    "Pod": "workloads",
    "HorizontalPodAutoscaler": "autoscaling",
    "VerticalPodAutoscaler": "autoscaling",
    "ScaledObject": "autoscaling",
    "PodDisruptionBudget": "disruption budgets",
    "IngressClass": "addresses",
    "GatewayClass": "addresses",
    "Ingress": "addresses",
    "Gateway": "addresses",
    "HTTPRoute": "addresses",
    "Issuer": "certificates",
    "ClusterIssuer": "certificates",
    "Certificate": "certificates",
    "AzureIdentity": "identities",
    "AzureIdentityBinding": "identities",
    "DNSEndpoint": "dns",
}
"""What moves together, by kind. Objects of other API groups than Kubernetes' own are custom resources."""

WORKLOAD_IDENTITY = "azure.workload.identity/client-id"
_LOAD_BALANCER = "service.beta.kubernetes.io/azure-"
NO_POD_GOES = "allows no pod to be away: it blocks every drain"
_SERVICE_NOTES = {
    "load-balancer-internal-subnet": "in subnet",
    "pip-name": "takes the public IP named",
    "load-balancer-resource-group": "whose address lies in the group",
    "pip-prefix-id": "takes an address of the prefix",
    "dns-label-name": "owns the DNS label, which one service at a time may have:",
}
_SECRET_NOTES = {
    "kubernetes.io/tls": "a certificate",
    "kubernetes.io/dockerconfigjson": "a login of a registry",
    "kubernetes.io/service-account-token": "a token of the old cluster: do not copy it",
    "helm.sh/release.v1": "Helm's own record: install the release anew",
}


def moving(manifest: dict[str, Any]) -> Iterator[Item]:
    """The items of one manifest, which is a mapping with a `kind`. Values of secrets are in none of them."""
    kind, metadata = manifest["kind"], _dict(manifest, "metadata")
    name, namespace = str(metadata.get("name") or "(unnamed)"), str(metadata.get("namespace") or "")

    def item(group: str, note: str = "", what: str = name) -> Item:
        return Item(group=group, kind=kind, namespace=namespace, name=what, note=note)

    group = GROUPS.get(kind) or ("custom resources" if _is_custom(manifest) and "name" in metadata else "")
    if group:
        yield item(group, "; ".join(_notes(kind, manifest)))
    yield from _hung_on(kind, manifest, item)


def _is_custom(manifest: dict[str, Any]) -> bool:
    group, slash, _ = str(manifest.get("apiVersion") or "").partition("/")
    return bool(slash) and "." in group and not group.endswith((".k8s.io", "config.openshift.io"))


def _notes(kind: str, manifest: dict[str, Any]) -> Iterator[str]:
    """What to know of it."""
    spec = _dict(manifest, "spec")
    if kind == "PersistentVolumeClaim":
        yield from _claim(spec)
    elif kind == "PersistentVolume":
        yield from _volume(spec)
    elif kind == "StorageClass":
        yield from _class(manifest)
    elif kind == "Secret" and (note := _SECRET_NOTES.get(str(manifest.get("type")))):
        yield note
    elif kind == "SecretProviderClass":
        yield from _vault(_dict(spec, "parameters"))
    elif kind == "PodDisruptionBudget" and _none_may_go(spec):
        yield NO_POD_GOES
    elif kind in ("AzureIdentity", "AzureIdentityBinding"):
        yield "pod identity v1: needs workload identity instead"
    elif kind in ("Ingress", "Gateway"):
        yield from _front(manifest, spec)
    elif kind == "DaemonSet":
        yield "one pod on every node"
    yield from _placed(_pod(kind, spec))


def _claim(spec: dict[str, Any]) -> Iterator[str]:
    size = _dict(_dict(spec, "resources"), "requests").get("storage")
    parts = (size, spec.get("storageClassName"), "/".join(map(str, _list(spec, "accessModes"))))
    yield ", ".join(str(part) for part in parts if part)


def _volume(spec: dict[str, Any]) -> Iterator[str]:
    csi, affinity = _dict(spec, "csi"), _dict(_dict(spec, "nodeAffinity"), "required")
    driver = str(
        csi.get("driver") or next((key for key in ("azureDisk", "azureFile", "hostPath", "local") if key in spec), "")
    )
    terms = [term for term in _list(affinity, "nodeSelectorTerms") if isinstance(term, dict)]
    zones = [
        str(zone)
        for term in terms
        for match in _list(term, "matchExpressions")
        if isinstance(match, dict) and str(match.get("key")).endswith("/zone")
        for zone in _list(match, "values")
        if zone
    ]
    if "disk" in driver.lower():
        where = f"in zone {', '.join(zones)}: a node pool must be there" if zones else "its zone is not told"
        yield f"managed disk {where}; snapshot it, or detach it and make a volume of it in the new cluster"
    elif "file" in driver.lower():
        yield "file share: both clusters can mount it"
    elif driver in ("hostPath", "local"):
        yield "on the disk of one node: copy it by hand"
    elif driver:
        yield f"driver {driver}"
    policy = spec.get("persistentVolumeReclaimPolicy", "Delete")
    yield f"reclaim policy {policy}" + (": make it Retain first" if policy == "Delete" else "")


def _class(manifest: dict[str, Any]) -> Iterator[str]:
    provisioner, parameters = str(manifest.get("provisioner") or ""), _dict(manifest, "parameters")
    named = {str(key).lower(): str(value) for key, value in parameters.items()}
    sku = named.get("skuname") or named.get("storageaccounttype") or ""
    if provisioner.startswith("kubernetes.io/azure"):
        yield f"{provisioner} is gone: make it anew with the CSI driver"
    elif provisioner == "disk.csi.azure.com" and sku.upper().endswith("ZRS"):
        yield f"{sku}: its disks can be attached in every zone of the region"
    elif provisioner == "disk.csi.azure.com":
        yield f"{sku or 'locally redundant'}: its disks stay in their zone; to another only by snapshot"
    elif provisioner == "file.csi.azure.com":
        yield f"{sku or 'file shares'}: both clusters can mount them"
    else:
        yield provisioner
    if manifest.get("reclaimPolicy", "Delete") == "Delete":
        yield "reclaim policy Delete"


def _vault(parameters: dict[str, Any]) -> Iterator[str]:
    if vault := parameters.get("keyvaultName"):
        yield f"key vault {vault}"
    if client := parameters.get("clientID"):
        yield f"read by workload identity {client}"
    elif client := parameters.get("userAssignedIdentityID"):
        yield f"read by identity {client}: the new cluster's add-on has another one, give that the role"


def _none_may_go(spec: dict[str, Any]) -> bool:
    return str(spec.get("maxUnavailable")) in ("0", "0%") or str(spec.get("minAvailable")) == "100%"


def _front(manifest: dict[str, Any], spec: dict[str, Any]) -> Iterator[str]:
    annotations = _dict(_dict(manifest, "metadata"), "annotations")
    named = (
        spec.get("ingressClassName") or spec.get("gatewayClassName") or annotations.get("kubernetes.io/ingress.class")
    )
    if named:
        yield f"class {named}"
    held = [each.get("secretName") for each in _list(spec, "tls") if isinstance(each, dict)]
    if secrets := ", ".join(str(each) for each in held if each):
        yield f"certificate in secret {secrets}"
    if address := _address(manifest):
        yield f"now at {address}"


def _address(manifest: dict[str, Any]) -> str:
    """The address that an exported object has now, "" for a manifest of source control."""
    status = _dict(manifest, "status")
    held = [*_list(_dict(status, "loadBalancer"), "ingress"), *_list(status, "addresses")]
    told = [each.get("ip") or each.get("hostname") or each.get("value") for each in held if isinstance(each, dict)]
    return ", ".join(str(each) for each in told if each)


def _pod(kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    """The spec of the pods that an object makes, {} where it makes none."""
    if kind == "Pod":
        return spec
    if kind == "CronJob":
        spec = _dict(_dict(spec, "jobTemplate"), "spec")
    return _dict(_dict(spec, "template"), "spec") if GROUPS.get(kind) == "workloads" else {}


def _placed(pod: dict[str, Any]) -> Iterator[str]:
    """What ties pods to the nodes they run on."""
    selector = _dict(pod, "nodeSelector")
    for label in ("agentpool", "kubernetes.azure.com/agentpool"):
        if pool := selector.get(label):
            yield f"asks for node pool {pool}"
    volumes = [each for each in _list(pod, "volumes") if isinstance(each, dict)]
    if paths := [str(path) for each in volumes if (path := _dict(each, "hostPath").get("path"))]:
        yield f"mounts of the node: {', '.join(paths)}"


def _hung_on(kind: str, manifest: dict[str, Any], item: Any) -> Iterator[Item]:
    """Identities, addresses and names, which hang on objects of other kinds."""
    metadata, spec = _dict(manifest, "metadata"), _dict(manifest, "spec")
    annotations = _dict(metadata, "annotations")
    if kind == "ServiceAccount" and (client := annotations.get(WORKLOAD_IDENTITY)):
        yield item("identities", f"federated credential of client {client}")
    if kind == "Service" and spec.get("type") in ("LoadBalancer", "NodePort"):
        yield item("addresses", "; ".join(_service(manifest, spec, annotations)))
    if kind == "StatefulSet":
        for template in _list(spec, "volumeClaimTemplates"):
            held = template if isinstance(template, dict) else {}
            claim = _dict(held, "metadata").get("name", "(unnamed)")
            size = "; ".join(filter(None, _claim(_dict(held, "spec"))))
            yield item("volumes", f"claim template {claim}, one volume a replica" + (f": {size}" if size else ""))
    hosts = [rule.get("host") for rule in _list(spec, "rules") if isinstance(rule, dict)] if kind == "Ingress" else []
    hosts += [each.get("hostname") for each in _list(spec, "listeners") if isinstance(each, dict)]
    hosts += _list(spec, "hostnames") if kind == "HTTPRoute" else []
    for host in filter(None, hosts):
        yield item("dns", "points at the old cluster until the cut-over", str(host))
    for host in str(annotations.get("external-dns.alpha.kubernetes.io/hostname") or "").split(","):
        if host:
            yield item("dns", "external-dns writes it: only one cluster may own it at a time", host.strip())
    containers = [each for each in _list(_pod(kind, spec), "containers") if isinstance(each, dict)]
    if any("external-dns" in str(each.get("image")) for each in containers):
        yield item("dns", "give it another --txt-owner-id in the new cluster, and no records until the cut-over")
    if issuer := annotations.get("cert-manager.io/cluster-issuer") or annotations.get("cert-manager.io/issuer"):
        yield item("certificates", f"cert-manager makes one by issuer {issuer}: over DNS before the cut-over")


def _service(manifest: dict[str, Any], spec: dict[str, Any], annotations: dict[str, Any]) -> Iterator[str]:
    """What becomes of the address of a service."""
    if spec.get("type") == "NodePort":
        yield "reached by the nodes' own addresses, which are new"
        return
    internal = str(annotations.get(f"{_LOAD_BALANCER}load-balancer-internal")).lower() == "true"
    fixed = spec.get("loadBalancerIP") or annotations.get(f"{_LOAD_BALANCER}load-balancer-ipv4")
    kept = f"fixed address {fixed}" if fixed else "gets a new address"
    yield f"internal, {kept}" if internal else kept
    if (address := _address(manifest)) and address != fixed:
        yield f"now at {address}"
    for end, words in _SERVICE_NOTES.items():
        if value := annotations.get(_LOAD_BALANCER + end):
            yield f"{words} {value}"
    if annotations.get(f"{_LOAD_BALANCER}pls-create"):
        yield "has a private link service: its clients must approve the new one"
    if ranges := _list(spec, "loadBalancerSourceRanges"):
        yield f"for {', '.join(map(str, ranges))} only"


def _dict(value: dict[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _list(value: dict[str, Any], key: str) -> list[Any]:
    found = value.get(key)
    return found if isinstance(found, list) else []
