"""Resources and modules: what is deployed, under which name, and in which line each value stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from seawall.errors import Malformed
from seawall.model import Unknown
from seawall.sources.clusters.bicep.read import evaluate, read_file
from seawall.sources.clusters.deployed import Deployed
from seawall.sources.clusters.reading import Reading
from seawall.sources.clusters.unknown_text import shown

AKS = "Microsoft.ContainerService/managedClusters@2025-07-01"


def loader(files: dict[str, str]) -> Any:
    def load(file: str) -> bytes:
        if file not in files:
            raise Malformed("no such file", where=file)
        return files[file].encode()

    return load


def deployed(source: str, given: dict[str, Any] | None = None, **others: str) -> Sequence[Deployed]:
    files = {"main.bicep": source} | {name.replace("_", "."): text for name, text in others.items()}
    return evaluate("main.bicep", loader(files), given=given)[0]


def reading(source: str, parameters: str = "", **others: str) -> Reading:
    files = {"main.bicep": source} | {name.replace("_", "."): text for name, text in others.items()}
    return read_file("main.bicep", loader(files), parameters=parameters)


def test_a_resource_with_the_line_of_everything_in_it() -> None:
    source = f"""\
param location string = 'westeurope'
var profile = {{
  networkPolicy: 'cilium'
}}
resource aks '{AKS}' = {{
  name: 'prod'
  location: location
  properties: {{
    networkProfile: profile
    agentPoolProfiles: [
      for name in ['one', 'two']: {{
        name: name
        mode: 'System'
      }}
    ]
    aadProfile: true
      ? {{
          managed: true
        }}
      : null
  }}
}}
"""
    (item,) = deployed(source)
    assert (item.kind, item.name, item.api_version) == (AKS.lower().partition("@")[0], "prod", "2025-07-01")
    assert item.body["properties"]["networkProfile"] == {"networkPolicy": "cilium"}
    assert {path: item.lines[path] for path in item.lines if path} == {
        ("name",): 6,
        ("location",): 7,
        ("properties",): 8,
        ("properties", "networkProfile"): 9,
        ("properties", "networkProfile", "networkPolicy"): 3,
        ("properties", "agentPoolProfiles"): 10,
        ("properties", "agentPoolProfiles", 0): 11,
        ("properties", "agentPoolProfiles", 0, "name"): 12,
        ("properties", "agentPoolProfiles", 0, "mode"): 13,
        ("properties", "agentPoolProfiles", 1): 11,
        ("properties", "agentPoolProfiles", 1, "name"): 12,
        ("properties", "agentPoolProfiles", 1, "mode"): 13,
        ("properties", "aadProfile"): 16,
        ("properties", "aadProfile", "managed"): 18,
    }
    (cluster,) = reading(source).clusters
    assert (cluster.lines["network.policy"], cluster.lines["access.entra"], cluster.lines[""]) == (3, 18, 5)


def test_children_and_what_is_about_a_resource() -> None:
    source = f"""\
resource aks '{AKS}' = {{
  name: 'prod'
  resource inside 'agentPools' = {{
    name: 'one'
  }}
}}
resource beside '{AKS.replace("@", "/agentPools@")}' = {{
  parent: aks
  name: aks::inside.name == 'one' ? 'two' : 'none'
}}
resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {{
  scope: aks
  name: 'logs'
}}
resource there '{AKS}' existing = {{
  name: 'other'
  scope: resourceGroup('rg')
}}
output ids array = [aks.id, aks::inside.id, beside.id, there.id]
output kinds array = [aks.type, aks::inside.type, aks::inside.apiVersion, beside.name]
"""
    names = {
        (item.kind.rpartition("/")[2], item.name, shown(item.scope).rpartition("/")[2]) for item in deployed(source)
    }
    assert names == {
        ("managedclusters", "prod", ""),
        ("agentpools", "prod/one", ""),
        ("agentpools", "prod/two", ""),
        ("diagnosticsettings", "logs", "prod"),
    }
    (cluster,) = reading(source).clusters
    assert isinstance(cluster.pools, tuple)
    assert {pool.name for pool in cluster.pools} == {"one", "two"}


def test_conditions() -> None:
    source = f"""\
param wanted bool
resource no '{AKS}' = if (false) {{
  name: 'no'
}}
resource perhaps '{AKS}' = if (wanted) {{
  name: 'perhaps'
  resource pool 'agentPools' = if (true) {{
    name: 'p'
  }}
}}
module m 'm.bicep' = if (wanted) {{}}
"""
    inner = f"resource deep '{AKS}' = {{\n  name: 'deep'\n}}"
    found = {item.name: item.condition for item in deployed(source, m_bicep=inner)}
    assert set(found) == {"perhaps", "perhaps/p", "deep"}
    assert {condition.reason for condition in found.values() if condition is not None} == {
        "parameter 'wanted' has no default"
    }
    assert len(deployed(source, {"wanted": True}, m_bicep=inner)) == 3
    assert all(item.condition is None for item in deployed(source, {"wanted": True}, m_bicep=inner))
    assert deployed(source, {"wanted": False}, m_bicep=inner) == []
    notes = reading(source, m_bicep=inner).not_assessed
    assert any(note.what == "whether cluster perhaps is deployed" for note in notes)


def test_loops() -> None:
    source = f"""\
param pools array = ['a', 'b']
resource aks '{AKS}' = [for (env, i) in ['dev', 'prod']: if (env != 'dev') {{
  name: '${{env}}${{i}}'
  resource pool 'agentPools' = [for pool in pools: {{
    name: pool
  }}]
}}]
resource last '{AKS.replace("@", "/agentPools@")}' = {{
  parent: aks[1]
  name: 'last'
}}
"""
    assert [item.name for item in deployed(source)] == ["prod1", "prod1/a", "prod1/b", "prod1/last"]
    unknown = deployed(source, {"pools": Unknown("nobody knows")})
    assert [shown(item.name) for item in unknown] == ["prod1", "prod1/{pool}", "prod1/last"]
    assert unknown[1].condition is not None
    assert "how many" in unknown[1].condition.reason


def test_what_the_template_sets_is_known_and_the_rest_of_a_resource_is_not() -> None:
    source = f"""\
resource a '{AKS}' = {{
  name: 'a'
  properties: {{
    kubernetesVersion: '1.34'
    nothing: null
    networkProfile: {{
      networkPolicy: 'azure'
    }}
  }}
}}
resource b '{AKS}' = {{
  name: 'b'
  properties: {{
    kubernetesVersion: a.properties.kubernetesVersion
    policy: a.properties.networkProfile.networkPolicy
    fqdn: a.properties.fqdn
    whole: a.properties
    null: a.properties.nothing
    keys: a.listKeys().x
    of: b.properties.of
  }}
}}
"""
    body = deployed(source)[1].body["properties"]
    assert (body["kubernetesVersion"], body["policy"]) == ("1.34", "azure")
    assert all(isinstance(body[key], Unknown) for key in ("fqdn", "whole", "null", "keys", "of"))
    assert body["fqdn"].reason == "only a deployment tells a.properties.fqdn"


def test_modules_get_parameters_and_give_outputs() -> None:
    source = f"""\
module net './net.bicep' = {{
  name: 'net'
  params: {{
    prefix: 'vnet'
  }}
}}
module many 'net.bicep' = [for n in ['x', 'y']: {{
  params: {{ prefix: n }}
}}]
resource aks '{AKS}' = {{
  name: 'prod'
  properties: {{
    agentPoolProfiles: [{{ name: 'p', vnetSubnetID: net.outputs.subnet }}]
    dnsPrefix: many[1].outputs.label
    fqdnSubdomain: net.outputs.gone
  }}
}}
"""
    inner = """\
param prefix string
param suffix string = '${prefix}-s'
resource vnet 'Microsoft.Network/virtualNetworks@2024-01-01' = {
  name: prefix
  resource subnet 'subnets' = {
    name: suffix
  }
}
output subnet string = vnet::subnet.id
output label string = suffix
"""
    items = {shown(item.name): item for item in deployed(source, net_bicep=inner)}
    assert set(items) == {"vnet", "vnet/vnet-s", "x", "x/x-s", "y", "y/y-s", "prod"}
    assert (items["vnet"].file, items["vnet"].lines[("name",)]) == ("net.bicep", 4)
    properties = items["prod"].body["properties"]
    assert properties["agentPoolProfiles"][0]["vnetSubnetID"].endswith("/virtualNetworks/vnet/subnets/vnet-s")
    assert properties["dnsPrefix"] == "y-s"
    assert isinstance(properties["fqdnSubdomain"], Unknown)


def test_a_cluster_in_a_module_has_the_lines_of_the_module() -> None:
    source = "module m 'm.bicep' = {\n  params: { policy: 'none' }\n}"
    inner = f"""\
param policy string
resource a '{AKS}' = {{
  name: 'a'
  properties: {{
    networkProfile: {{
      networkPolicy: policy
    }}
  }}
}}
"""
    (cluster,) = reading(source, m_bicep=inner).clusters
    assert (cluster.file, cluster.lines["network.policy"], cluster.network.policy) == ("m.bicep", 6, None)


def test_modules_that_are_not_here() -> None:
    source = """\
module a 'br/public:avm/res/container-service/managed-cluster:0.1.0' = {
  params: { name: 'x' }
}
module b 'gone.bicep' = {}
module c 'main.bicep' = {}
module d 'ts:sub/rg/spec:1' = {}
"""
    notes = {note.what: (note.where, note.why) for note in reading(source).not_assessed}
    assert set(notes) == {
        "module a (br/public:avm/res/container-service/managed-cluster:0.1.0)",
        "module b (gone.bicep)",
        "module c (main.bicep)",
        "module d (ts:sub/rg/spec:1)",
    }
    assert notes["module c (main.bicep)"] == ("main.bicep:5", "it uses itself")
    assert "no such file" in notes["module b (gone.bicep)"][1]


def test_a_module_in_json_and_a_deployment_with_a_template_inside() -> None:
    kind = AKS.partition("@")[0]
    arm = {
        "parameters": {"name": {"type": "string"}},
        "resources": [{"type": kind, "apiVersion": "2025-07-01", "name": "[parameters('name')]"}],
    }
    source = f"""\
module m 'm.json' = {{
  params: {{ name: 'compiled' }}
}}
resource d 'Microsoft.Resources/deployments@2024-03-01' = {{
  name: 'd'
  properties: {{
    template: {{
      resources: [{{ type: '{kind}', apiVersion: '2025-07-01', name: 'inline' }}]
    }}
  }}
}}
"""
    reading_ = reading(source, m_json=json.dumps(arm))
    assert {cluster.name for cluster in reading_.clusters} == {"compiled", "inline"}


def test_a_statement_that_cannot_be_read_is_told_and_the_cluster_beside_it_is_read() -> None:
    source = f"var x = (1 +\nresource a '{AKS}' = {{\n  name: 'a${{x}}'\n}}\n"
    found = reading(source)
    assert [cluster.name for cluster in found.clusters] == ["a{?}"]
    assert next((note.what, note.where) for note in found.not_assessed) == ("Bicep statement", "main.bicep:2")


def test_parameters_from_files() -> None:
    source = f"""\
param name string
param tier string = 'Free'
resource a '{AKS}' = {{
  name: name
  sku: {{ tier: tier }}
}}
"""
    bicepparam = "using 'main.bicep'\nextends 'base.bicepparam'\nvar end = 'prod'\nparam Name = 'aks-${end}'\n"
    base = "using none\nparam tier = 'Standard'\nparam name = 'overruled'\n"
    values = '{"parameters": {"NAME": {"value": "aks-json"}}}'
    (one,) = reading(
        source, "x.bicepparam", x_bicepparam=bicepparam.replace("Name", "name"), base_bicepparam=base
    ).clusters
    assert (one.name, one.upkeep.tier) == ("aks-prod", "Standard")
    (other,) = reading(source, "main.json", main_json=values).clusters
    assert (other.name, other.upkeep.tier) == ("aks-json", "Free")
    unread = reading(source, "gone.bicepparam")
    assert [cluster.name for cluster in unread.clusters] == ["{name}"]
    assert "no such file" in {note.why for note in unread.not_assessed}


def test_a_name_taken_twice_hides_nothing() -> None:
    body = (
        "{\n  name: 'NAME'\n  resource p 'agentPools' = { name: '1' }\n  resource p 'agentPools' = { name: '2' }\n}\n"
    )
    source = "".join(f"resource a '{AKS}' = {body.replace('NAME', name)}" for name in ("one", "two"))
    assert [item.name for item in deployed(source)] == ["one", "one/1", "one/2", "two", "two/1", "two/2"]


def test_what_needs_itself_is_unknown() -> None:
    source = f"""\
resource a '{AKS}' = {{
  parent: b
  name: b.name
}}
resource b '{AKS}' = {{
  parent: a
  scope: b
  name: a.name
}}
resource c '{AKS}' = [for x in c[0].properties.list: if (c[0].name == 'c') {{
  name: 'c'
}}]
resource d '{AKS}' = if (d.properties.wanted) {{
  name: 'd'
  properties: {{ it: d.id }}
}}
module m 'm.bicep' = {{
  params: {{ p: m.outputs.o }}
}}
"""
    found = deployed(source, m_bicep="param p string\noutput o string = p\n")
    assert [shown(item.name) for item in found if item.kind.endswith("managedclusters")][-1] == "d"
    assert all(isinstance(item.name, Unknown) for item in found[:2])
