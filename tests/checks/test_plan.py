"""What is wrong with plans, of the shape that `terraform show -json` of Terraform 1.11 writes."""

from __future__ import annotations

import copy
import datetime
import json
from typing import Any

import pytest

from seawall.checks import all_checks
from seawall.checks.plan import RULES, judge
from seawall.errors import Malformed, Unsupported
from seawall.model import Cost, Finding, Severity, Status
from seawall.safe.limits import DEFAULT
from seawall.sources.clusters.costs import change as price
from seawall.sources.clusters.terraform import changes

TODAY = datetime.date(2026, 11, 23)
ID = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/prod"
CLUSTER, POOL = "azurerm_kubernetes_cluster.main", "azurerm_kubernetes_cluster_node_pool.work"
LOGS = "azurerm_monitor_diagnostic_setting.aks"


def cluster(**more: Any) -> dict[str, Any]:
    """The attributes of a cluster as the state has them."""
    profile = {"network_plugin": "azure", "network_plugin_mode": "overlay", "outbound_type": "loadBalancer"}
    profile |= {"network_policy": "calico", "network_data_plane": "azure", "load_balancer_sku": "standard"}
    profile |= more.pop("network", {})
    pool = {"name": "system", "vm_size": "Standard_D4ds_v5", "host_encryption_enabled": True, "zones": ["1", "2"]}
    pool |= {"node_public_ip_enabled": False, "orchestrator_version": "1.34", "temporary_name_for_rotation": "tmp"}
    return {
        "id": ID,
        "name": "prod",
        "location": "westeurope",
        "resource_group_name": "rg",
        "dns_prefix": "prod",
        "kubernetes_version": "1.34",
        "role_based_access_control_enabled": True,
        "local_account_disabled": True,
        "azure_active_directory_role_based_access_control": [{"azure_rbac_enabled": True, "tenant_id": "t"}],
        "private_cluster_enabled": False,
        "oidc_issuer_enabled": False,
        "workload_identity_enabled": False,
        "identity": [{"type": "SystemAssigned", "identity_ids": []}],
        "api_server_access_profile": [{"authorized_ip_ranges": ["203.0.113.0/24"]}],
        "network_profile": [profile],
        "default_node_pool": [pool | more.pop("pool", {})],
        "sku_tier": "Standard",
        **more,
    }


def pool(**more: Any) -> dict[str, Any]:
    held = {"id": f"{ID}/agentPools/work", "name": "work", "kubernetes_cluster_id": ID, "vm_size": "Standard_D8ds_v5"}
    held |= {"mode": "User", "os_type": "Linux", "host_encryption_enabled": True, "node_public_ip_enabled": False}
    held |= {"orchestrator_version": "1.34"}
    return {**held, "zones": ["1", "2"], **more}


def logs() -> dict[str, Any]:
    return {"name": "aks", "target_resource_id": ID, "enabled_log": [{"category": "kube-audit-admin"}]}


def step(
    address: str, before: Any, after: Any, *, forced: list[list[Any]] | None = None, unknown: Any = None, **more: Any
) -> dict[str, Any]:
    """One entry of `resource_changes`."""
    actions = ["no-op"] if before == after and not unknown else ["update"]
    actions = ["delete"] if after is None else ["create"] if before is None else actions
    actions = ["delete", "create"] if forced is not None else actions
    kind, name = address.split(".")
    change = {"actions": actions, "before": before, "after": after, "after_unknown": unknown or {}}
    change |= {"before_sensitive": {}, "after_sensitive": {}} | ({"replace_paths": forced} if forced else {})
    described = {"address": address, "mode": "managed", "type": kind, "name": name}
    return {**described, "provider_name": "registry.terraform.io/hashicorp/azurerm", "change": change, **more}


def plan(*steps: dict[str, Any], version: str = "~> 4.0", **more: Any) -> dict[str, Any]:
    planned = [
        {key: each[key] for key in ("address", "mode", "type", "name")} | {"values": each["change"]["after"]}
        for each in steps
        if each["change"]["after"] is not None
    ]
    provider = {
        "name": "azurerm",
        "full_name": "registry.terraform.io/hashicorp/azurerm",
        "version_constraint": version,
    }
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": planned}},
        "resource_changes": list(steps),
        "configuration": {"provider_config": {"azurerm": provider}, "root_module": {}},
        **more,
    }


def read(document: Any) -> changes.Changes:
    return changes.read(json.dumps(document, indent=1).encode(), "plan.json", DEFAULT)


def judged(document: Any) -> list[Finding]:
    return list(judge(read(document).changes, RULES, all_checks(), today=TODAY, price=price))


def of(rule: str, found: list[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.rule == rule]


def test_no_changes() -> None:
    found = read(plan(step(CLUSTER, cluster(), cluster()), step(POOL, pool(), pool())))
    assert found.touched == 0
    assert [change.actions for change in found.changes] == [("no-op",), ("no-op",)]
    assert judged(plan(step(CLUSTER, cluster(), cluster()), step(POOL, pool(), pool()))) == []


def test_nothing_of_aks_at_all() -> None:
    document = plan(step("azurerm_resource_group.rg", {"name": "a"}, {"name": "b"}))
    assert read(document) == changes.Changes(changes=(), touched=0)


def test_a_new_cluster_is_no_loss() -> None:
    assert judged(plan(step(CLUSTER, None, cluster(local_account_disabled=False)))) == []


def test_replaced_for_a_private_api() -> None:
    document = plan(
        step(CLUSTER, cluster(), cluster(private_cluster_enabled=True), forced=[["private_cluster_enabled"]])
    )
    (finding,) = of("AKS-PLN-001", judged(document))
    assert (finding.subject.kind, finding.subject.name, finding.field) == ("cluster", "prod", "api_server.private")
    assert finding.severity is Severity.CRITICAL
    assert "because of private_cluster_enabled: false → true" in finding.message
    assert "AKS cannot do it in place either" in finding.message
    assert finding.change
    assert finding.change.cost is Cost.NEW_CLUSTER
    assert finding.location
    line = json.dumps(document, indent=1).splitlines()[finding.location.line - 1 :]
    assert line[1].strip() == f'"address": "{CLUSTER}",'


def test_replaced_by_terraform_where_aks_does_it_in_place() -> None:
    after = cluster(network={"network_policy": "cilium", "network_data_plane": "cilium"})
    forced = [["network_profile", 0, "network_policy"], ["network_profile", 0, "network_data_plane"]]
    (finding,) = of("AKS-PLN-001", judged(plan(step(CLUSTER, cluster(), after, forced=forced), version="4.50.0")))
    assert "network_profile.network_policy: calico → cilium" in finding.message
    assert "AKS makes the change in place (reimage): az does, and azurerm from 4.59 on" in finding.message
    assert finding.change
    assert "--network-policy cilium" in finding.change.command


def test_the_way_of_az_alone() -> None:
    after = cluster(network={"network_policy": "azure"})
    forced = [["network_profile", 0, "network_policy"]]
    (finding,) = of("AKS-PLN-001", judged(plan(step(CLUSTER, cluster(), after, forced=forced), version="4.20.0")))
    assert finding.message.endswith("calico → azure; AKS makes the change in place (reimage): az does")


def test_replaced_for_what_is_known_only_later() -> None:
    after = cluster(network={"pod_cidr": None})
    unknown = {"network_profile": [{"pod_cidr": True}]}
    before = cluster(network={"pod_cidr": "10.244.0.0/16"})
    document = plan(step(CLUSTER, before, after, forced=[["network_profile", 0, "pod_cidr"]], unknown=unknown))
    (finding,) = of("AKS-PLN-001", judged(document))
    assert "network_profile.pod_cidr: 10.244.0.0/16 → known after apply" in finding.message
    assert "depends on what is known only later" in finding.message


def test_replaced_for_a_secret_which_is_not_told() -> None:
    before, after = (cluster(windows_profile=[{"admin_password": word}]) for word in ("hunter2", "hunter3"))
    forced = step(CLUSTER, before, after, forced=[["windows_profile", 0, "admin_password"]])
    for side in ("before", "after"):
        forced["change"][f"{side}_sensitive"] = {"windows_profile": [{"admin_password": True}]}
    found = judged(plan(forced))
    assert "because of windows_profile.admin_password; no way" in found[0].message
    assert "hunter" not in str(found)


def test_a_pool_replaced_for_its_size_and_for_host_encryption() -> None:
    before = pool(host_encryption_enabled=False)
    size = step(POOL, pool(), pool(vm_size="Standard_D2s_v5"), forced=[["vm_size"]])
    (finding,) = of("AKS-PLN-001", judged(plan(step(CLUSTER, cluster(), cluster()), size)))
    assert (finding.subject.kind, finding.subject.name, finding.severity) == ("pool", "prod/work", Severity.HIGH)
    assert "vm_size: Standard_D8ds_v5 → Standard_D2s_v5; no way to do it in place is known" in finding.message
    encryption = step(POOL, before, pool(), forced=[["host_encryption_enabled"]])
    (finding,) = of("AKS-PLN-001", judged(plan(step(CLUSTER, cluster(), cluster()), encryption)))
    assert finding.field == "pool.host_encryption"
    assert "AKS cannot do it in place either (new pool)" in finding.message


def test_the_first_pool_is_replaced_without_a_word_of_terraform() -> None:
    document = plan(step(CLUSTER, cluster(), cluster(pool={"vm_size": "Standard_D8ds_v5"})))
    (finding,) = of("AKS-PLN-001", judged(document))
    assert (finding.subject.name, finding.severity) == ("prod/system", Severity.HIGH)
    assert "without draining it, because of default_node_pool.vm_size" in finding.message


def test_destroyed() -> None:
    document = plan(
        step(CLUSTER, cluster(), None, action_reason="delete_because_no_resource_config"), step(POOL, pool(), None)
    )
    found = of("AKS-PLN-002", judged(document))
    assert [(finding.subject.name, finding.severity) for finding in found] == [
        ("prod", Severity.CRITICAL),
        ("prod/work", Severity.HIGH),
    ]
    assert found[0].message.endswith("would be destroyed: the configuration no longer has it")
    assert len(judged(document)) == 2


def test_the_default_of_version_5_passes_a_one_way_door() -> None:
    document = plan(step(CLUSTER, cluster(), cluster(oidc_issuer_enabled=True)), version="~> 5.0")
    (finding,) = judged(document)
    assert (finding.rule, finding.field, finding.severity) == ("AKS-PLN-003", "identity.oidc_issuer", Severity.HIGH)
    assert finding.message == "identity.oidc_issuer: false → true cannot be undone on this cluster"


def test_an_upgrade_is_told_softly() -> None:
    found = judged(plan(step(CLUSTER, cluster(), cluster(kubernetes_version="1.35"))))
    assert [(finding.field, finding.severity) for finding in found] == [("upkeep.kubernetes_version", Severity.LOW)]


def test_weaker() -> None:
    (finding,) = judged(plan(step(CLUSTER, cluster(), cluster(local_account_disabled=False))))
    assert (finding.rule, finding.field) == ("AKS-PLN-004", "access.local_accounts_disabled")
    assert finding.severity >= Severity.HIGH
    assert finding.change
    assert finding.change.cost is Cost.IN_PLACE


def test_what_only_begins_to_matter_keeps_its_severity() -> None:
    after = cluster(network={"network_policy": "cilium", "network_data_plane": "cilium"})
    found = of("AKS-PLN-004", judged(plan(step(CLUSTER, cluster(), after))))
    own = {check.id: check.severity for check in all_checks()}
    assert {finding.message.split()[0]: finding.severity for finding in found} == {
        rule: own[rule] for rule in ("AKS-NET-007", "AKS-NET-008")
    }


def test_what_was_weak_before_is_not_the_plans_fault() -> None:
    weak = cluster(local_account_disabled=False)
    assert judged(plan(step(CLUSTER, weak, {**weak, "tags": {"a": "b"}}))) == []


def test_weaker_by_a_resource_beside_the_cluster() -> None:
    found = judged(plan(step(CLUSTER, cluster(), cluster()), step(LOGS, logs(), None)))
    assert {(finding.rule, finding.field) for finding in found} == {("AKS-PLN-004", "protection.audit_logs")}


def test_a_new_pool_makes_a_cluster_weaker_unless_the_others_are_so() -> None:
    weak = pool(node_public_ip_enabled=True)
    (finding,) = judged(plan(step(CLUSTER, cluster(), cluster()), step(POOL, None, weak)))
    assert (finding.rule, finding.subject.name) == ("AKS-PLN-004", "prod/work")
    already = cluster(pool={"node_public_ip_enabled": True})
    assert judged(plan(step(CLUSTER, already, already), step(POOL, None, weak))) == []


@pytest.mark.parametrize(
    ("attribute", "rules"),
    [("local_account_disabled", {"AKS-PLN-004"}), ("oidc_issuer_enabled", {"AKS-PLN-003", "AKS-PLN-004"})],
)
def test_what_is_known_only_later_is_undecided(attribute: str, rules: set[str]) -> None:
    after = copy.deepcopy(cluster())
    del after[attribute]
    found = judged(plan(step(CLUSTER, cluster(), after, unknown={attribute: True})))
    assert {(finding.rule, finding.status) for finding in found} == {(rule, Status.UNKNOWN) for rule in rules}
    assert all("known only after the plan is carried out" in finding.message for finding in found)


def test_clusters_of_one_name_keep_their_pools_apart() -> None:
    other = {**cluster(), "id": ID.replace("/rg/", "/other/"), "resource_group_name": "other"}
    lost = pool(kubernetes_cluster_id=other["id"])
    document = plan(
        step(CLUSTER, cluster(), cluster()),
        step("azurerm_kubernetes_cluster.other", other, other),
        step(POOL, lost, None),
    )
    (finding,) = judged(document)
    assert finding.subject.name == "azurerm_kubernetes_cluster.other/work"


def test_a_cluster_that_terraform_lets_go_of_is_not_assessed() -> None:
    gone = step(CLUSTER, cluster(), None)
    gone["change"]["actions"] = ["forget"]
    found = read(plan(gone))
    assert judged(plan(gone)) == []
    assert [note.what for note in found.not_assessed] == [CLUSTER]


def test_what_is_no_plan() -> None:
    state = {"format_version": "1.0", "values": {"root_module": {}}}
    for document in (state, {}, [], {"planned_values": {}}):
        with pytest.raises(Malformed):
            read(document)
    with pytest.raises(Unsupported, match="of format_version 2"):
        read(plan() | {"format_version": "2.0"})


def test_azapi_too() -> None:
    kind = {"type": "Microsoft.ContainerService/managedClusters@2026-05-01", "name": "prod", "location": "westeurope"}
    on, off = ({**kind, "body": {"properties": {"disableLocalAccounts": value}}} for value in (True, False))
    address = "azapi_resource.aks"
    assert {finding.rule for finding in judged(plan(step(address, on, off)))} == {"AKS-PLN-004"}
    moved = step(address, on, {**on, "location": "northeurope"}, forced=[["location"]])
    assert "location: westeurope → northeurope" in of("AKS-PLN-001", judged(plan(moved)))[0].message


def test_an_azapi_update_beside_a_cluster_that_stays_as_it_is() -> None:
    kind = {"type": "Microsoft.ContainerService/managedClusters@2026-05-01", "resource_id": ID}
    on, off = (
        {**kind, "body": {"properties": {"nodeResourceGroupProfile": {"restrictionLevel": level}}}}
        for level in ("ReadOnly", "Unrestricted")
    )
    same = step(CLUSTER, cluster(), cluster())
    found = judged(plan(same, step("azapi_update_resource.lock", on, off)))
    assert [(finding.rule, finding.field) for finding in found] == [
        ("AKS-PLN-004", "protection.node_resource_group_restriction")
    ]


@pytest.mark.parametrize("name", sorted(changes.CYCLED_FIRST))
def test_every_attribute_that_cycles_the_first_pool_is_told(name: str) -> None:
    before, after = copy.deepcopy(cluster()), copy.deepcopy(cluster())
    before["default_node_pool"][0][name], after["default_node_pool"][0][name] = "Windows2022", "AzureLinux3"
    found = of("AKS-PLN-001", judged(plan(step(CLUSTER, before, after))))
    assert [name in finding.message for finding in found] == [True]


def test_operating_systems_of_linux_are_swapped_in_place() -> None:
    before, after = copy.deepcopy(cluster()), copy.deepcopy(cluster())
    before["default_node_pool"][0]["os_sku"], after["default_node_pool"][0]["os_sku"] = "Ubuntu", "AzureLinux3"
    assert of("AKS-PLN-001", judged(plan(step(CLUSTER, before, after)))) == []


def test_a_plan_that_flips_the_oidc_issuer() -> None:
    """On: a one-way door. Off again: azurerm from 4.68 on replaces the cluster, which the plan shows."""
    on, off = cluster(oidc_issuer_enabled=True), cluster(oidc_issuer_enabled=False)
    assert "AKS-PLN-003" in {finding.rule for finding in judged(plan(step(CLUSTER, off, on)))}
    back = judged(plan(step(CLUSTER, on, off, forced=[["oidc_issuer_enabled"]])))
    (replaced,) = of("AKS-PLN-001", back)
    assert "oidc_issuer_enabled: true → false" in replaced.message
    assert "AKS cannot do it in place either" in replaced.message


def test_odd_shapes_do_no_harm() -> None:
    odd = [None, 3, {}, {"type": "azurerm_kubernetes_cluster", "mode": "managed"}]
    odd += [
        {"type": "azurerm_kubernetes_cluster", "mode": "managed", "change": {"actions": 3, "before": [], "after": 1}}
    ]
    found = read(plan() | {"resource_changes": odd})
    assert {note.why for note in found.not_assessed} == {"Seawall does not know these actions: none"}
