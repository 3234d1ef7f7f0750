"""What has to move, read from manifests."""

from __future__ import annotations

from pathlib import Path

import pytest

from seawall.errors import Unreadable
from seawall.model import Item
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
