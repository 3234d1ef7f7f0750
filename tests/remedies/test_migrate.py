"""The way of random clusters to one that passes, walked in a simulator; and the cases that the documentation tells."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seawall.checks import all_checks
from seawall.checks.gold import TODAY, gold, gold_pool
from seawall.errors import SeawallError, UnknownValue, UsageError
from seawall.model import UNKNOWN, Cluster, Cost, Item, Plan, Severity, Status, Tool, is_known
from seawall.model.paths import put
from seawall.remedies import Options, migrate
from seawall.remedies.migrate import MOST_REIMAGES
from seawall.remedies.operations import BY_ID, OPERATIONS, ordered
from seawall.remedies.wanted import failures
from seawall.safe.limits import DEFAULT
from seawall.sources.clusters.reader import read
from seawall.sources.kubernetes.moving import NO_POD_GOES

from .simulator import Azure, Refused

CHECKS = [check for check in all_checks() if check.kind != "fleet"]
SHARED = next((p / "shared" for p in Path(__file__).resolve().parents if (p / "shared/data").is_dir()), None)
needs_facts = pytest.mark.skipif(SHARED is None, reason="../shared is not here")

KUBENET = {
    "network.plugin": "kubenet",
    "network.plugin_mode": None,
    "network.policy": "calico",
    "network.dataplane": "azure",
    "network.acns": False,
    "network.acns_security": False,
    "network.transit_encryption": None,
    "network.advanced_policies": None,
}


def plan(cluster: Cluster, *fix: str, tool: Tool = Tool.AZ, **sets: object) -> Plan:
    """The plan for the checks named, else for the settings, else for all that weighs; `__` stands for the dot."""
    severity = None if sets else Severity.MEDIUM
    wanted = {path.replace("__", "."): value for path, value in sets.items()}
    return migrate(cluster, CHECKS, Options(severity=severity, fix=fix, tool=tool, sets=wanted), TODAY)


def failing(cluster: Cluster, rules: tuple[str, ...] = ()) -> set[str]:
    found = failures(cluster, CHECKS, TODAY)
    return {
        one.finding.rule
        for one in found
        if one.finding.status is Status.FAIL and (not rules or one.finding.rule in rules)
    }


def commands(plan: Plan) -> list[str]:
    return [
        command.replace("az aks update -g contoso -n contoso ", "") for step in plan.steps for command in step.commands
    ]


# --- cases


def test_kubenet_and_calico_in_six_ordered_steps() -> None:
    cluster = gold({**KUBENET, "identity.type": "SystemAssigned", "upkeep.kubernetes_version": "1.29.9"})
    cluster = put(cluster, {"pool.kubernetes_version": "1.29.9"})
    found = plan(cluster, "AKS-NET-001")
    assert [step.id for step in found.steps] == ["identity", "upgrade", "engine_off", "overlay", "engine", "policies"]
    assert commands(found) == [
        "az identity create -g contoso -n contoso-control-plane --query id -o tsv",
        "--enable-managed-identity --assign-identity IDENTITY_ID",
        "az aks upgrade -g contoso -n contoso --kubernetes-version 1.30",
        "--network-policy none",
        "--network-plugin azure --network-plugin-mode overlay",
        "--network-dataplane cilium --network-policy cilium",
    ]
    assert (found.reimages, found.one_way_doors, found.rebuild) == (4, 3, ())
    assert failing(Azure(cluster).follow(found).cluster, found.mends) == set()


def test_kubenet_and_calico_on_a_current_version_rebuilds_the_nodes_three_times() -> None:
    found = plan(gold(KUBENET), "AKS-NET-001")
    assert [step.reimages for step in found.steps] == [1, 1, 1, 0]
    assert "not enforced" in " ".join(found.steps[0].breaks)
    assert found.steps[1].rollback == "no way back"


def test_a_cluster_that_brought_its_own_cni_is_rebuilt() -> None:
    found = plan(gold(), network__plugin=None)
    assert found.rebuild
    assert "network.plugin" in found.rebuild[0]


def test_what_is_fixed_at_creation_is_rebuilt_with_reasons_and_a_cluster_that_passes() -> None:
    found = plan(gold({"access.rbac": False, "access.entra": False, "access.azure_rbac": False}))
    assert "access.rbac has to be on, not off" in found.rebuild[0]
    assert found.replacement is not None
    assert failing(found.replacement) == set()
    assert found.replacement.network == gold().network
    assert [step.id for step in found.steps][:2] == ["prepare", "create"]
    assert found.steps[-1].id == "remove"


def test_a_replacement_is_one_that_azure_makes() -> None:
    """Whatever the reason for it, its version is supported and it is secure from the start."""
    old = gold({"upkeep.kubernetes_version": "1.31", "pool.kubernetes_version": None, "protection.defender": False})
    found = plan(old, network__service_cidr="10.9.0.0/16", network__dns_service_ip="10.9.0.10")
    assert found.replacement is not None
    assert found.replacement.network.service_cidr == "10.9.0.0/16"
    assert failing(found.replacement) == set()
    assert found.replacement.upkeep.kubernetes_version == "1.35"
    assert set(found.mends) == {"AKS-PRO-001", "AKS-UPK-001"}


def test_a_cluster_whose_repair_costs_more_is_rebuilt() -> None:
    cluster = put(gold({**KUBENET, "upkeep.kubernetes_version": "1.29"}), {"pool.kubernetes_version": "1.29"})
    found = plan(cluster)
    assert re.search(r"rebuilds the nodes \d+ times and passes \d+ one-way doors", found.rebuild[0])


def test_a_private_link_cluster_stays_private_on_its_way_to_vnet_integration() -> None:
    cluster = gold({"api_server.vnet_integration": False})
    found = plan(cluster, "AKS-API-009")
    assert commands(found) == [
        "--enable-apiserver-vnet-integration --apiserver-subnet-id SUBNET_ID --enable-private-cluster",
        "az aks stop -g contoso -n contoso",
        "az aks start -g contoso -n contoso",
    ]
    assert (found.reimages, found.one_way_doors) == (1, 1)
    Azure(cluster).follow(found)


def test_a_private_link_cluster_does_not_become_public_in_place() -> None:
    found = plan(gold({"api_server.vnet_integration": False}), api_server__private=False)
    assert "VNet integration" in found.rebuild[0]


def test_a_public_cluster_goes_private_through_vnet_integration() -> None:
    ranges = {"api_server.authorized_ranges": ("203.0.113.0/24",)}
    cluster = gold({"api_server.private": False, "api_server.vnet_integration": False, **ranges})
    found = plan(cluster, "AKS-API-011")
    assert [step.id for step in found.steps] == ["vnet_integration", "private"]
    assert commands(found)[-2:] == ["--api-server-authorized-ip-ranges ''", "--enable-private-cluster"]
    Azure(cluster).follow(found)
    nowhere = msgspec.structs.replace(cluster, region="qatarcentral")
    assert plan(nowhere, "AKS-API-011").rebuild


def test_local_accounts_end_with_new_certificates() -> None:
    cluster = gold({"access.local_accounts_disabled": False, "access.entra": False, "access.azure_rbac": False})
    found = plan(cluster, "AKS-ACC-004")
    assert [step.id for step in found.steps] == ["entra", "local_accounts", "certificates"]
    assert found.steps[0].why == "on the way to AKS-ACC-004"
    assert [step.mends for step in found.steps] == [(), ("AKS-ACC-004",), ()]
    Azure(cluster).follow(found)


def test_workload_identity_brings_the_issuer_in_one_call() -> None:
    found = plan(gold({"identity.oidc_issuer": False, "identity.workload_identity": False}), "AKS-IDN-003")
    assert commands(found) == ["--enable-oidc-issuer --enable-workload-identity"]
    assert found.steps[0].cost is Cost.RESTART


def test_nodes_are_rebuilt_once_for_all_that_waits_for_it() -> None:
    cluster = gold({"identity.imds_restriction": False, "pool.ssh_access": "LocalUser"})
    found = plan(cluster, "AKS-IDN-007", "AKS-POOL-006")
    assert [step.id for step in found.steps] == ["by_hand", "node_images"]
    assert found.reimages == 1
    Azure(cluster).follow(found)
    old = put(cluster, {"upkeep.kubernetes_version": "1.34", "pool.kubernetes_version": "1.34"})
    found = plan(old, "AKS-IDN-007", "AKS-POOL-006", "AKS-UPK-002")
    assert [step.id for step in found.steps] == ["by_hand", "upgrade"]
    assert found.reimages == 1
    Azure(old).follow(found)


def test_a_kubelet_identity_needs_one_of_the_cluster_first() -> None:
    cluster = gold({"identity.type": "SystemAssigned"})
    found = plan(cluster, identity__kubelet="/kubelet")
    assert [step.id for step in found.steps] == ["identity", "reimaging"]
    Azure(cluster).follow(found)


def test_one_minor_version_at_a_time() -> None:
    cluster = put(gold({"upkeep.kubernetes_version": "1.33.2"}), {"pool.kubernetes_version": "1.32.1"})
    found = plan(cluster, "AKS-UPK-001")
    assert [step.title for step in found.steps] == [
        "Upgrade the nodes of system to Kubernetes 1.33.2",
        "Upgrade the nodes of user to Kubernetes 1.33.2",
        "Upgrade Kubernetes to 1.34",
        "Upgrade Kubernetes to 1.35",
    ]
    Azure(cluster).follow(found)


def test_without_an_automatic_channel_the_control_plane_goes_first_and_each_pool_follows() -> None:
    cluster = put(gold({"upkeep.kubernetes_version": "1.33.2", "upkeep.upgrade_channel": None}), {})
    cluster = put(cluster, {"pool.kubernetes_version": "1.33.2"})
    found = plan(cluster, "AKS-UPK-001")
    assert [step.title for step in found.steps] == ["Upgrade Kubernetes to 1.34", "Upgrade Kubernetes to 1.35"]
    assert found.steps[0].commands == (
        "az aks upgrade -g contoso -n contoso --kubernetes-version 1.34 --control-plane-only",
        "az aks nodepool upgrade -g contoso --cluster-name contoso -n system --kubernetes-version 1.34",
        "az aks nodepool upgrade -g contoso --cluster-name contoso -n user --kubernetes-version 1.34",
    )
    assert found.reimages == 2
    Azure(cluster).follow(found)
    with pytest.raises(Refused):
        Azure(gold({"upkeep.kubernetes_version": "1.34"})).run(found.steps[1].commands[0])


@needs_facts
def test_outbound_types_change_as_the_documentation_says() -> None:
    assert SHARED is not None
    facts = json.loads((SHARED / "reference/facts/outbound_type_migrations.json").read_text())
    types = ["loadBalancer", "managedNATGatewayV2", "managedNATGateway", "userAssignedNATGateway"]
    types += ["userDefinedRouting", "none", "block"]
    for kind, subnet in (("managed_vnet", None), ("byo_vnet", "/subnet")):
        for old, allowed in facts[kind].items():
            # the changelog of 2026-05-29 lets it become these, the table does not say so yet
            allowed = allowed or ["none", "block"]
            cluster = gold({"network.outbound_type": None if old == "none" else old, "pool.subnet": subnet})
            for new in set(types) - {old}:
                found = plan(cluster, network__outbound_type=None if new == "none" else new)
                assert bool(found.rebuild) == (new not in allowed), (kind, old, new)
                if not found.rebuild:
                    Azure(cluster).follow(found)


def test_a_network_without_egress_takes_cache_and_a_rebuild_first() -> None:
    found = plan(gold(), network__outbound_type=None)
    assert [step.id for step in found.steps] == ["artifact_source", "node_images", "outbound", "node_images"]
    kubenet = plan(gold(KUBENET), network__outbound_type=None)
    ids = [step.id for step in kubenet.steps]
    assert ids.index("engine") < ids.index("artifact_source") < ids.index("node_images") < ids.index("outbound")
    assert ids[-1] == "node_images"
    Azure(gold(KUBENET)).follow(kubenet)


def test_what_cannot_go_together_is_refused() -> None:
    windows = gold({"pools": (gold_pool("system", mode="System"), gold_pool("win", os_type="Windows"))})
    windows = put(windows, {"network.policy": "calico", "network.dataplane": "azure"})
    with pytest.raises(UsageError, match="Windows"):
        plan(windows, network__policy="cilium")
    with pytest.raises(UsageError, match="authorised ranges"):
        plan(gold(), api_server__authorized_ranges=("203.0.113.0/24",))
    with pytest.raises(UsageError, match="AKS-XYZ-999"):
        plan(gold(), "AKS-XYZ-999")


def test_a_value_that_decides_and_is_not_known_is_named() -> None:
    with pytest.raises(UnknownValue, match=r"identity\.type"):
        plan(gold({**KUBENET, "identity.type": UNKNOWN}), "AKS-NET-001")
    with pytest.raises(UnknownValue, match=r"AKS-NET-001.*network\.plugin"):
        plan(gold({"network.plugin": UNKNOWN}), "AKS-NET-001")


def test_gold_needs_nothing() -> None:
    found = migrate(gold(), CHECKS, Options(severity=Severity.INFO), TODAY)
    assert (found.steps, found.mends, found.rebuild, found.left) == ((), (), (), {})


def test_a_private_cluster_without_a_zone_keeps_its_public_name() -> None:
    cluster = gold({"api_server.private_dns_zone": None, "api_server.public_fqdn": True})
    found = plan(cluster, "AKS-API-003")
    assert not found.steps
    assert "public name" in found.left["AKS-API-003"]


def test_budgets_that_block_a_rebuild_of_nodes_are_named_where_they_would() -> None:
    budget = Item(group="disruption budgets", kind="PodDisruptionBudget", namespace="shop", name="db", note=NO_POD_GOES)
    found = migrate(gold(KUBENET), CHECKS, Options(fix=("AKS-NET-001",)), TODAY, inventory=(budget,), manifests=True)
    assert [any("shop/db" in line for line in step.before) for step in found.steps] == [True, True, True, False]


# --- Terraform


def test_terraform_must_not_touch_what_it_would_destroy() -> None:
    found = plan(gold(KUBENET), "AKS-NET-001", tool=Tool.TERRAFORM)
    off, overlay, engine, _ = found.steps
    assert off.terraform[0].startswith("DO NOT apply")
    assert "ignore_changes = [network_profile[0].network_policy]" in off.terraform[2]
    assert off.diff[1:5] == (
        '  resource "azurerm_kubernetes_cluster" "contoso" {',
        "    network_profile {",
        '-     network_policy = "calico"',
        "    }",
    )
    assert off.commands == ("az aks update -g contoso -n contoso --network-policy none",)
    assert overlay.commands == engine.commands == ()
    assert "needs azurerm 4.66 or newer" in overlay.terraform[-1]
    assert '+     network_data_plane = "cilium"' in engine.diff


def test_an_older_azurerm_destroys_more() -> None:
    older = msgspec.structs.replace(gold(KUBENET), tool=Tool.TERRAFORM, tool_version="4.50")
    engine = plan(older, "AKS-NET-001", tool=Tool.TERRAFORM).steps[2]
    assert engine.terraform[0].startswith("DO NOT apply")
    assert "upgrade azurerm to 4.58 first" in engine.terraform[1]
    assert engine.commands == (
        "az aks update -g contoso -n contoso --network-dataplane cilium --network-policy cilium",
    )


def test_terraform_writes_values_as_hcl() -> None:
    cluster = gold({"api_server.run_command_disabled": False, "protection.image_cleaner": False})
    found = plan(cluster, "AKS-API-004", "AKS-PRO-002", tool=Tool.TERRAFORM)
    assert found.steps[0].diff == (
        "  # azurerm_kubernetes_cluster.contoso",
        '  resource "azurerm_kubernetes_cluster" "contoso" {',
        "-   run_command_enabled = true",
        "+   run_command_enabled = false",
        "-   image_cleaner_enabled = false",
        "+   image_cleaner_enabled = true",
        "  }",
    )
    assert found.steps[0].commands == ()


CONFIGURATION = """\
terraform {
  required_providers {
    azurerm = { source = "hashicorp/azurerm", version = "~> 4.68" }
  }
}

module "shop" {
  source = "./shop"
}
"""
MODULE = """\
resource "azurerm_kubernetes_cluster" "main" {
  name                = "shop"
  location            = "westeurope"
  resource_group_name = "shop"
  dns_prefix          = "shop"
  run_command_enabled = true
  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4ds_v5"
    node_count = 3
  }
  identity {
    type = "SystemAssigned"
  }
}
"""


def test_a_change_of_terraform_names_the_resource_that_it_is_made_in(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(CONFIGURATION)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/main.tf").write_text(MODULE)
    readings = [
        reading for _, reading in read([tmp_path / "main.tf", tmp_path / "shop/main.tf"], root=tmp_path, limits=DEFAULT)
    ]
    (cluster,) = [one for each in readings if not isinstance(each, Exception) for one in each.clusters]
    found = plan(cluster, "AKS-API-004", tool=Tool.TERRAFORM)
    text = "\n".join(line for step in found.steps for line in step.diff)
    assert "# module.shop.azurerm_kubernetes_cluster.main (" in text
    assert '  resource "azurerm_kubernetes_cluster" "main" {\n-   run_command_enabled = true\n+' in text


def test_the_default_pool_is_changed_inside_its_cluster_and_others_in_their_own_resource() -> None:
    addresses = {"": "azurerm_kubernetes_cluster.main", "system": "azurerm_kubernetes_cluster.main"}
    addresses["user"] = 'azurerm_kubernetes_cluster_node_pool.pools["user"]'
    cluster = msgspec.structs.replace(gold(), addresses=addresses)
    cluster = put(cluster, {"upkeep.kubernetes_version": "1.36", "pool.kubernetes_version": "1.35"})
    found = plan(cluster, tool=Tool.TERRAFORM, upkeep__kubernetes_version="1.37")
    text = "\n".join(line for step in found.steps for line in step.diff)
    assert '  resource "azurerm_kubernetes_cluster" "main" {\n    default_node_pool {\n-     orchestrator' in text
    assert '  # azurerm_kubernetes_cluster_node_pool.pools["user"]\n' in text
    assert '  resource "azurerm_kubernetes_cluster_node_pool" "pools" {\n-   orchestrator' in text


def test_a_block_that_comes_is_told_with_what_it_holds() -> None:
    off = {"access.entra": False, "access.azure_rbac": False, "access.local_accounts_disabled": False}
    found = plan(gold(off), "AKS-ACC-002", "AKS-ACC-003", tool=Tool.TERRAFORM)
    text = "\n".join(line for step in found.steps for line in step.diff)
    assert "+   azure_active_directory_role_based_access_control {\n+     azure_rbac_enabled = true\n+   }" in text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_plan_has_its_changes_of_terraform(data: st.DataObject) -> None:
    """Every setting that a step changes with Terraform stands in its diff, whatever comes together in it."""
    cluster = data.draw(clusters())
    for step in migrate(cluster, CHECKS, Options(tool=Tool.TERRAFORM), TODAY).steps:
        assert all(line[:1] in " -+" for line in step.diff)
        assert bool(step.diff) == any(line.startswith(("+", "-")) for line in step.diff) or step.id == "upgrade"
        opened = sum(line.rstrip().endswith("{") for line in step.diff)
        assert opened == sum(line.strip("+- ") == "}" for line in step.diff)


def test_what_azurerm_keeps_apart_is_a_resource_of_its_own() -> None:
    found = plan(gold({"protection.audit_logs": ()}), "AKS-PRO-005", tool=Tool.TERRAFORM)
    text = "\n".join(line for step in found.steps for line in step.diff)
    assert '+ resource "azurerm_monitor_diagnostic_setting" "aks" {' in text
    assert '+   enabled_log { category = "guard" }' in text


def test_terraform_leaves_to_az_what_it_has_no_attribute_for() -> None:
    found = plan(gold({"pool.ssh_access": "LocalUser"}), "AKS-POOL-006", tool=Tool.TERRAFORM)
    assert all("--ssh-access disabled" in command for command in found.steps[0].commands)


# --- laws

VALUES: dict[str, list[Any]] = {
    "access.entra": [True, False],
    "access.azure_rbac": [True, False],
    "access.local_accounts_disabled": [True, False],
    "access.entra_legacy_client": [None, "00000000-0000-0000-0000-000000000001"],
    "identity.type": ["UserAssigned", "SystemAssigned", None],
    "identity.oidc_issuer": [True, False],
    "identity.workload_identity": [True, False],
    "identity.imds_restriction": [True, False],
    "api_server.private": [True, False],
    "api_server.vnet_integration": [True, False],
    "api_server.public_fqdn": [True, False],
    "api_server.authorized_ranges": [(), ("0.0.0.0/0",), ("203.0.113.0/24",)],
    "api_server.run_command_disabled": [True, False],
    "network.load_balancer_sku": ["standard", "basic"],
    "network.outbound_type": ["userDefinedRouting", "loadBalancer", None],
    "addons.azure_policy": [True, False],
    "addons.key_vault_secrets": [True, False],
    "addons.secret_rotation": [True, False],
    "addons.http_application_routing": [True, False],
    "protection.defender": [True, False],
    "protection.kms": [True, False],
    "protection.safeguards_level": ["Enforce", "Warn", None],
    "protection.audit_logs": [("guard", "kube-audit-admin"), ()],
    "upkeep.kubernetes_version": ["1.36", "1.35.4", "1.33.1", "1.31", "1.29.2", "1.12.8"],
    "upkeep.upgrade_channel": ["patch", None],
    "upkeep.node_os_channel": ["NodeImage", "Unmanaged", None],
    "upkeep.maintenance_windows": [("aksManagedNodeOSUpgradeSchedule",), ()],
}
NETWORKS = [
    ("azure", "overlay", "cilium", "cilium"),
    ("azure", "overlay", "azure", "calico"),
    ("azure", "overlay", "azure", "azure"),
    ("azure", None, "azure", "azure"),
    ("azure", None, "azure", None),
    ("kubenet", None, "azure", "calico"),
    ("kubenet", None, "azure", None),
]
POOL_VALUES: dict[str, list[Any]] = {
    "os_type": ["Linux", "Linux", "Windows"],
    "node_public_ip": [False, True],
    "host_encryption": [True, False],
    "secure_boot": [True, False],
    "vtpm": [True, False],
    "ssh_access": ["Disabled", "LocalUser"],
    "taints": [(), ("CriticalAddonsOnly=true:NoSchedule",)],
    "type": ["VirtualMachineScaleSets", "VirtualMachineScaleSets", "AvailabilitySet"],
}


BLANKED = ["network.policy", "network.plugin", "network.plugin_mode", "network.dataplane", "identity.service_principal"]
BLANKED += ["pools", "pool.os_type", "pool.subnet", "pool.type", "access.rbac"]


def some(values: Mapping[str, list[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={path: st.sampled_from(choices) for path, choices in values.items()})


@st.composite
def clusters(draw: st.DrawFn) -> Cluster:
    """A cluster that Azure could have: gold with some settings changed, none against another."""
    sets = draw(some(VALUES))
    names = ("network.plugin", "network.plugin_mode", "network.dataplane", "network.policy")
    sets |= dict(zip(names, draw(st.sampled_from(NETWORKS)), strict=True))
    system = gold_pool("system", mode="System", **{**draw(some(POOL_VALUES)), "os_type": "Linux"})
    cluster = put(gold(sets), {"pools": (system, gold_pool("user", **draw(some(POOL_VALUES))))})
    fixes: dict[str, Any] = {"pool.kubernetes_version": cluster.upkeep.kubernetes_version}
    if cluster.network.dataplane != "cilium":
        fixes |= {
            path: KUBENET[path] for path in KUBENET if "acns" in path or path.endswith(("encryption", "policies"))
        }
    if cluster.api_server.private:
        fixes["api_server.authorized_ranges"] = ()
    if cluster.identity.type is None:
        fixes["identity.service_principal"] = "00000000-0000-0000-0000-000000000003"
    if not cluster.access.entra:
        fixes |= {"access.azure_rbac": False, "access.local_accounts_disabled": False}
    if not cluster.identity.oidc_issuer:
        fixes |= {"identity.workload_identity": False, "identity.imds_restriction": False}
        fixes |= {"protection.image_integrity": False}
    if not cluster.addons.key_vault_secrets:
        fixes["addons.secret_rotation"] = False
    if not cluster.addons.azure_policy:
        fixes |= {"protection.safeguards_level": None, "protection.image_integrity": False}
    if cluster.network.load_balancer_sku == "basic":
        fixes |= {"api_server.private": False, "api_server.authorized_ranges": ()}
    if cluster.network.plugin == "kubenet":
        fixes["network.outbound_type"] = "userDefinedRouting"
    elif cluster.network.outbound_type is None:
        fixes["network.artifact_source"] = "Cache"
    cluster = put(cluster, fixes)
    if (
        cluster.network.plugin == "kubenet"
        or cluster.network.policy == "cilium"
        or cluster.network.artifact_source == "Cache"
    ):
        cluster = put(cluster, {"pool.os_type": "Linux"})
    return cluster


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cluster=clusters(), severity=st.sampled_from([Severity.MEDIUM, Severity.LOW]))
def test_every_plan_can_be_walked_and_ends_where_it_says(cluster: Cluster, severity: Severity) -> None:
    options = Options(severity=severity)
    found = migrate(cluster, CHECKS, options, TODAY)
    if found.rebuild:
        assert found.replacement is not None
        weak = [one for one in failures(found.replacement, CHECKS, TODAY) if one.finding.severity >= severity]
        assert {one.finding.rule for one in weak} <= set(found.left)
        return
    azure = Azure(cluster).follow(found)
    assert failing(azure.cluster, found.mends or ("none",)) == set()
    assert found.reimages <= MOST_REIMAGES
    still = {one.finding.rule for one in failures(azure.cluster, CHECKS, TODAY) if one.finding.severity >= severity}
    assert still <= set(found.left)
    again = migrate(azure.cluster, CHECKS, options, TODAY)
    assert not again.steps


@settings(max_examples=60, deadline=None)
@given(
    cluster=clusters(),
    dark=st.sets(st.sampled_from([*VALUES, *BLANKED]), max_size=6),
)
def test_the_unknown_is_never_guessed(cluster: Cluster, dark: set[str]) -> None:
    """With settings blanked there is a plan that holds for what is known, or an error raised on purpose."""
    try:
        darker = put(cluster, dict.fromkeys(dark - {"pools"}, UNKNOWN))
        found = migrate(put(darker, dict.fromkeys(dark & {"pools"}, UNKNOWN)), CHECKS, Options(), TODAY)
    except SeawallError:
        return
    if not found.rebuild and is_known(found.cluster.pools) and "upkeep.kubernetes_version" not in dark:
        Azure(cluster).follow(found)


def test_the_order_keeps_what_comes_first() -> None:
    everything = [operation.id for operation in ordered(each.id for each in OPERATIONS)]
    assert len(everything) == len(OPERATIONS)
    for operation in OPERATIONS:
        for first in operation.after:
            assert first in BY_ID
            assert everything.index(first) < everything.index(operation.id)


@needs_facts
@settings(max_examples=40, deadline=None)
@given(cluster=clusters())
def test_every_flag_is_one_of_az_aks(cluster: Cluster) -> None:
    assert SHARED is not None
    facts = json.loads((SHARED / "reference/facts/az_cli_flags_create_vs_update.json").read_text())
    flags = {
        "update": {
            flag for key in ("cluster_core", "cluster_preview") for flag, is_in in facts[key].items() if is_in["update"]
        }
    }
    pools = [facts["nodepool_core"], facts["nodepool_preview"]]
    flags["nodepool update"] = {flag for each in pools for flag, is_in in each.items() if is_in["update"]}
    flags["nodepool add"] = {flag for each in pools for flag, is_in in each.items() if is_in["create"]}
    for command in (line for step in migrate(cluster, CHECKS, Options(), TODAY).steps for line in step.commands):
        for verb, allowed in flags.items():
            if command.startswith(f"az aks {verb} "):
                given_ones = {word for word in shlex.split(command) if word.startswith("--")}
                assert given_ones <= allowed | {"--cluster-name", "--migrate-vmas-to-vms"}, command


def test_the_simulator_refuses() -> None:
    """A simulator that takes everything would prove nothing."""
    kubenet = gold(KUBENET)
    update = "az aks update -g contoso -n contoso "
    for command in (
        "--network-policy cilium --network-dataplane cilium",
        "--network-plugin azure --network-plugin-mode overlay",
        "--network-policy azure",
        "--outbound-type none",
        "--no-such-flag",
    ):
        with pytest.raises(Refused):
            Azure(kubenet).run(update + command)
    with pytest.raises(Refused):
        Azure(gold({"access.entra": False})).run(update + "--disable-local-accounts")
    with pytest.raises(Refused):
        Azure(put(gold(), {"upkeep.kubernetes_version": "1.30"})).run("az aks upgrade --kubernetes-version 1.34")
