"""Plans and states in JSON, of the shape that `terraform show -json` of Terraform 1.11 writes."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from seawall.errors import Malformed
from seawall.model import Cluster, Tool, Unknown
from seawall.sources.clusters import terraform
from seawall.sources.clusters.reading import Reading

ID = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/prod"


def values(**changes: Any) -> dict[str, Any]:
    """A planned cluster: unset attributes are null, unset blocks empty."""
    return {
        "name": "prod",
        "location": "westeurope",
        "resource_group_name": "rg",
        "dns_prefix": "prod",
        "role_based_access_control_enabled": True,
        "local_account_disabled": None,
        "private_cluster_enabled": False,
        "run_command_enabled": True,
        "sku_tier": "Free",
        "api_server_access_profile": [],
        "microsoft_defender": [],
        "identity": [{"type": "SystemAssigned", "identity_ids": None}],
        "default_node_pool": [{"name": "system", "node_public_ip_enabled": None, "host_encryption_enabled": True}],
        "tags": {"env": "prod"},
        **changes,
    }


def resource(address: str, held: dict[str, Any], **more: Any) -> dict[str, Any]:
    kind, name = re.sub(r"\[.*?\]", "", address).split(".")[-2:]
    return {"address": address, "mode": "managed", "type": kind, "name": name, "values": held, **more}


CLUSTER = "azurerm_kubernetes_cluster.main"


def plan(
    resources: list[dict[str, Any]],
    configured: list[dict[str, Any]] | None = None,
    *,
    version: str = "~> 4.0",
    unknown: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    changes = [{"address": name, "change": {"after_unknown": later}} for name, later in (unknown or {}).items()]
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": resources}},
        "resource_changes": changes,
        "configuration": {
            "provider_config": {
                "azurerm": {
                    "name": "azurerm",
                    "full_name": "registry.terraform.io/hashicorp/azurerm",
                    "version_constraint": version,
                }
            },
            "root_module": {"resources": configured or []},
        },
        "errored": False,
        "complete": True,
        **more,
    }


def read(document: Any) -> Reading:
    return terraform.read_plan(json.dumps(document, indent=1).encode(), "plan.json")


def one(document: Any) -> Cluster:
    (cluster,) = read(document).clusters
    return cluster


def test_a_planned_cluster() -> None:
    document = plan([resource(CLUSTER, values())])
    cluster = one(document)
    assert (cluster.name, cluster.region, cluster.resource_group, cluster.file) == (
        "prod",
        "westeurope",
        "rg",
        "plan.json",
    )
    assert cluster.tool is Tool.TERRAFORM
    assert cluster.tags == {"env": "prod"}
    assert cluster.access.rbac is True
    assert cluster.access.local_accounts_disabled is False
    assert cluster.api_server.run_command_disabled is False
    assert cluster.api_server.authorized_ranges == ()
    assert cluster.protection.defender is False
    assert isinstance(cluster.pools, tuple)
    assert cluster.pools[0].host_encryption is True
    assert cluster.pools[0].mode == "System"
    text = json.dumps(document, indent=1).splitlines()
    for path, expected in {
        "access.rbac": "role_based_access_control_enabled",
        "pools[system].host_encryption": "host_encryption_enabled",
        "identity.type": '"type"',
    }.items():
        assert expected in text[cluster.lines[path] - 1]


@pytest.mark.parametrize(("version", "issuer"), [("3.117.0", False), ("~> 4.0", False), ("~> 5.0", True)])
def test_versions(version: str, issuer: bool) -> None:
    held = values()
    if version.startswith("3"):
        held |= {"api_server_authorized_ip_ranges": ["10.0.0.0/8"], "automatic_channel_upgrade": "patch"}
    else:
        ranges = {"authorized_ip_ranges": ["10.0.0.0/8"], "subnet_id": None}
        held |= {"api_server_access_profile": [ranges], "automatic_upgrade_channel": "patch"}
    cluster = one(plan([resource(CLUSTER, held)], version=version))
    assert cluster.identity.oidc_issuer is issuer
    assert cluster.api_server.authorized_ranges == ("10.0.0.0/8",)
    assert cluster.upkeep.upgrade_channel == "patch"


def test_what_is_known_after_apply_is_unknown() -> None:
    configured = [{"type": "azurerm_kubernetes_cluster", "name": "main", "mode": "managed", "expressions": {
        "disk_encryption_set_id": {"references": ["azurerm_disk_encryption_set.des.id"]},
        "api_server_access_profile": [{"authorized_ip_ranges": {"references": ["azurerm_public_ip.ip.ip_address"]}}],
        "tags": {"references": ["local.tags"]},
    }}]  # fmt: skip
    held = values(api_server_access_profile=[{}], tags={"a": "b"})
    unknown = {CLUSTER: {
        "id": True, "disk_encryption_set_id": True, "network_profile": True, "kubernetes_version": True,
        "api_server_access_profile": [{"authorized_ip_ranges": True}], "tags": {"c": True},
    }}  # fmt: skip
    cluster = one(plan([resource(CLUSTER, held)], configured, unknown=unknown))
    assert isinstance(cluster.api_server.authorized_ranges, Unknown)
    assert isinstance(cluster.protection.disk_encryption_set, Unknown)
    assert isinstance(cluster.upkeep.kubernetes_version, Unknown)
    assert cluster.network.plugin == "kubenet", "nobody has written a network_profile, so it gets its default"
    assert cluster.network.policy is None
    assert cluster.tags == {"a": "b"}


def test_the_value_inside_a_list_can_be_unknown() -> None:
    held = values(api_server_access_profile=[{"authorized_ip_ranges": ["10.0.0.0/8", None]}])
    unknown = {CLUSTER: {"api_server_access_profile": [{"authorized_ip_ranges": [False, True]}]}}
    cluster = one(plan([resource(CLUSTER, held)], unknown=unknown))
    assert isinstance(cluster.api_server.authorized_ranges, Unknown)


def pool(address: str, **more: Any) -> dict[str, Any]:
    return resource(address, {"name": "extra", "node_public_ip_enabled": True, **more})


def test_a_pool_of_an_existing_cluster_is_found_by_id() -> None:
    extra = pool("azurerm_kubernetes_cluster_node_pool.extra", kubernetes_cluster_id=ID)
    cluster = one(plan([resource(CLUSTER, values(id=ID)), extra]))
    assert isinstance(cluster.pools, tuple)
    assert [each.node_public_ip for each in cluster.pools] == [False, True]


def test_a_pool_in_a_module_is_found_by_its_reference() -> None:
    clusters = [
        resource(f'azurerm_kubernetes_cluster.main["{env}"]', values(name=env), index=env) for env in ("dev", "prod")
    ]
    address = 'module.pool["prod"].azurerm_kubernetes_cluster_node_pool.extra[0]'
    document = plan(clusters, unknown={address: {"kubernetes_cluster_id": True}})
    document["planned_values"]["root_module"]["child_modules"] = [
        {"address": 'module.pool["prod"]', "resources": [pool(address)]}
    ]
    document["configuration"]["root_module"]["module_calls"] = {
        "pool": {
            "expressions": {"cluster_id": {"references": ["azurerm_kubernetes_cluster.main", "each.key"]}},
            "module": {
                "resources": [
                    {
                        "type": "azurerm_kubernetes_cluster_node_pool",
                        "name": "extra",
                        "mode": "managed",
                        "expressions": {"kubernetes_cluster_id": {"references": ["var.cluster_id"]}},
                    }
                ]
            },
        }
    }
    found = {cluster.name: cluster for cluster in read(document).clusters}
    assert isinstance(found["prod"].pools, tuple)
    assert isinstance(found["dev"].pools, tuple)
    assert [each.name for each in found["prod"].pools] == ["system", "extra"]
    assert [each.name for each in found["dev"].pools] == ["system"]


def test_a_reference_through_an_output_of_a_module() -> None:
    inner = "module.aks.azurerm_kubernetes_cluster.main"
    setting = resource(
        "azurerm_monitor_diagnostic_setting.logs", {"enabled_log": [{"category": "guard", "category_group": None}]}
    )
    document = plan([setting], unknown={inner: {"id": True}, setting["address"]: {"target_resource_id": True}})
    document["planned_values"]["root_module"]["child_modules"] = [
        {"address": "module.aks", "resources": [resource(inner, values())]}
    ]
    references = {"references": ["module.aks.id", "module.aks"]}
    document["configuration"]["root_module"] = {
        "resources": [
            {
                "type": "azurerm_monitor_diagnostic_setting",
                "name": "logs",
                "expressions": {"target_resource_id": references},
            }
        ],
        "module_calls": {
            "aks": {
                "module": {
                    "outputs": {
                        "id": {
                            "expression": {
                                "references": ["azurerm_kubernetes_cluster.main.id", "azurerm_kubernetes_cluster.main"]
                            }
                        }
                    }
                }
            }
        },
    }
    assert one(document).protection.audit_logs == ("guard",)


def test_a_pool_whose_cluster_cannot_be_told() -> None:
    extra = pool("azurerm_kubernetes_cluster_node_pool.extra", kubernetes_cluster_id=ID.replace("prod", "other"))
    reading = read(plan([resource(CLUSTER, values(id=ID)), extra]))
    assert [note.what for note in reading.not_assessed] == ["azurerm_kubernetes_cluster_node_pool.extra"]


def test_the_only_cluster_that_is_made_has_the_pool_whose_link_is_known_later() -> None:
    address = "azurerm_kubernetes_cluster_node_pool.extra"
    unknown = {CLUSTER: {"id": True}, address: {"kubernetes_cluster_id": True}}
    cluster = one(plan([resource(CLUSTER, values()), pool(address)], unknown=unknown))
    assert isinstance(cluster.pools, tuple)
    assert len(cluster.pools) == 2


def test_a_state() -> None:
    state = {"format_version": "1.0", "values": {"root_module": {"resources": [resource(CLUSTER, values(id=ID))]}}}
    assert terraform.recognises_plan(state)
    assert one(state).id == ID


def test_azapi_in_a_plan() -> None:
    body = {"properties": {"enableRBAC": True, "disableLocalAccounts": True}}
    held = {"type": "Microsoft.ContainerService/managedClusters@2025-05-01", "name": "prod", "body": body}
    cluster = one(plan([resource("azapi_resource.aks", held)]))
    assert (cluster.name, cluster.access.local_accounts_disabled, cluster.tool) == ("prod", True, Tool.AZ)


def test_a_plan_that_stopped_is_told() -> None:
    reading = read(plan([resource(CLUSTER, values())], errored=True))
    assert any("error" in note.why for note in reading.not_assessed)


def test_what_is_a_plan() -> None:
    assert terraform.recognises_plan(plan([]))
    assert not terraform.recognises_plan({"planned_values": {}})
    assert not terraform.recognises_plan([])
    assert not terraform.recognises_plan({"format_version": "1", "provider_schemas": {}})
    assert read(plan([])).not_assessed


@pytest.mark.parametrize("odd", [None, 7, "x", [], [7], {}, {"a": "b"}, True])
def test_no_odd_document_raises(odd: Any) -> None:
    document = plan([resource(CLUSTER, values())], unknown={CLUSTER: {"id": True}})

    def visit(node: Any) -> None:
        pairs = list(node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ())
        for key, held in pairs:
            node[key] = odd
            reading = read(document)
            assert reading.clusters or reading.not_assessed
            node[key] = held
            visit(held)

    visit(document)


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(Malformed):
        terraform.read_plan(b"{", "plan.json")
