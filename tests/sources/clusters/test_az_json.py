"""Clusters from real answers of Azure, and from shapes that Azure and its tools are known to write."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from seawall.errors import Malformed
from seawall.model import UNKNOWN, Cluster, Unknown
from seawall.sources.clusters.az_json import Reading, read, recognises
from shared_data import SHARED
from work import grows_in_step

AKS = SHARED / "aks" if SHARED else Path()
needs_data = pytest.mark.skipif(SHARED is None, reason="../shared/data is not here")
ID = "/subscriptions/1/resourceGroups/Rg-One/providers/Microsoft.ContainerService/managedClusters/prod"


def body(**properties: Any) -> dict[str, Any]:
    """A small ARM answer."""
    return {
        "id": ID,
        "name": "prod",
        "type": "Microsoft.ContainerService/ManagedClusters",
        "location": "westeurope",
        "properties": {"kubernetesVersion": "1.34.1", "dnsPrefix": "prod", "networkProfile": {}, **properties},
    }


def reading(value: Any, indent: int | None = None) -> Reading:
    return read(json.dumps(value, indent=indent).encode(), file="in.json")


def one(value: Any) -> Cluster:
    (cluster,) = reading(value).clusters
    return cluster


@needs_data
def test_a_real_modern_answer() -> None:
    path = AKS / "az-cli-recording/aks_automatic_get_2025-08-26.json"
    (cluster,) = read(path.read_bytes(), file="a.json").clusters
    assert cluster.name == "cliakstest000001"
    assert cluster.resource_group == "clitest000001"
    assert (cluster.network.policy, cluster.network.dataplane, cluster.network.plugin_mode) == (
        "cilium",
        "cilium",
        "overlay",
    )
    assert cluster.access.local_accounts_disabled is True
    assert cluster.access.azure_rbac is True
    assert cluster.access.admin_groups == ()
    assert cluster.api_server.vnet_integration is True
    assert cluster.api_server.subnet is None
    assert cluster.api_server.authorized_ranges == ()
    assert cluster.addons.secret_rotation is True
    assert cluster.identity.type == "SystemAssigned"
    assert cluster.upkeep.tier == "Standard"
    assert cluster.pools == UNKNOWN
    assert cluster.protection.defender is False
    assert cluster.protection.node_resource_group_restriction == "ReadOnly"
    lines = path.read_text().splitlines()
    assert '"networkPolicy"' in lines[cluster.lines["network.policy"] - 1]
    assert '"azurepolicy"' in lines[cluster.lines["addons.azure_policy"] - 2]
    assert '"securityProfile"' in lines[cluster.lines["protection.defender"] - 1]


@needs_data
def test_a_real_answer_of_2019_inside_a_recording() -> None:
    path = AKS / "cloud-custodian/tools/c7n_azure/tests_azure/cassettes/AksTest.test_find_aks_by_name.json"
    (cluster,) = read(path.read_bytes(), file="a.json").clusters
    assert cluster.upkeep.kubernetes_version == "1.12.8"
    assert (cluster.network.plugin, cluster.network.policy) == ("kubenet", None)
    assert cluster.network.load_balancer_sku == "basic"
    assert cluster.identity.type is None
    assert cluster.access.rbac is True
    (pool,) = cluster.pools  # type: ignore[misc]
    assert pool.type == "AvailabilitySet"
    assert pool.host_encryption is False
    assert pool.mode == UNKNOWN


@needs_data
def test_an_export_of_psrule() -> None:
    path = AKS / "psrule/tests/PSRule.Rules.Azure.Tests/Resources.AKS.json"
    answer = read(path.read_bytes(), file="a.json")
    clusters = {cluster.name[-1]: cluster for cluster in answer.clusters}
    assert "".join(clusters) == "ABCDFGHIJKL"
    assert clusters["B"].access.rbac == UNKNOWN
    assert clusters["F"].api_server.authorized_ranges == ("0.0.0.0/32",)
    assert clusters["F"].access.azure_rbac is True
    assert clusters["F"].network.load_balancer_sku == "standard"
    assert clusters["D"].protection.defender is True
    assert clusters["C"].protection.defender is False
    assert clusters["C"].upkeep.maintenance_windows == (
        "aksManagedAutoUpgradeSchedule",
        "aksManagedNodeOSUpgradeSchedule",
        "default",
    )
    assert clusters["A"].protection.audit_logs == UNKNOWN
    assert clusters["G"].protection.audit_logs == ()
    assert clusters["L"].identity.pod_identity is True
    assert clusters["L"].api_server.public_fqdn is False
    (note,) = answer.not_assessed
    assert note.what == "agentpools system"
    assert int(note.where.removeprefix("a.json:")) > 1


def holds_a_cluster(text: str) -> bool:
    """The file has a resource of that type, and is not a policy about such resources."""
    return (
        '"policyRule"' not in text
        and re.search(r'"(resource)?type" *: *"microsoft\.containerservice/managedclusters', text.lower()) is not None
    )


@needs_data
def test_no_real_file_with_a_cluster_is_passed_over_in_silence() -> None:
    files = [path for path in AKS.rglob("*.json") if holds_a_cluster(path.read_text())]
    assert len(files) > 90
    for path in files:
        data = path.read_bytes()
        answer = read(data, file=path.name)
        assert answer.clusters or answer.not_assessed, path
        assert recognises(json.loads(data)), path
        assert all("no managed cluster" not in note.why for note in answer.not_assessed), path


@needs_data
@pytest.mark.parametrize("version", ["2026-05-01", "2026-05-02-preview"])
def test_every_example_of_the_api_is_read(version: str) -> None:
    files = sorted((AKS / "rest-api-examples" / version / "managedclusters").glob("*.json"))
    assert len(files) > 15
    for path in files:
        answer = read(path.read_bytes(), file=path.name)
        assert len(answer.clusters) == 1, path
        assert answer.not_assessed == (), path


@needs_data
def test_examples_of_the_api_show_the_settings_that_they_are_about() -> None:
    folder = AKS / "rest-api-examples/2026-05-01/managedclusters"

    def example(name: str) -> Cluster:
        return read((folder / f"{name}.json").read_bytes(), file="x").clusters[0]

    assert example("create-managed-cluster-with-runcommand-disabled").api_server.run_command_disabled is True
    secured = example("create-managed-cluster-with-security-profile-configured")
    assert (secured.protection.defender, secured.identity.workload_identity) == (True, True)
    assert example("create-managed-private-cluster-with-public-fqdn-specified").api_server.public_fqdn is True
    wireguard = example("create-managed-cluster-with-advanced-networking-transit-encryption")
    assert wireguard.network.transit_encryption == "WireGuard"
    assert example("create-managed-cluster-with-encryptionathost-enabled").pools[0].host_encryption is True  # type: ignore[index]
    assert example("create-managed-cluster-with-http-proxy-configured").network.http_proxy is not None


@pytest.mark.parametrize(
    "wrap",
    [
        lambda cluster: cluster,
        lambda cluster: [cluster],
        lambda cluster: {"value": [cluster]},
        lambda cluster: {"count": 1, "data": [cluster], "total_records": 1},
        lambda cluster: {"interactions": [{"response": {"body": {"string": json.dumps({"value": [cluster]})}}}]},
        lambda cluster: {**cluster.pop("properties"), **cluster, "resourceGroup": "Rg-One"},
        lambda cluster: (
            {key: held for key, held in cluster.items() if key not in ("type", "id")} | {"resourceGroup": "Rg-One"}
        ),
    ],
    ids=["get", "array", "list", "graph", "recording", "az", "untyped"],
)
def test_every_wrapper(wrap: Any) -> None:
    document = wrap(body(enableRBAC=True))
    assert recognises(document)
    answer = reading(document, indent=1)
    assert answer.not_assessed == ()
    (cluster,) = answer.clusters
    assert (cluster.name, cluster.resource_group, cluster.region) == ("prod", "Rg-One", "westeurope")
    assert cluster.access.rbac is True
    assert cluster.lines[""] >= 1


def test_the_table_form_of_resource_graph_is_told() -> None:
    row = ["/subscriptions/1/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/aks", "aks"]
    table = {"data": {"columns": [{"name": "id"}, {"name": "name"}], "rows": [row]}}
    assert recognises(table)
    (note,) = read(json.dumps(table).encode(), file="x.json").not_assessed
    assert note.what == "clusters in a table"


@pytest.mark.parametrize("key", ["nextLink", "skip_token", "$skipToken"])
def test_further_pages_are_reported(key: str) -> None:
    answer = reading({"value": [body()], key: "https://management.azure.com/next"})
    assert len(answer.clusters) == 1
    (note,) = answer.not_assessed
    assert key in note.why


def test_a_listing_of_names_is_not_read_as_everything_off() -> None:
    listing = [{key: held for key, held in body().items() if key != "properties"}]
    answer = reading(listing)
    assert answer.clusters == ()
    assert "az aks show" in answer.not_assessed[0].why


def test_an_arm_template_with_a_cluster_is_recognised_and_read() -> None:
    template = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "resources": [{"type": "Microsoft.ContainerService/managedClusters", "name": "x", "properties": {}}],
    }
    assert recognises(template)
    assert [cluster.name for cluster in reading(template).clusters] == ["x"]
    template["resources"] = [{"type": "Microsoft.Storage/storageAccounts"}]
    assert not recognises(template)


def test_other_json_is_not_recognised_and_never_silent() -> None:
    for other in ({}, [], 7, None, "text", {"findings": [{"kubernetesVersion": "1.34"}]}, {"value": [{"name": "x"}]}):
        assert not recognises(other)
        answer = reading(other)
        assert answer.clusters == ()
        assert answer.not_assessed


def test_what_is_no_json_is_an_error() -> None:
    with pytest.raises(Malformed, match="in\\.json"):
        read(b"{", file="in.json")


def test_deep_wrappers_and_texts_in_texts_end() -> None:
    deep: Any = body()
    for _ in range(90):
        deep = {"value": [deep]}
    assert len(reading(deep).clusters) == 1
    for _ in range(3):
        deep = {"body": json.dumps(deep)}
    answer = reading(deep)
    assert answer.clusters == ()
    assert answer.not_assessed


def test_of_a_cluster_that_a_file_describes_twice_the_last_holds() -> None:
    answer = reading([body(enableRBAC=False), body(enableRBAC=True)])
    assert [cluster.access.rbac for cluster in answer.clusters] == [True]
    assert [note.what for note in answer.not_assessed] == ["cluster prod"]


def test_clusters_without_an_id_are_all_kept() -> None:
    nameless = [{"properties": body()["properties"]} for _ in range(2)]
    assert len(reading(nameless).clusters) == 2
    assert len(reading({"body": json.dumps({"x": "managedClusters", "value": nameless})}).clusters) == 2


def test_pools_that_are_resources_of_their_own_join_their_cluster() -> None:
    pool = {"id": f"{ID}/agentPools/user", "name": "user", "properties": {"mode": "User", "type": "AvailabilitySet"}}
    from_az = {
        "id": f"{ID.lower()}/agentPools/gpu",
        "name": "gpu",
        "type": "Microsoft.ContainerService/managedClusters/agentPools",
        "typePropertiesType": "VirtualMachineScaleSets",
        "enableNodePublicIp": True,
    }
    cluster = one([body(agentPoolProfiles=[{"name": "system"}]), pool, from_az])
    assert isinstance(cluster.pools, tuple)
    assert [(each.name, each.type) for each in cluster.pools] == [
        ("system", UNKNOWN),
        ("user", "AvailabilitySet"),
        ("gpu", "VirtualMachineScaleSets"),
    ]
    assert cluster.pools[2].node_public_ip is True


def test_resources_of_an_unknown_cluster_are_reported() -> None:
    answer = reading({"id": f"{ID}/agentPools/user", "name": "user", "properties": {}})
    assert [note.what for note in answer.not_assessed] == ["agentpools user"]


def test_kept_logs_are_the_categories_that_are_on() -> None:
    setting = {
        "id": f"{ID}/providers/Microsoft.Insights/diagnosticSettings/x",
        "properties": {
            "logs": [
                {"category": "kube-audit", "enabled": False},
                {"category": "guard", "enabled": True},
                {"category": None, "categoryGroup": "audit", "enabled": True},
            ]
        },
    }
    assert one({**body(), "resources": [setting]}).protection.audit_logs == ("audit", "guard")


def test_traps_of_spelling() -> None:
    cluster = one(
        body(
            apiServerAccessProfile={"authorizedIpRanges": ["10.0.0.0/8"], "privateDnsZone": None},
            addonProfiles={"azurePolicy": {"enabled": "True"}, "HttpApplicationRouting": {"enabled": False}},
            networkProfile={"networkPolicy": "none", "networkPlugin": "Azure", "loadBalancerSku": "Standard"},
            autoUpgradeProfile={"upgradeChannel": "none", "nodeOsUpgradeChannel": "None"},
            servicePrincipalProfile={"clientId": "1234"},
        )
    )
    assert cluster.api_server.authorized_ranges == ("10.0.0.0/8",)
    assert cluster.api_server.private_dns_zone is None
    assert cluster.addons.azure_policy is True
    assert cluster.addons.http_application_routing is False
    assert (cluster.network.policy, cluster.network.plugin, cluster.network.load_balancer_sku) == (
        None,
        "azure",
        "standard",
    )
    assert (cluster.upkeep.upgrade_channel, cluster.upkeep.node_os_channel) == (None, None)
    assert cluster.identity.type is None


def test_an_unresolved_expression_is_unknown_with_its_line() -> None:
    document = body(enableRBAC="[parameters('rbac')]", agentPoolProfiles=[{"name": "a", "enableFIPS": 7}])
    answer = reading(document, indent=1)
    (cluster,) = answer.clusters
    assert isinstance(cluster.access.rbac, Unknown)
    assert "template expression" in cluster.access.rbac.reason
    text = json.dumps(document, indent=1).splitlines()
    lines = {note.what: int(note.where.partition(":")[2]) for note in answer.not_assessed}
    assert "enableRBAC" in text[lines["access.rbac of cluster prod"] - 1]
    assert "enableFIPS" in text[lines["pools[a].fips of cluster prod"] - 1]


def test_an_object_that_is_none_makes_all_below_it_unknown() -> None:
    cluster = one(body(apiServerAccessProfile="[variables('api')]"))
    assert isinstance(cluster.api_server.private, Unknown)
    assert isinstance(cluster.api_server.authorized_ranges, Unknown)


def test_lines_follow_settings_pools_and_absence() -> None:
    document = [body(), body(agentPoolProfiles=[{"name": "a"}, {"name": "b", "enableNodePublicIP": True}])]
    document[0]["id"] = document[0]["id"].replace("prod", "test")
    text = json.dumps(document, indent=1)
    lines = reading(document, indent=1).clusters[1].lines

    def at(path: str) -> str:
        return text.splitlines()[lines[path] - 1].strip()

    assert at("upkeep.kubernetes_version").startswith('"kubernetesVersion"')
    assert at("network.policy").startswith('"networkProfile"')
    assert at("protection.kms").startswith('"properties"')
    assert at("pools[b].node_public_ip").startswith('"enableNodePublicIP"')
    assert at("pools").startswith('"agentPoolProfiles"')
    assert lines["pools[a].fips"] == lines["pools[a]"] < lines["pools[b]"]
    assert lines[""] > 1
    assert "no.such" not in lines


def test_twice_the_fleet_takes_twice_the_work() -> None:
    profiles = [{"name": f"p{number}", "mode": "User", "nodeTaints": None} for number in range(3)]
    one = body(agentPoolProfiles=profiles, addonProfiles={})

    def fleet(count: int) -> None:
        data = json.dumps([{**one, "id": f"{ID}{number}"} for number in range(count)]).encode()
        assert len(read(data, file="fleet.json").clusters) == count

    assert grows_in_step(lambda: fleet(100), lambda: fleet(200))
