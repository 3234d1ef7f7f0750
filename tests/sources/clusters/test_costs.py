"""What changes cost, from where to where and with which tool: the transitions that AKS documents."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from seawall.model import UNKNOWN, Change, Cluster, Cost, Pool, Tool, Unknown
from seawall.model.paths import get, put
from seawall.sources.clusters.az_costs import MANAGED_VNET, OWN_VNET
from seawall.sources.clusters.costs import change
from seawall.sources.clusters.field import Field, Kind
from seawall.sources.clusters.fields import FIELDS

FACTS = next(
    (p / "shared/reference/facts" for p in Path(__file__).resolve().parents if (p / "shared/reference/facts").is_dir()),
    None,
)
needs_facts = pytest.mark.skipif(FACTS is None, reason="../shared/reference/facts is not here")
UPDATE = "az aks update -g rg -n prod "


def cluster(values: dict[str, Any] | None = None, *pools: Pool) -> Cluster:
    found = put(Cluster(name="prod", resource_group="rg"), values or {})
    return put(found, {"pools": pools}) if pools else found


def costs(cluster: Cluster, sets: dict[str, Any], tool: Tool = Tool.AZ) -> tuple[Cost, bool]:
    answer = change(cluster, sets, tool=tool)
    return answer.cost, answer.one_way


POLICIES = {
    (None, "azure"): Cost.REIMAGE,
    (None, "calico"): Cost.REIMAGE,
    (None, "cilium"): Cost.REIMAGE,
    ("azure", None): Cost.REIMAGE,
    ("azure", "calico"): Cost.REIMAGE,
    ("azure", "cilium"): Cost.REIMAGE,
    ("calico", None): Cost.REIMAGE,
    ("calico", "azure"): Cost.REIMAGE,
    ("calico", "cilium"): Cost.REIMAGE,
    ("cilium", None): Cost.NEW_CLUSTER,
    ("cilium", "azure"): Cost.NEW_CLUSTER,
    ("cilium", "calico"): Cost.NEW_CLUSTER,
}
REPLACED_BY_TERRAFORM = {pair for pair in POLICIES if pair[0] and pair[1] != "cilium"}


@pytest.mark.parametrize(("old", "new"), POLICIES)
def test_network_policy(old: str | None, new: str | None) -> None:
    before = cluster({"network.policy": old, "network.plugin": "azure"})
    assert costs(before, {"network.policy": new}) == (POLICIES[old, new], new == "cilium")
    expected = Cost.NEW_CLUSTER if (old, new) in REPLACED_BY_TERRAFORM else Cost.REIMAGE
    assert costs(before, {"network.policy": new}, Tool.TERRAFORM) == (expected, new == "cilium")


def test_cilium_takes_both_flags_in_one_command() -> None:
    before = cluster({"network.policy": None, "network.dataplane": "azure", "network.plugin": "azure"})
    both = change(before, {"network.policy": "cilium", "network.dataplane": "cilium"})
    assert both.command == UPDATE + "--network-dataplane cilium --network-policy cilium"
    assert change(before, {"network.policy": "cilium"}).command == both.command


def test_azure_and_calico_meet_through_none() -> None:
    answer = change(cluster({"network.policy": "azure", "network.plugin": "azure"}), {"network.policy": "calico"})
    assert answer.command == f"{UPDATE}--network-policy none && {UPDATE}--network-policy calico"


def test_kubenet_and_calico_to_cilium_in_the_order_that_aks_asks_for() -> None:
    before = cluster({"network.plugin": "kubenet", "network.policy": "calico", "network.dataplane": "azure"})
    answer = change(before, {"network.policy": "cilium"})
    assert (answer.cost, answer.one_way) == (Cost.REIMAGE, True)
    assert answer.command.split(" && ") == [
        f"{UPDATE}--network-policy none",
        f"{UPDATE}--network-plugin azure --network-plugin-mode overlay",
        f"{UPDATE}--network-dataplane cilium --network-policy cilium",
    ]


def test_azure_on_kubenet_needs_overlay_first() -> None:
    answer = change(cluster({"network.plugin": "kubenet", "network.policy": None}), {"network.policy": "azure"})
    assert (answer.cost, answer.one_way) == (Cost.REIMAGE, True)
    assert [step.removeprefix(UPDATE) for step in answer.command.split(" && ")] == [
        "--network-plugin azure --network-plugin-mode overlay",
        "--network-policy azure",
    ]


def test_windows_pools_stand_in_the_way_of_cilium() -> None:
    before = cluster({"network.plugin": "azure", "network.policy": None}, Pool(name="win", os_type="Windows"))
    assert "must go first: win" in change(before, {"network.policy": "cilium"}).note
    assert "must go" not in change(before, {"network.policy": "calico"}).note


def test_overlay_brings_the_engine_back() -> None:
    before = cluster({"network.plugin": "azure", "network.plugin_mode": None, "network.policy": "calico"})
    answer = change(before, {"network.plugin_mode": "overlay"})
    assert (answer.cost, answer.one_way) == (Cost.REIMAGE, True)
    assert [step.removeprefix(UPDATE) for step in answer.command.split(" && ")] == [
        "--network-policy none",
        "--network-plugin azure --network-plugin-mode overlay",
        "--network-policy calico",
    ]


def test_what_depends_on_an_unknown_value_is_unknown() -> None:
    assert costs(cluster(), {"network.policy": "azure"})[0] is Cost.UNKNOWN
    assert costs(cluster(), {"network.policy": "cilium"})[0] is Cost.REIMAGE
    assert costs(cluster(), {"network.plugin": "azure"})[0] is Cost.UNKNOWN
    assert costs(cluster(), {"network.outbound_type": None})[0] is Cost.UNKNOWN
    assert costs(cluster(), {"access.local_accounts_disabled": True})[0] is Cost.IN_PLACE


@pytest.mark.parametrize(
    ("vnet", "cost"), [(True, Cost.IN_PLACE), (False, Cost.NEW_CLUSTER), (UNKNOWN, Cost.NEW_CLUSTER)]
)
def test_a_private_cluster_needs_vnet_integration(vnet: object, cost: Cost) -> None:
    before = cluster({"api_server.private": False, "api_server.vnet_integration": vnet})
    answer = change(before, {"api_server.private": True})
    assert answer.cost is cost
    assert answer.command == (UPDATE + "--enable-private-cluster" if cost is Cost.IN_PLACE else "")
    assert costs(before, {"api_server.private": True}, Tool.TERRAFORM)[0] is Cost.NEW_CLUSTER


def test_vnet_integration_opens_the_way_to_a_private_cluster() -> None:
    before = cluster({"api_server.private": False, "api_server.vnet_integration": False})
    answer = change(before, {"api_server.private": True, "api_server.vnet_integration": True})
    assert (answer.cost, answer.one_way) == (Cost.REIMAGE, True)
    first, last = answer.command.split(" && ")
    assert "--enable-apiserver-vnet-integration --apiserver-subnet-id SUBNET_ID" in first
    assert last == UPDATE + "--enable-private-cluster"


def test_what_is_fixed_at_creation_needs_a_new_cluster_and_has_no_command() -> None:
    answer = change(
        cluster({"access.rbac": False, "addons.azure_policy": False}),
        {"access.rbac": True, "addons.azure_policy": True},
    )
    assert answer.cost is Cost.NEW_CLUSTER
    assert answer.command == ""
    assert "plan a new one" in answer.note


def test_flags_that_az_takes_together_are_one_command() -> None:
    before = cluster({"access.entra": False, "access.azure_rbac": False, "identity.oidc_issuer": False})
    sets = {"access.entra": True, "access.azure_rbac": True, "access.local_accounts_disabled": True}
    answer = change(before, {**sets, "identity.oidc_issuer": True})
    assert (answer.cost, answer.one_way) == (Cost.RESTART, True)
    assert answer.command == UPDATE + "--enable-aad --enable-azure-rbac --disable-local-accounts --enable-oidc-issuer"
    assert "rotate-certs" in answer.note
    assert "learn.microsoft.com" in answer.source


def test_one_way_doors_have_no_way_back() -> None:
    for path in ("access.entra", "identity.oidc_issuer", "api_server.vnet_integration"):
        assert costs(cluster({path: True}), {path: False}) == (Cost.NEW_CLUSTER, False), path
        assert costs(cluster({path: False}), {path: True})[1], path


def test_nothing_to_change() -> None:
    answer = change(cluster({"access.entra": True}), {"access.entra": True})
    assert (answer.cost, answer.command) == (Cost.IN_PLACE, "")
    assert "nothing" in answer.note


@needs_facts
def test_outbound_types_are_those_of_the_documentation() -> None:
    assert FACTS is not None
    known = json.loads((FACTS / "outbound_type_migrations.json").read_text())

    def named(word: str) -> str | None:
        return None if word == "none" else word

    own = {named(old): frozenset(map(named, new)) for old, new in known["byo_vnet"].items()}
    assert own == OWN_VNET
    managed = {named(old): frozenset(map(named, new)) for old, new in known["managed_vnet"].items()}
    # the changelog of 2026-05-29 allows what the table of the documentation does not list yet
    assert managed | {"managedNATGatewayV2": frozenset({None, "block"})} == MANAGED_VNET


def test_outbound_type_depends_on_whose_network_it_is() -> None:
    sets = {"network.outbound_type": "userDefinedRouting"}
    before = {"network.outbound_type": "loadBalancer"}
    assert costs(cluster(before, Pool(name="a", subnet="/subnet")), sets)[0] is Cost.REIMAGE
    assert costs(cluster(before, Pool(name="a", subnet=None)), sets)[0] is Cost.NEW_CLUSTER
    assert costs(cluster(before, Pool(name="a")), sets)[0] is Cost.UNKNOWN


def test_identity() -> None:
    principal = cluster({"identity.type": None, "identity.service_principal": "1234"})
    answer = change(principal, {"identity.type": "UserAssigned", "identity.service_principal": None})
    assert (answer.cost, answer.one_way) == (Cost.REIMAGE, True)
    assert answer.command == UPDATE + "--enable-managed-identity --assign-identity IDENTITY_ID"
    assert costs(cluster({"identity.type": "SystemAssigned"}), {"identity.type": None})[0] is Cost.NEW_CLUSTER


def test_versions_go_up_only() -> None:
    before = cluster({"upkeep.kubernetes_version": "1.33.9"})
    answer = change(before, {"upkeep.kubernetes_version": "1.34.10"})
    assert (answer.cost, answer.one_way) == (Cost.REIMAGE, True)
    assert answer.command == "az aks upgrade -g rg -n prod --kubernetes-version 1.34.10"
    assert costs(before, {"upkeep.kubernetes_version": "1.33.10"})[0] is Cost.REIMAGE
    assert costs(before, {"upkeep.kubernetes_version": "1.33.8"})[0] is Cost.NEW_CLUSTER


@pytest.mark.parametrize(
    ("path", "old", "new", "cost", "one_way"),
    [
        ("network.load_balancer_sku", "basic", "standard", Cost.RESTART, True),
        ("network.load_balancer_sku", "standard", "basic", Cost.NEW_CLUSTER, False),
        ("network.pod_cidr", "10.244.0.0/16", "10.244.0.0/15", Cost.IN_PLACE, True),
        ("network.pod_cidr", "10.244.0.0/16", "10.0.0.0/16", Cost.NEW_CLUSTER, False),
        ("network.dataplane", "cilium", "azure", Cost.NEW_CLUSTER, False),
        ("network.plugin", "azure", "kubenet", Cost.NEW_CLUSTER, False),
        ("network.plugin", None, "azure", Cost.NEW_CLUSTER, False),
        ("network.ip_families", ("IPv4",), ("IPv4", "IPv6"), Cost.REIMAGE, False),
        ("api_server.private_dns_zone", "system", None, Cost.REIMAGE, True),
        ("api_server.private_dns_zone", None, "system", Cost.NEW_CLUSTER, False),
        ("upkeep.node_os_channel", "Unmanaged", "NodeImage", Cost.REIMAGE, False),
        ("upkeep.node_os_channel", "NodeImage", "SecurityPatch", Cost.IN_PLACE, False),
        ("upkeep.sku", "Automatic", "Base", Cost.IN_PLACE, False),
        ("upkeep.sku", "Base", "Automatic", Cost.NEW_CLUSTER, False),
        ("network.transit_encryption", None, "WireGuard", Cost.RESTART, False),
        ("protection.kms_infrastructure_encryption", "Disabled", "Enabled", Cost.IN_PLACE, True),
        ("protection.kms_infrastructure_encryption", "Enabled", "Disabled", Cost.NEW_CLUSTER, False),
    ],
)
def test_transitions(path: str, old: object, new: object, cost: Cost, one_way: bool) -> None:
    assert costs(cluster({path: old}), {path: new}) == (cost, one_way)


SYSTEM = Pool(name="sys", mode="System", os_type="Linux", node_public_ip=True, zones=("1", "2"), count=3)


def test_a_pool_that_cannot_be_changed_is_replaced_with_all_that_is_known_of_it() -> None:
    answer = change(cluster({}, SYSTEM), {"pool.node_public_ip": False, "pool.host_encryption": True})
    assert answer.cost is Cost.NEW_POOL
    assert answer.command.split(" && ") == [
        "az aks nodepool add -g rg --cluster-name prod -n sys2"
        ' --node-vm-size "$(az aks nodepool show -g rg --cluster-name prod -n sys --query vmSize -o tsv)" --mode System'
        " --enable-encryption-at-host --zones 1 2 --node-count 3",
        "kubectl drain -l agentpool=sys --ignore-daemonsets --delete-emptydir-data",
        "az aks nodepool delete -g rg --cluster-name prod -n sys",
    ]


def test_only_the_pools_that_differ_are_changed() -> None:
    pools = (Pool(name="a", secure_boot=True), Pool(name="b", secure_boot=False), Pool(name="c", secure_boot=False))
    answer = change(cluster({}, *pools), {"pool.secure_boot": True})
    assert answer.command == " && ".join(
        f"az aks nodepool update -g rg --cluster-name prod -n {name} --enable-secure-boot" for name in "bc"
    )
    only = change(cluster({}, *pools), {"pool.secure_boot": True}, pool=pools[2])
    assert only.command.endswith("-n c --enable-secure-boot")
    assert "&&" not in only.command


@pytest.mark.parametrize(
    ("old", "new", "cost"),
    [
        ("AvailabilitySet", "VirtualMachines", Cost.REIMAGE),
        ("AvailabilitySet", "VirtualMachineScaleSets", Cost.NEW_POOL),
        (UNKNOWN, "VirtualMachines", Cost.UNKNOWN),
    ],
)
def test_availability_sets_become_virtual_machines(old: object, new: str, cost: Cost) -> None:
    answer = change(cluster({}, Pool(name="a", type=old)), {"pool.type": new})  # type: ignore[arg-type]
    assert answer.cost is cost
    assert ("--migrate-vmas-to-vms" in answer.command) is (cost is Cost.REIMAGE)


def test_names_are_quoted_and_unknown_ones_are_placeholders() -> None:
    answer = change(Cluster(name="a; rm -rf /"), {"access.admin_groups": ("x y", "$(z)")})
    assert shlex.split(answer.command) == [
        *("az", "aks", "update", "-g", "GROUP", "-n", "a; rm -rf /"),
        *("--aad-admin-group-object-ids", "x y,$(z)"),
    ]


def test_a_pool_of_no_nodes_is_a_size_and_not_nothing() -> None:
    answer = change(cluster({}, Pool(name="a", count=3)), {"pool.count": 0})
    assert answer.command == "az aks nodepool scale -g rg --cluster-name prod -n a --node-count 0"


def test_terraform_names_what_it_cannot_do() -> None:
    answer = change(cluster({}, SYSTEM), {"pool.secure_boot": True}, tool=Tool.TERRAFORM)
    assert answer.cost is Cost.UNKNOWN
    assert "az" in answer.note
    assert answer.command == ""


def some_values(field: Field) -> list[object]:
    by_kind: dict[Kind, list[object]] = {
        Kind.ENUM: [*field.words, None],
        Kind.TEXT: ["10.0.0.0/8", None],
        Kind.NUMBER: [3],
    }
    lists = (Kind.TEXTS, Kind.PORTS, Kind.KEYS, Kind.LOGS, Kind.WINDOWS)
    return by_kind.get(field.kind, [("80-81/TCP",), ()] if field.kind in lists else [True, False])


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.path)
@pytest.mark.parametrize("tool", Tool)
def test_every_change_of_every_setting_has_a_price(field: Field, tool: Tool) -> None:
    choices = some_values(field)
    for old in [UNKNOWN, *choices]:
        values = {} if field.group == "pool" else {field.path: old}
        before = cluster(values, Pool(name="a", **({field.name: old} if field.group == "pool" else {})))
        for new in choices:
            answer = change(before, {field.path: new}, tool=tool)
            same = get(before, field.path, before.pools[0]) == new  # type: ignore[index]
            assert isinstance(answer, Change)
            assert same or answer.note or answer.source
            assert "{" not in answer.command or field.kind is Kind.LOGS
            assert not (answer.cost is Cost.NEW_CLUSTER and answer.command)
            assert not (tool is Tool.TERRAFORM and answer.command)
            shlex.split(answer.command)


@pytest.mark.parametrize(("old", "verb"), [(None, "create"), (Unknown("apart"), "create"), ("Warn", "update")])
def test_safeguards_are_created_before_they_can_be_updated(old: object, verb: str) -> None:
    before = cluster({"protection.safeguards_level": old, "protection.pod_security_level": "Privileged"})
    both = {"protection.safeguards_level": "Enforce", "protection.pod_security_level": "Restricted"}
    place = "-g rg -n prod"
    command = f"az aks safeguards {verb} {place} --level Enforce --pss-level Restricted"
    assert change(before, both).command == command
    off = "" if old is None else f"az aks safeguards delete {place}"
    assert change(before, {"protection.safeguards_level": None}).command == off


def test_there_is_no_way_back_from_cilium() -> None:
    before = cluster({"network.plugin": "azure", "network.policy": "azure", "network.dataplane": "azure"})
    there = {"network.policy": "cilium", "network.dataplane": "cilium"}
    assert change(before, there).one_way
    assert (
        change(
            cluster({"network.plugin": "azure", **there}), {"network.policy": "azure", "network.dataplane": "azure"}
        ).cost
        is Cost.NEW_CLUSTER
    )
