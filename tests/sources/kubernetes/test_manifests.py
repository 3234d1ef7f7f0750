"""What has to move, read from manifests."""

# ruff: noqa: E501 — manifests as kubectl lists them, one a line

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seawall.errors import Unreadable
from seawall.model import Item
from seawall.safe import yaml
from seawall.sources.kubernetes.manifests import inventory
from shared_data import SHARED

SHOP = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  volumeClaimTemplates:
  - metadata: {name: data}
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Service, metadata: {name: front, namespace: shop}, spec: {type: LoadBalancer}}
- {apiVersion: v1, kind: Service, metadata: {name: inner, namespace: shop}, spec: {type: ClusterIP}}
- apiVersion: v1
  kind: ServiceAccount
  metadata:
    name: pay
    namespace: shop
    annotations: {azure.workload.identity/client-id: 1234}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {rules: [{host: shop.example.org}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: files, namespace: shop}
spec: {storageClassName: azurefile, resources: {requests: {storage: 5Gi}}}
---
# nothing
"""


def test_what_has_to_move(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    (tmp_path / "notes.txt").write_text("kind: Secret")
    found, unread = inventory(tmp_path)
    assert unread == ()

    def item(group: str, kind: str, name: str, note: str = "") -> Item:
        return Item(group=group, kind=kind, namespace="shop", name=name, note=note)

    assert found == (
        item("addresses", "Ingress", "web"),
        item("addresses", "Service", "front", "gets a new address"),
        item("dns", "Ingress", "shop.example.org", "points at the old cluster until the cut-over"),
        item("identities", "ServiceAccount", "pay", "federated credential of client 1234"),
        item("volumes", "PersistentVolumeClaim", "files", "5Gi, azurefile"),
        item("volumes", "StatefulSet", "db", "claim template data, one volume a replica"),
        item("workloads", "StatefulSet", "db"),
    )


EXPORT = """\
apiVersion: v1
kind: List
items:
- {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-1, namespace: shop, ownerReferences: [{kind: Deployment, controller: true}]}}
- {apiVersion: apps/v1, kind: Deployment, metadata: {name: coredns, namespace: kube-system, labels: {kubernetes.azure.com/managedby: aks}}}
- {apiVersion: v1, kind: Secret, type: kubernetes.io/tls, metadata: {name: cert, namespace: shop}, data: {tls.key: aHVudGVyMg==}}
- {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: db, namespace: shop}, spec: {maxUnavailable: 0}}
- {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: zrs}, provisioner: disk.csi.azure.com, parameters: {skuName: Premium_ZRS}, reclaimPolicy: Retain}
- {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: lrs}, provisioner: disk.csi.azure.com}
- {apiVersion: secrets-store.csi.x-k8s.io/v1, kind: SecretProviderClass, metadata: {name: kv, namespace: shop}, spec: {parameters: {keyvaultName: kv-shop, clientID: "77"}}}
- {apiVersion: cert-manager.io/v1, kind: ClusterIssuer, metadata: {name: letsencrypt}}
- {apiVersion: kafka.strimzi.io/v1, kind: Kafka, metadata: {name: orders, namespace: shop}}
- apiVersion: v1
  kind: PersistentVolume
  metadata: {name: pvc-1}
  spec:
    csi: {driver: disk.csi.azure.com}
    nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: topology.disk.csi.azure.com/zone, values: [westeurope-1]}]}]}}
- apiVersion: v1
  kind: Service
  metadata:
    name: front
    namespace: shop
    annotations: {service.beta.kubernetes.io/azure-load-balancer-internal: "true", service.beta.kubernetes.io/azure-dns-label-name: shop}
  spec: {type: LoadBalancer}
  status: {loadBalancer: {ingress: [{ip: 10.0.0.9}]}}
- apiVersion: apps/v1
  kind: DaemonSet
  metadata: {name: agent, namespace: ops}
  spec: {template: {spec: {nodeSelector: {agentpool: apps}, volumes: [{hostPath: {path: /var/log}}], containers: [{image: "x/external-dns:1"}]}}}
"""


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_an_export_of_kubectl(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"old-cluster.{suffix}"
    (value,) = [document.value for document in yaml.load_all(EXPORT.encode(), where="export")]
    file.write_text(json.dumps(value) if suffix == "json" else EXPORT)
    found, unread = inventory(file)
    assert unread == ()
    assert inventory(tmp_path) == (found, ())
    notes = {f"{item.group}: {item.kind} {item.name}": item.note for item in found}
    assert notes == {
        "addresses: Service front": (
            "internal, gets a new address; now at 10.0.0.9; "
            "owns the DNS label, which one service at a time may have: shop"
        ),
        "certificates: ClusterIssuer letsencrypt": "",
        "custom resources: Kafka orders": "",
        "disruption budgets: PodDisruptionBudget db": "allows no pod to be away: it blocks every drain",
        "dns: DaemonSet agent": "give it another --txt-owner-id in the new cluster, and no records until the cut-over",
        "secrets: Secret cert": "a certificate",
        "secrets: SecretProviderClass kv": "key vault kv-shop; read by workload identity 77",
        "volumes: PersistentVolume pvc-1": (
            "managed disk in zone westeurope-1: a node pool must be there; snapshot it, or detach it and make a volume "
            "of it in the new cluster; reclaim policy Delete: make it Retain first"
        ),
        "volumes: StorageClass lrs": (
            "locally redundant: its disks stay in their zone; to another only by snapshot; reclaim policy Delete"
        ),
        "volumes: StorageClass zrs": "Premium_ZRS: its disks can be attached in every zone of the region",
        "workloads: DaemonSet agent": "one pod on every node; asks for node pool apps; mounts of the node: /var/log",
    }
    assert "hunter2" not in str(found)
    assert "aHVudGVyMg" not in str(found), "no value of a secret is kept"


def test_a_template_is_told_as_one(tmp_path: Path) -> None:
    (tmp_path / "chart.yaml").write_text("kind: Deployment\n{{- if .Values.x }}\n")
    _, (unread,) = inventory(tmp_path)
    assert "helm template" in unread.why


@pytest.mark.parametrize(
    "text",
    [
        "kind: [",
        "kind: StatefulSet\nspec: {volumeClaimTemplates: [1, {metadata: 2}]}",
        "kind: Ingress\nspec: {rules: {a: 1}}",
        "[]",
        "kind: 1",
    ],
)
def test_strange_manifests_are_read_or_reported(tmp_path: Path, text: str) -> None:
    (tmp_path / "strange.yml").write_text(text)
    found, unread = inventory(tmp_path)
    assert bool(unread) == (text == "kind: [")
    assert all(item.name for item in found)


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        inventory(tmp_path / "none")


@pytest.mark.skipif(SHARED is None, reason="no ../shared/data beside this checkout")
def test_real_manifests() -> None:
    assert SHARED is not None
    found, _ = inventory(SHARED / "workloads" / "aks-store-demo")
    groups = {item.group for item in found}
    assert {"workloads", "addresses"} <= groups
    assert any(item.kind == "StatefulSet" for item in found)
