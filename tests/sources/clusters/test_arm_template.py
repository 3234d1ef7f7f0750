"""ARM templates: real ones, each part of the language, and templates that are made to do harm."""

# ruff: noqa: E501 — templates on one line

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seawall.errors import LimitExceeded, Malformed
from seawall.model import UNKNOWN, Cluster, Unknown
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.clusters import arm_parameters, az_json
from seawall.sources.clusters.arm_template import evaluate
from seawall.sources.clusters.reading import Reading
from shared_data import SHARED
from work import grows_in_step

AKS = SHARED / "aks" if SHARED else Path()
needs_data = pytest.mark.skipif(SHARED is None, reason="../shared/data is not here")
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
KIND = "Microsoft.ContainerService/managedClusters"


def aks(name: str = "one", **more: Any) -> dict[str, Any]:
    return {"type": KIND, "apiVersion": "2025-05-01", "name": name, "properties": {}, **more}


def template(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": list(resources), **more}


def reading(document: Any, given: dict[str, Any] | None = None, limits: Limits = DEFAULT) -> Reading:
    data = json.dumps(document, indent=1).encode()
    return az_json.read(data, file="t.json", parameters=given, limits=limits)


def one(document: Any, given: dict[str, Any] | None = None) -> Cluster:
    (cluster,) = reading(document, given).clusters
    return cluster


def at(document: Any, line: int) -> str:
    return json.dumps(document, indent=1).splitlines()[line - 1].strip()


# real templates


@needs_data
def test_the_template_of_psrule() -> None:
    path = AKS / "psrule/tests/PSRule.Rules.Azure.Tests/Resources.AKS.Template.json"
    answer = az_json.read(path.read_bytes(), file="a.json")
    clusters = {cluster.name: cluster for cluster in answer.clusters}
    assert list(clusters) == ["clusterA", "clusterB", "clusterD", "clusterE", "clusterF"]
    assert [note.what for note in answer.not_assessed] == [
        "agentpools clusterC/agentpool3",
        "agentpools clusterC/agentpool4",
    ]
    pools = clusters["clusterA"].pools
    assert isinstance(pools, tuple)
    assert [pool.name for pool in pools][-1] == "agentpool2"
    lines = path.read_text().splitlines()
    assert '"kubernetesVersion"' in lines[clusters["clusterB"].lines["upkeep.kubernetes_version"] - 1]


@needs_data
def test_verdicts_of_psrule_on_its_template() -> None:
    """What the rules decide by one setting of the cluster, against what is read here."""
    path = AKS / "psrule/tests/PSRule.Rules.Azure.Tests/Resources.AKS.Template.json"
    clusters = {cluster.name: cluster for cluster in az_json.read(path.read_bytes(), file="a.json").clusters}
    asks: dict[str, Callable[[Cluster], bool]] = {
        "Azure.AKS.AuthorizedIPs": lambda cluster: bool(cluster.api_server.authorized_ranges),
        "Azure.AKS.LocalAccounts": lambda cluster: cluster.access.local_accounts_disabled is True,
        "Azure.AKS.AzureRBAC": lambda cluster: cluster.access.azure_rbac is True,
        "Azure.AKS.ManagedAAD": lambda cluster: cluster.access.entra is True,
        "Azure.AKS.NetworkPolicy": lambda cluster: cluster.network.policy in ("azure", "calico"),
        "Azure.AKS.StandardLB": lambda cluster: cluster.network.load_balancer_sku == "standard",
        "Azure.AKS.AzurePolicyAddOn": lambda cluster: cluster.addons.azure_policy is True,
        "Azure.AKS.SecretStore": lambda cluster: cluster.addons.key_vault_secrets is True,
        "Azure.AKS.SecretStoreRotation": lambda cluster: cluster.addons.secret_rotation is True,
        "Azure.AKS.DefenderProfile": lambda cluster: cluster.protection.defender is True,
        "Azure.AKS.ManagedIdentity": lambda cluster: cluster.identity.type in ("SystemAssigned", "UserAssigned"),
    }
    compared = [
        (entry["check"], entry["resource"], entry["verdict"] == "pass", ask(cluster))
        for entry in json.loads((AKS / "expected.json").read_text())["entries"]
        if entry["file"].endswith(path.name)
        and (ask := asks.get(entry["check"]))
        and (cluster := clusters.get(entry["resource"]))
    ]
    assert len(compared) > 10
    assert [row for row in compared if row[2] is not row[3]] == []


@needs_data
def test_the_compiled_example_of_psrule() -> None:
    path = AKS / "psrule/docs/examples/resources/aks.json"
    answer = az_json.read(path.read_bytes(), file="a.json")
    assert [cluster.name for cluster in answer.clusters] == ["{name}", "{name}#2", "{name}#3"]
    first = answer.clusters[0]
    assert first.access.local_accounts_disabled is True
    assert isinstance(first.api_server.dns_prefix, Unknown)
    assert first.api_server.dns_prefix.reason == "parameter 'dnsPrefix' has no default"
    assert isinstance(first.pools, tuple)
    assert [pool.name for pool in first.pools] == ["system", "user"]
    assert '"dnsPrefix"' in path.read_text().splitlines()[first.lines["api_server.dns_prefix"] - 1]


@needs_data
@pytest.mark.parametrize("folder", ["checkov/tests/arm", "cloud-custodian/tools/c7n_azure/tests_azure/templates"])
def test_every_template_gives_a_cluster_or_says_why_not(folder: str) -> None:
    paths = sorted((AKS / folder).rglob("*.json"))
    assert paths
    for path in paths:
        answer = az_json.read(path.read_bytes(), file=path.name)
        assert answer.clusters or answer.not_assessed
        if '"Microsoft.ContainerService/managedClusters"' in path.read_text():
            assert answer.clusters, path.name


@needs_data
def test_every_example_of_the_rest_api_is_read_or_says_why_not() -> None:
    paths = sorted((AKS / "rest-api-examples").rglob("*.json"))
    for path in paths:
        answer = az_json.read(path.read_bytes(), file=path.name)
        assert answer.clusters or answer.not_assessed
        assert not isinstance(answer.clusters and answer.clusters[0].access.rbac, Unknown), path


def test_a_resource_taken_out_of_its_template_leaves_out_what_a_template_does() -> None:
    resource = aks(properties={"kubernetesVersion": "1.34", "dnsPrefix": "a"})
    assert one(resource).identity.oidc_issuer is True
    assert (
        one({**resource, "id": f"/subscriptions/1/resourceGroups/g/providers/{KIND}/one"}).identity.oidc_issuer is False
    )


@needs_data
def test_what_the_bicep_compiler_writes_is_evaluated() -> None:
    """35 modules of Microsoft: nothing raises, nothing in them is unknown to the library."""
    assert SHARED
    paths = sorted((SHARED / "bicep").rglob("main.json"))
    assert len(paths) == 35
    ours = ("does not know", "cannot be worked out", "there is no", "is taken from")
    for path in paths:
        data = path.read_bytes()
        deployed, notes = evaluate(
            json.loads(data), data, pointer=(), file=path.name, given={}, limits=DEFAULT, wanted=lambda kind: True
        )
        assert not notes, path
        reasons = {value.reason for item in deployed for value in unknowns([item.name, item.scope, item.body])}
        assert [reason for reason in reasons if any(word in reason for word in ours)] == [], path


def unknowns(value: Any) -> list[Unknown]:
    if isinstance(value, Unknown):
        return [value]
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [found for held in below for found in unknowns(held)]


# parameters and variables


def test_a_parameter_has_its_given_value_or_its_default_or_none() -> None:
    document = template(
        aks(properties={"enableRBAC": "[parameters('rbac')]", "dnsPrefix": "[parameters('PREFIX')]"}),
        parameters={"rbac": {"type": "bool", "defaultValue": False}, "prefix": {"type": "string"}},
    )
    assert one(document).access.rbac is False
    assert one(document, {"Rbac": True, "prefix": "p"}).access.rbac is True
    assert one(document, {"prefix": "p"}).api_server.dns_prefix == "p"
    assert one(document, {"rbac": None}).access.rbac is False
    answer = reading(document)
    (note,) = answer.not_assessed
    assert (note.what, note.why) == ("api_server.dns_prefix of cluster one", "parameter 'prefix' has no default")
    assert '"dnsPrefix"' in at(document, int(note.where.rpartition(":")[2]))


@pytest.mark.parametrize(
    ("declared", "given", "reason"),
    [
        ({"type": "int"}, "text", "is declared as int"),
        ({"type": "string", "allowedValues": ["a", "b"]}, "c", "allowedValues"),
        ({"type": "securestring"}, "secret", "is a secret"),
        ({"type": "string", "defaultValue": "[parameters('p')]"}, None, "depends on itself"),
        ({"type": "string", "defaultValue": "[parameters('q')]"}, None, "there is no parameter 'q'"),
    ],
)
def test_a_parameter_that_cannot_be_known_says_why(declared: dict[str, Any], given: Any, reason: str) -> None:
    document = template(aks(properties={"dnsPrefix": "[parameters('p')]"}), parameters={"p": declared})
    prefix = one(document, {} if given is None else {"p": given}).api_server.dns_prefix
    assert isinstance(prefix, Unknown)
    assert reason in prefix.reason


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ({"type": "string", "nullable": True}, None),
        ({"$ref": "#/definitions/maybe"}, None),
        ({"type": "string", "allowedValues": ["only"]}, "only"),
        ({"type": "String", "allowedValues": ["a", "B"], "defaultValue": "b"}, "b"),
    ],
)
def test_declarations_of_bicep(declared: dict[str, Any], value: Any) -> None:
    document = template(
        aks(properties={"dnsPrefix": "[parameters('p')]"}),
        parameters={"p": declared},
        definitions={"maybe": {"type": "string", "nullable": True}},
        languageVersion="2.0",
    )
    assert one(document).api_server.dns_prefix == value


def test_variables_refer_to_each_other_and_loop() -> None:
    document = template(
        aks(
            properties={
                "dnsPrefix": "[variables('a')]",
                "kubernetesVersion": "[variables('circle')]",
                "apiServerAccessProfile": {"authorizedIPRanges": "[variables('ranges')]"},
                "securityProfile": {"customCATrustCertificates": "[variables('nested').certs]"},
            }
        ),
        variables={
            "a": "[concat(variables('B'), '-', string(variables('c').x))]",
            "b": "[[not an expression]",
            "c": {"x": 1},
            "circle": "[variables('circle2')]",
            "circle2": "[variables('circle')]",
            "copy": [{"name": "ranges", "count": 2, "input": "[format('10.{0}.0.0/16', copyIndex('ranges'))]"}],
            "nested": {
                "copy": [{"name": "certs", "count": 2, "input": "[concat('c', string(copyIndex('certs', 1)))]"}]
            },
        },
    )
    cluster = one(document)
    assert cluster.api_server.dns_prefix == "[not an expression]-1"
    assert cluster.api_server.authorized_ranges == ("10.0.0.0/16", "10.1.0.0/16")
    assert cluster.protection.custom_ca_certificates == ("c1", "c2")
    assert isinstance(cluster.upkeep.kubernetes_version, Unknown)
    assert "depends on itself" in cluster.upkeep.kubernetes_version.reason


def test_functions_of_the_user() -> None:
    members = {
        "net": {
            "parameters": [{"name": "n", "type": "int"}],
            "output": {"type": "string", "value": "[format('10.{0}.0.0/16', parameters('n'))]"},
        },
        "twice": {"output": {"type": "array", "value": "[createArray(my.net(1), my.net(2))]"}},
        "self": {"output": {"type": "string", "value": "[my.self()]"}},
    }
    document = template(
        aks(properties={"apiServerAccessProfile": {"authorizedIPRanges": "[my.twice()]"}, "dnsPrefix": "[my.self()]"}),
        functions=[{"namespace": "my", "members": members}],
    )
    cluster = one(document)
    assert cluster.api_server.authorized_ranges == ("10.1.0.0/16", "10.2.0.0/16")
    assert isinstance(cluster.api_server.dns_prefix, Unknown)
    assert "calls itself" in cluster.api_server.dns_prefix.reason


def test_a_file_of_parameters_beside_the_template(tmp_path: Path) -> None:
    document = template(
        aks(properties={"enableRBAC": "[parameters('rbac')]", "dnsPrefix": "[parameters('secret')]"}),
        parameters={"rbac": {"type": "bool"}, "secret": {"type": "string"}},
    )
    path = tmp_path / "azuredeploy.json"
    path.write_text(json.dumps(document))
    given = {"rbac": {"value": True}, "secret": {"reference": {"keyVault": {"id": "x"}, "secretName": "y"}}}
    (tmp_path / "azuredeploy.parameters.json").write_text(json.dumps({"parameters": given}))
    (cluster,) = az_json.read_file(path, path.read_bytes()).clusters
    assert (cluster.name, cluster.access.rbac) == ("one", True)
    assert isinstance(cluster.api_server.dns_prefix, Unknown)
    assert "key vault" in cluster.api_server.dns_prefix.reason
    given["rbac"] = {"value": False}
    (tmp_path / "azuredeploy.parameters.dev.json").write_text(json.dumps({"parameters": given}))
    (tmp_path / "azuredeploy.parameters.odd.json").write_text("{")
    answer = az_json.read_file(path, path.read_bytes())
    assert [(each.name, each.access.rbac) for each in answer.clusters] == [
        ("one.dev", False),
        ("one.azuredeploy.parameters.json", True),
        ("one.odd", UNKNOWN),
    ]
    assert any(note.what == "parameters of the template" for note in answer.not_assessed)


def test_a_file_of_parameters_alone_is_no_cluster() -> None:
    document = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
        "parameters": {"x": {"value": aks(properties={"dnsPrefix": "a", "enableRBAC": True})}},
    }
    assert not az_json.recognises(document)
    assert arm_parameters.read_parameters(json.dumps(document).encode(), file="p.json")["x"]["name"] == "one"


# resources


def test_loops_of_resources_give_clusters() -> None:
    loop = {"name": "fleet", "count": "[length(parameters('names'))]"}
    resource = aks(
        "[parameters('names')[copyIndex()]]",
        copy=loop,
        properties={
            "dnsPrefix": "[concat('p', copyIndex('fleet', 1))]",
            "copy": [
                {
                    "name": "agentPoolProfiles",
                    "count": 2,
                    "input": {
                        "name": "[concat('n', copyIndex(\
'agentPoolProfiles'))]",
                        "count": "[add(copyIndex(), copyIndex('agentPoolProfiles'))]",
                    },
                }
            ],
        },
    )
    document = template(resource, parameters={"names": {"type": "array", "defaultValue": ["a", "b"]}})
    answer = reading(document)
    assert [(cluster.name, cluster.api_server.dns_prefix) for cluster in answer.clusters] == [("a", "p1"), ("b", "p2")]
    pools = answer.clusters[1].pools
    assert isinstance(pools, tuple)
    assert [pool.name for pool in pools] == ["n0", "n1"]
    lines = answer.clusters[1].lines
    assert '"count": "[add' in at(document, lines["pools[n1].count"])
    document["parameters"]["names"].pop("defaultValue")
    (note,) = reading(document).not_assessed
    assert "how many" in note.why


def test_two_clusters_and_one_without_a_known_name() -> None:
    document = template(aks("a"), aks("a"), aks("[parameters('n')]"), parameters={"n": {"type": "string"}})
    assert [cluster.name for cluster in reading(document).clusters] == ["a", "a#2", "{n}"]


@pytest.mark.parametrize(
    ("condition", "names", "noted"),
    [
        (True, ["one"], False),
        (False, [], True),
        ("[equals(1, 2)]", [], True),
        ("[parameters('on')]", ["one"], True),
        (7, ["one"], True),
    ],
)
def test_conditions(condition: Any, names: list[str], noted: bool) -> None:
    document = template(aks(condition=condition), parameters={"on": {"type": "bool"}})
    answer = reading(document)
    assert [cluster.name for cluster in answer.clusters] == names
    assert bool(answer.not_assessed) is noted


@pytest.mark.parametrize(
    "name", ["one", "[parameters('n')]", "[toLower(concat(parameters('n'), uniqueString(resourceGroup().id)))]"]
)
def test_what_belongs_to_a_cluster_finds_it(name: str) -> None:
    bare = name.strip("[]") if name.startswith("[") else f"'{name}'"
    cluster_id = f"[resourceId('{KIND}', {bare})]"
    logs = {"logs": [{"category": "kube-audit", "enabled": True}]}
    document = template(
        aks(
            name,
            resources=[
                {"type": "agentPools", "name": "nested", "properties": {"enableNodePublicIP": True}},
                {"type": "providers/diagnosticSettings", "name": "Microsoft.Insights/x", "properties": logs},
            ],
        ),
        {"type": f"{KIND}/agentPools", "name": f"[concat({bare}, '/beside')]", "properties": {"osType": "Windows"}},
        {"type": f"{KIND}/maintenanceConfigurations", "name": f"[format('{{0}}/default', {bare})]", "properties": {}},
        {
            "type": "Microsoft.Insights/diagnosticSettings",
            "name": "audit",
            "scope": f"[format('{KIND}/{{0}}', {bare})]",
            "properties": {"logs": [{"categoryGroup": "audit", "enabled": True}]},
        },
        {
            "type": "Microsoft.Authorization/roleAssignments",
            "name": "[guid('x')]",
            "scope": "[resourceId('Microsoft.ContainerRegistry/registries', 'acr')]",
            "properties": {
                "principalId": f"[reference({cluster_id[1:-1]}, '2025-05-01').identityProfile.kubeletidentity.id]",
                "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', "
                "'7f951dda-4ed3-4680-a7ca-43fe172d538d')]",
            },
        },
        parameters={"n": {"type": "string"}},
    )
    answer = reading(document)
    assert answer.not_assessed == ()
    (cluster,) = answer.clusters
    assert isinstance(cluster.pools, tuple)
    assert [pool.name for pool in cluster.pools] == ["nested", "beside"]
    assert cluster.upkeep.maintenance_windows == ("default",)
    assert cluster.protection.audit_logs == ("audit", "kube-audit")
    assert cluster.access.acr_pull is True
    assert '"enableNodePublicIP"' in at(document, cluster.lines["pools[nested].node_public_ip"])


def test_settings_of_other_resources_are_no_concern() -> None:
    other = {"type": "Microsoft.KeyVault/vaults", "name": "one", "resources": [
        {"type": "providers/diagnosticSettings", "name": "Microsoft.Insights/x", "properties": {"logs": []}}]}  # fmt: skip
    logs = {"type": "Microsoft.Insights/diagnosticSettings", "name": "x", "scope": "[resourceId('Microsoft.X/y', 'z')]"}
    answer = reading(template(aks(), other, logs))
    assert answer.not_assessed == ()
    assert isinstance(answer.clusters[0].protection.audit_logs, Unknown)


def test_what_may_be_deployed_decides_nothing() -> None:
    document = template(
        aks(),
        {
            "type": "Microsoft.Insights/diagnosticSettings",
            "name": "x",
            "condition": "[parameters('logs')]",
            "scope": f"[resourceId('{KIND}', 'one')]",
            "properties": {"logs": [{"category": "kube-audit", "enabled": True}]},
        },
        parameters={"logs": {"type": "bool"}},
    )
    audit = one(document).protection.audit_logs
    assert isinstance(audit, Unknown)
    assert "'logs'" in audit.reason


@pytest.mark.parametrize("logs", ["[parameters('p')]", [{"category": "[parameters('p')]", "enabled": True}],
                                  [{"category": "a", "enabled": "[parameters('p')]"}], ["[parameters('p')]"]])  # fmt: skip
def test_unknown_logs_are_unknown(logs: Any) -> None:
    setting = {"type": "providers/diagnosticSettings", "name": "Microsoft.Insights/x", "properties": {"logs": logs}}
    document = template(aks(resources=[setting]), parameters={"p": {"type": "string"}})
    assert isinstance(one(document).protection.audit_logs, Unknown)


def test_language_version_2() -> None:
    document = template(languageVersion="2.0", imports={}, definitions={}) | {
        "resources": {
            "old": {"existing": True, **aks("old")},
            "aks": aks("new", properties={"dnsPrefix": "[reference('old').dnsPrefix]", "enableRBAC": False}),
            "pool": {"type": f"{KIND}/agentPools", "name": "[format('{0}/{1}', 'new', 'p')]", "properties": {}},
        }
    }
    answer = reading(document)
    (cluster,) = answer.clusters
    assert (cluster.name, cluster.access.rbac) == ("new", False)
    assert isinstance(cluster.api_server.dns_prefix, Unknown)
    assert "deployment" in cluster.api_server.dns_prefix.reason
    assert isinstance(cluster.pools, tuple)


def nested(scope: str, inner: dict[str, Any], parameters: Any = None) -> dict[str, Any]:
    return {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": "inner",
        "properties": {
            "mode": "Incremental",
            "expressionEvaluationOptions": {"scope": scope},
            "parameters": parameters or {},
            "template": inner,
        },
    }


def test_nested_templates_see_what_their_scope_says() -> None:
    inner = template(
        aks(properties={"dnsPrefix": "[variables('v')]", "enableRBAC": "[parameters('p')]"}),
        parameters={"p": {"type": "bool", "defaultValue": False}},
        variables={"v": "inner"},
    )
    outer = {"parameters": {"p": {"type": "bool", "defaultValue": True}}, "variables": {"v": "outer"}}
    assert one(template(nested("inner", inner), **outer)).api_server.dns_prefix == "inner"
    assert one(template(nested("inner", inner), **outer)).access.rbac is False
    assert one(template(nested("outer", inner), **outer)).api_server.dns_prefix == "outer"
    assert one(template(nested("outer", inner), **outer)).access.rbac is True
    passed = nested("Inner", inner, {"P": {"value": "[parameters('p')]"}})
    document = template(passed, **outer)
    cluster = one(document)
    assert cluster.access.rbac is True
    assert '"enableRBAC"' in at(document, cluster.lines["access.rbac"])
    vault = nested("inner", inner, {"p": {"reference": {"keyVault": {}}}})
    assert isinstance(one(template(vault, **outer)).access.rbac, Unknown)


def test_loops_and_conditions_around_nested_templates() -> None:
    inner = template(aks("[parameters('name')]"), parameters={"name": {"type": "string"}})
    deployment = nested("inner", inner, {"name": {"value": "[concat('c', copyIndex())]"}})
    deployment |= {"copy": {"name": "all", "count": 2}, "condition": "[parameters('on')]"}
    answer = reading(template(deployment, parameters={"on": {"type": "bool"}}))
    assert [cluster.name for cluster in answer.clusters] == ["c0", "c1"]
    assert [note.what for note in answer.not_assessed] == [f"whether cluster c{n} is deployed" for n in range(2)]


def test_linked_templates_are_not_followed_and_not_passed_over() -> None:
    linked = {"type": "Microsoft.Resources/deployments", "name": "far", "properties": {"templateLink": {"uri": "x"}}}
    document = template(aks(), linked)
    (note,) = reading(document).not_assessed
    assert note.what == "linked template of deployment far"
    assert note.where.startswith("t.json:")


# what a template means that leaves a property out


@pytest.mark.parametrize(
    ("body", "path", "value"),
    [
        ({}, "access.rbac", True),
        ({"properties": {"kubernetesVersion": "1.34"}}, "identity.oidc_issuer", True),
        ({"properties": {"kubernetesVersion": "1.33.2"}}, "identity.oidc_issuer", False),
        ({}, "identity.oidc_issuer", UNKNOWN),
        ({}, "upkeep.node_os_channel", "NodeImage"),
        ({"apiVersion": "2023-05-01"}, "upkeep.node_os_channel", None),
        ({"apiVersion": "[parameters('v')]"}, "upkeep.node_os_channel", UNKNOWN),
        ({}, "upkeep.upgrade_channel", None),
        ({}, "network.load_balancer_sku", "standard"),
        ({}, "network.plugin", UNKNOWN),
        ({}, "access.local_accounts_disabled", False),
        ({"sku": {"name": "Automatic"}}, "access.local_accounts_disabled", UNKNOWN),
        ({"sku": {"name": "[parameters('v')]"}}, "access.local_accounts_disabled", UNKNOWN),
        ({"sku": {"name": "Automatic"}, "properties": {"enableRBAC": True}}, "access.rbac", True),
        ({}, "protection.audit_logs", UNKNOWN),
        ({"properties": {"apiServerAccessProfile": {"enablePrivateCluster": True}}}, "api_server.public_fqdn", True),
        ({"properties": None}, "access.rbac", True),
        ({"properties": "[parameters('v')]"}, "access.rbac", UNKNOWN),
        ({"properties": {"enableRBAC": None}}, "access.rbac", True),
        ({"properties": {"enableRBAC": "[null()]"}}, "access.rbac", True),
    ],
)  # fmt: skip
def test_what_is_left_out(body: dict[str, Any], path: str, value: Any) -> None:
    group, _, name = path.partition(".")
    document = template(aks(**body), parameters={"v": {"type": "string"}})
    found = getattr(getattr(one(document), group), name)
    assert isinstance(found, Unknown) if isinstance(value, Unknown) else found == value


def test_what_a_pool_leaves_out() -> None:
    pools = [{"name": "a"}, {"name": "b", "osType": "Windows"}, "[parameters('c')]"]
    document = template(
        aks(properties={"kubernetesVersion": "1.34", "agentPoolProfiles": pools}), parameters={"c": {"type": "object"}}
    )
    found = one(document).pools
    assert isinstance(found, tuple)
    first, second, third = found
    assert (first.os_sku, first.count, first.kubernetes_version) == ("Ubuntu", 1, "1.34")
    assert isinstance(second.os_sku, Unknown)
    assert isinstance(third.node_public_ip, Unknown)


# as people write it


def test_comments_and_texts_over_several_lines() -> None:
    text = """/* a fleet
      of one */
    {
      "$schema": "%s", // the "schema"
      "resources": [
        {
          "type": "%s",
          "name": "[concat(
                     'a', // no comment
                     'b')]",
          "properties": {
            "dnsPrefix": "http://x", /* "enableRBAC": true, */ "enableRBAC": false
          }
        }
      ]
    }"""
    data = (text % (SCHEMA, KIND)).replace("// no comment", "").encode()
    (cluster,) = az_json.read(data, file="t.json").clusters
    assert (cluster.name, cluster.api_server.dns_prefix, cluster.access.rbac) == ("ab", "http://x", False)
    assert cluster.lines["access.rbac"] == 12
    with pytest.raises(Malformed, match="line 1"):
        az_json.read(b"// no template\n{}", file="t.json")
    with pytest.raises(Malformed, match="line 5"):
        az_json.read(data.replace(b'"resources"', b"resources"), file="t.json")


# bad templates


def test_an_expression_that_does_not_parse_costs_only_its_resource() -> None:
    document = template(aks("bad", properties={"enableRBAC": "[parameters(]"}), aks("good"))
    answer = reading(document)
    assert [cluster.name for cluster in answer.clusters] == ["good"]
    (note,) = answer.not_assessed
    assert note.what == "managedClusters bad"
    assert "column" in note.why
    assert '"enableRBAC"' in at(document, int(note.where.rpartition(":")[2]))


def test_a_fault_in_a_variable_is_where_the_variable_is() -> None:
    document = template(aks(properties={"dnsPrefix": "[variables('v')]"}), variables={"v": "[oh no]"})
    (note,) = reading(document).not_assessed
    assert '"v"' in at(document, int(note.where.rpartition(":")[2]))


def doubling() -> dict[str, Any]:
    grown = {f"v{n}": f"[concat(variables('v{n - 1}'), variables('v{n - 1}'))]" for n in range(1, 40)}
    return template(aks(properties={"dnsPrefix": "[variables('v39')]"}), variables={"v0": "xxxxxxxx", **grown})


def sharing() -> dict[str, Any]:
    grown = {f"v{n}": f"[createArray(variables('v{n - 1}'), variables('v{n - 1}'))]" for n in range(1, 40)}
    return template(aks(properties={"dnsPrefix": "[string(variables('v39'))]"}), variables={"v0": "x", **grown})


def loops(count: Any) -> dict[str, Any]:
    return template(aks("[concat('a', copyIndex())]", copy={"name": "c", "count": count}))


def loops_in_loops() -> dict[str, Any]:
    held: Any = "x"
    for depth in range(9):
        held = {"copy": [{"name": f"l{depth}", "count": 9, "input": held}]}
    return template(aks(properties={"dnsPrefix": "[variables('v')]"}), variables={"v": held})


def chain() -> dict[str, Any]:
    links = {f"v{n}": f"[variables('v{n + 1}')]" for n in range(2_000)}
    return template(aks(properties={"dnsPrefix": "[variables('v0')]"}), variables={**links, "v2000": "end"})


def work() -> dict[str, Any]:
    square = "[map(range(0, 3000), lambda('i', map(range(0, 3000), lambda('j', lambdaVariables('j')))))]"
    return template(aks(properties={"dnsPrefix": square}))


@pytest.mark.parametrize(
    "document",
    [
        doubling(),
        sharing(),
        loops(10**9),
        loops_in_loops(),
        chain(),
        work(),
        template(aks(properties={"dnsPrefix": "[range(0, 2000000000)]"})),
        template(aks(properties={"dnsPrefix": "[" + "concat(" * 900 + "'x'" + ")" * 900 + "]"})),
    ],
    ids=["doubling", "sharing", "loops", "loops in loops", "chain", "work", "range", "depth"],
)
def test_templates_made_to_exhaust_us_are_stopped(document: dict[str, Any]) -> None:
    with pytest.raises(LimitExceeded, match=r"t\.json: "):
        reading(document)


@pytest.mark.parametrize(
    "odd", [None, "", 7, True, "odd", "[", "[x", "[[x]", [], [7], {}, {"copy": [7]}, "[parameters('x')]"]
)
def test_no_odd_part_raises(odd: Any) -> None:
    for key in ("type", "name", "apiVersion", "properties", "copy", "condition", "scope", "resources", "sku", "tags"):
        answer = reading(template(aks(**{key: odd}), aks("other")))
        assert answer.clusters or answer.not_assessed
    for key in ("parameters", "variables", "functions", "definitions", "resources"):
        reading({**template(aks(properties={"dnsPrefix": "[parameters('x')]"})), key: odd})
    for part in ("properties", "name"):
        reading(template({"type": "Microsoft.Resources/deployments", part: odd}, aks()))
    for part in ("template", "parameters", "expressionEvaluationOptions"):
        deployment = nested("inner", template(aks("deep")))
        deployment["properties"][part] = odd
        reading(template(deployment, aks()))


def test_twice_the_template_takes_twice_the_work() -> None:
    pools = [{"name": f"p{n}", "count": "[parameters('count')]", "osType": "Linux", "mode": "User"} for n in range(8)]

    def clusters(count: int) -> None:
        resources = [aks(f"c{n}", properties={"agentPoolProfiles": pools, "networkProfile": {}}) for n in range(count)]
        document = template(*resources, parameters={"count": {"type": "int", "defaultValue": 3}})
        answer = az_json.read(json.dumps(document, indent=1).encode(), file="t.json")
        assert len(answer.clusters) == count
        assert len(answer.clusters[-1].lines) > 80

    assert grows_in_step(lambda: clusters(20), lambda: clusters(40))
