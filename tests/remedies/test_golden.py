"""What people see of a plan, byte for byte. `SEAWALL_UPDATE_GOLDEN=1 pytest tests/remedies` writes it anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema_rs
import pytest

from seawall.checks import all_checks
from seawall.checks.gold import TODAY, gold
from seawall.model import Cluster, Item, Tool
from seawall.model.paths import put
from seawall.remedies import Options, migrate
from seawall.reports import plan as report
from seawall.reports.plan_document import json_schema
from seawall.safe.limits import DEFAULT
from seawall.sources.clusters import az_json
from shared_data import SHARED

ROOT = Path(__file__).resolve().parents[2]
OF_2019 = "aks/cloud-custodian/tools/c7n_azure/tests_azure"

KUBENET = {
    "network.plugin": "kubenet",
    "network.plugin_mode": None,
    "network.policy": "calico",
    "network.dataplane": "azure",
    "network.acns": False,
    "network.acns_security": False,
    "network.transit_encryption": None,
    "network.advanced_policies": None,
    "identity.type": "SystemAssigned",
    "upkeep.kubernetes_version": "1.29.9",
    "pool.kubernetes_version": "1.29.9",
}
INVENTORY = (
    Item(group="workloads", kind="Deployment", namespace="shop", name="web"),
    Item(
        group="volumes",
        kind="StatefulSet",
        namespace="shop",
        name="db",
        note="claim template data, one volume a replica",
    ),
    Item(group="addresses", kind="Service", namespace="shop", name="front", note="fixed address 203.0.113.7"),
)


def same_as(name: str, text: str) -> None:
    golden = ROOT / "tests/golden" / name
    if os.environ.get("SEAWALL_UPDATE_GOLDEN"):
        golden.write_text(text)
    assert text == golden.read_text()


def everything_wrong() -> Cluster:
    """A cluster that is mended in place by nearly every kind of step."""
    wrong = {
        "access.local_accounts_disabled": False,
        "api_server.run_command_disabled": False,
        "identity.oidc_issuer": False,
        "identity.workload_identity": False,
        "identity.imds_restriction": False,
        "protection.image_integrity": False,
        "protection.kms": False,
        "network.policy": None,
        "network.dataplane": "azure",
        "upkeep.kubernetes_version": "1.34.2",
        "upkeep.node_os_channel": "Unmanaged",
        "pool.kubernetes_version": "1.34.2",
        "pool.host_encryption": False,
    }
    return put(gold(wrong), {name: value for name, value in KUBENET.items() if "acns" in name or "transit" in name})


@pytest.mark.parametrize("tool", Tool)
def test_kubenet_and_calico(tool: Tool) -> None:
    found = migrate(gold(KUBENET), all_checks(), Options(fix=("AKS-NET-001",), tool=tool), TODAY)
    same_as(f"migrate-kubenet-{tool.value}.txt", report.text(found))


def test_everything_wrong() -> None:
    same_as("migrate-in-place.txt", report.text(migrate(everything_wrong(), all_checks(), Options(), TODAY)))


def test_rebuild() -> None:
    cluster = gold({"access.rbac": False, "access.entra": False, "access.azure_rbac": False, "name": "old"})
    found = migrate(cluster, all_checks(), Options(), TODAY, inventory=INVENTORY, manifests=True)
    same_as("migrate-rebuild.txt", report.text(found))
    same_as("migrate-rebuild.json", report.json(found))


SCHEMA = ROOT / "src/seawall/reports/schema/plan.schema.json"


def test_the_published_schema_is_that_of_the_shapes() -> None:
    text = json.dumps(json_schema(), indent=2) + "\n"
    if os.environ.get("SEAWALL_UPDATE_GOLDEN"):
        SCHEMA.write_text(text)
    assert text == SCHEMA.read_text()


def test_plans_keep_the_schema() -> None:
    validator = jsonschema_rs.Draft202012Validator(json.loads(SCHEMA.read_text()))
    for cluster in (gold(), gold(KUBENET), everything_wrong(), gold({"access.rbac": False, "access.entra": False})):
        for tool in Tool:
            found = json.loads(report.json(migrate(cluster, all_checks(), Options(tool=tool), TODAY)))
            validator.validate(found)
            assert found["schema"] == "seawall-plan/1"
    assert not validator.is_valid({**found, "way": "perhaps"})
    del found["steps"]
    assert not validator.is_valid(found)


def test_nothing_to_do() -> None:
    same_as("migrate-nothing.txt", report.text(migrate(gold(), all_checks(), Options(), TODAY)))


@pytest.mark.skipif(SHARED is None, reason="no ../shared/data beside this checkout")
def test_the_worst_case_of_2019_is_rebuilt() -> None:
    assert SHARED is not None
    file = next((SHARED / OF_2019).rglob("AksTest.test_find_aks_by_name.json"))
    (cluster,) = az_json.read(file.read_bytes(), file=file.name, limits=DEFAULT).clusters
    found = migrate(cluster, all_checks(), Options(), TODAY)
    text = " ".join(found.rebuild)
    for reason in ("1.12.8", "availability sets", "Basic", "kubenet", "service principal"):
        assert reason in text
    assert found.replacement is not None
    assert found.replacement.network.policy == "cilium"
    assert json.loads(report.json(found))["way"] == "rebuild"
    same_as("migrate-2019.txt", report.text(found))


@pytest.mark.skipif(SHARED is None, reason="no ../shared/data beside this checkout")
def test_a_modern_cluster_is_repaired() -> None:
    assert SHARED is not None
    file = SHARED / "aks/az-cli-recording/aks_automatic_get_2025-08-26.json"
    (cluster,) = az_json.read(file.read_bytes(), file=file.name, limits=DEFAULT).clusters
    found = migrate(cluster, all_checks(), Options(), TODAY)
    assert not found.rebuild
    assert found.reimages == 0
