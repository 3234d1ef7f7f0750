"""Configuration in folders: variables, loops, modules, environments, and what cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seawall.errors import LimitExceeded, Unreadable
from seawall.model import Cluster, Unknown
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.clusters import terraform

UNSET = 'variable "local" {\n type = bool\n}\n'


def test_variables_locals_and_values_files(tf: Any) -> None:
    files = {
        "main.tf": tf.aks(
            "local_account_disabled = var.local\nsku_tier = local.tier\nazure_policy_enabled = var.policy"
        ),
        "variables.tf": 'variable "local" {\n type = bool\n}\nvariable "policy" {\n default = "true"\n}\n',
        "locals.tf": 'locals {\n tier = local.paid ? "Standard" : "Free"\n paid = !var.policy ? false : true\n}\n',
        "terraform.tfvars": "local = true\n",
    }
    cluster = tf.one(tf.write(files))
    assert cluster.access.local_accounts_disabled is True
    assert cluster.upkeep.tier == "Standard"
    assert cluster.addons.azure_policy is True


def test_an_unknown_variable_is_unknown_and_not_a_failure(tf: Any) -> None:
    reading = tf.read(tf.write({"main.tf": tf.aks("local_account_disabled = var.local") + UNSET}))
    (cluster,) = reading.clusters
    assert isinstance(cluster.access.local_accounts_disabled, Unknown)
    assert "'local' has no default" in cluster.access.local_accounts_disabled.reason
    (note,) = reading.not_assessed
    assert note.what == "access.local_accounts_disabled of cluster prod"
    assert note.where.endswith(f"main.tf:{cluster.lines['access.local_accounts_disabled']}")


def test_later_files_of_values_win(tf: Any) -> None:
    files = {
        "main.tf": tf.aks("sku_tier = var.tier") + 'variable "tier" {\n default = "Free"\n}\n',
        "terraform.tfvars": 'tier = "Premium"\n',
        "a.auto.tfvars": 'tier = "Standard"\n',
        "b.auto.tfvars.json": '{"tier": "Premium"}',
    }
    assert tf.one(tf.write(files)).upkeep.tier == "Premium"


@pytest.mark.parametrize(
    "layout",
    [
        {"dev": "dev.tfvars", "prod": "prod.tfvars"},
        {"dev": "env/dev.tfvars", "prod": "env/prod.tfvars"},
        {"dev": "environments/dev/terraform.tfvars", "prod": "environments/prod/terraform.tfvars"},
        {"dev": "dev.terraform.tfvars", "prod": "prod.terraform.tfvars"},
    ],
)
def test_each_environment_is_a_set_of_clusters(tf: Any, layout: dict[str, str]) -> None:
    files = {
        "main.tf": tf.aks("private_cluster_enabled = var.private\nsku_tier = var.tier")
        + 'variable "private" {\n}\nvariable "tier" {\n}\n',
        layout["dev"]: "private = false\n",
        layout["prod"]: "private = true\n",
        "common.tfvars": 'tier = "Standard"\n',
    }
    readings = terraform.read_folder(tf.write(files))
    found = {cluster.name: cluster for reading in readings for cluster in reading.clusters}
    assert {name: cluster.api_server.private for name, cluster in found.items()} == {
        "dev/prod": False, "prod/prod": True,
    }  # fmt: skip
    assert all(cluster.upkeep.tier == "Standard" for cluster in found.values())


def test_environments_whose_clusters_have_names_of_their_own_keep_them(tf: Any) -> None:
    named = tf.aks().replace('name                = "prod"', 'name = "aks-${var.env}"')
    files = {"main.tf": named + 'variable "env" {\n}\n', "a.tfvars": 'env = "a"\n', "b.tfvars": 'env = "b"\n'}
    readings = terraform.read_folder(tf.write(files))
    assert [cluster.name for reading in readings for cluster in reading.clusters] == ["aks-a", "aks-b"]


@pytest.mark.parametrize(("count", "made"), [("0", 0), ("1", 1), ("var.on ? 1 : 0", 0), ('"2"', 2)])
def test_count(tf: Any, count: str, made: int) -> None:
    text = tf.aks(f"count = {count}").replace('= "prod"', '= "prod-${count.index}"', 1)
    clusters = tf.read(tf.write({"main.tf": text + 'variable "on" {\n default = false\n}\n'})).clusters
    assert [cluster.name for cluster in clusters] == [f"prod-{at}" for at in range(made)]


def test_count_zero_makes_no_cluster_and_says_so(tf: Any) -> None:
    reading = tf.read(tf.write({"main.tf": tf.aks("count = 0")}))
    assert not reading.clusters
    assert reading.not_assessed


def test_an_unknown_count_is_read_as_one_and_told(tf: Any) -> None:
    reading = tf.read(tf.write({"main.tf": tf.aks("count = var.on ? 1 : 0") + 'variable "on" {\n}\n'}))
    assert len(reading.clusters) == 1
    assert any(note.what == "how often azurerm_kubernetes_cluster.main is made" for note in reading.not_assessed)


def test_for_each_over_a_map_with_pools_for_each(tf: Any) -> None:
    text = tf.aks("for_each = var.clusters\nprivate_cluster_enabled = each.value.private").replace(
        '= "prod"', "= each.key", 1
    )
    text += """
    variable "clusters" {
      type = map(object({ private = optional(bool, true), pools = optional(set(string), []) }))
      default = {
        dev  = { private = false, pools = ["spot"] }
        prod = {}
      }
    }
    locals {
      pools = merge([for name, each in var.clusters : {
        for pool in each.pools : "${name}-${pool}" => { cluster = name, pool = pool }
      }]...)
    }
    resource "azurerm_kubernetes_cluster_node_pool" "extra" {
      for_each              = local.pools
      name                  = each.value.pool
      kubernetes_cluster_id = azurerm_kubernetes_cluster.main[each.value.cluster].id
    }
    """
    clusters = {cluster.name: cluster for cluster in tf.read(tf.write({"main.tf": text})).clusters}
    assert {name: cluster.api_server.private for name, cluster in clusters.items()} == {"dev": False, "prod": True}
    assert list(tf.pools(clusters["dev"])) == ["system", "spot"]
    assert list(tf.pools(clusters["prod"])) == ["system"]


@pytest.mark.parametrize(
    ("over", "expected"),
    [("[]", ()), ('["10.0.0.0/8"]', ("10.0.0.0/8",)), ("var.u", Unknown()), ("null == 1 ? [1] : []", ())],
)
def test_dynamic_blocks(tf: Any, over: str, expected: object) -> None:
    inside = f"""
    dynamic "api_server_access_profile" {{
      for_each = {over}
      iterator = profile
      content {{
        authorized_ip_ranges = [profile.value]
      }}
    }}"""
    cluster = tf.one(tf.write({"main.tf": tf.aks(inside) + 'variable "u" {\n}\n'}))
    assert cluster.api_server.authorized_ranges == expected


MODULE = {
    "main.tf": 'resource "azurerm_kubernetes_cluster" "this" {\n'
    "  name = var.name\n  private_cluster_enabled = var.private\n"
    '  default_node_pool {\n    name = "system"\n  }\n}\n',
    "variables.tf": 'variable "name" {\n}\nvariable "private" {\n  default = true\n}\n',
    "outputs.tf": 'output "id" {\n  value = azurerm_kubernetes_cluster.this.id\n}\n',
}


def test_local_modules(tf: Any) -> None:
    tf.write(MODULE, below="modules/aks")
    root = """
    module "aks" {
      source   = "../modules/aks"
      for_each = { dev = false, prod = true }
      name     = "aks-${each.key}"
      private  = each.value
    }
    resource "azurerm_kubernetes_cluster_node_pool" "extra" {
      name                  = "extra"
      kubernetes_cluster_id = module.aks["prod"].id
    }
    """
    reading = tf.read(tf.write({"main.tf": root}, below="live"))
    clusters = {cluster.name: cluster for cluster in reading.clusters}
    assert {name: cluster.api_server.private for name, cluster in clusters.items()} == {
        "aks-dev": False, "aks-prod": True,
    }  # fmt: skip
    assert list(tf.pools(clusters["aks-prod"])) == ["system", "extra"]
    assert clusters["aks-dev"].file == str(tf.root / "modules/aks/main.tf")
    assert not reading.not_assessed


def test_a_module_of_the_registry_is_named_unless_it_is_installed(tf: Any) -> None:
    root = 'module "aks" {\n  source  = "Azure/aks/azurerm"\n  version = "9.0.0"\n  name = "a"\n}\n'
    reading = tf.read(tf.write({"main.tf": root}))
    (note,) = reading.not_assessed
    assert note.what == "module.aks"
    assert "Azure/aks/azurerm" in note.why
    tf.write(MODULE, below=".terraform/modules/aks")
    index = '{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"aks","Source":"x","Dir":".terraform/modules/aks"}]}'
    tf.write({"modules.json": index}, below=".terraform/modules")
    assert tf.one(tf.root).name == "a"


@pytest.mark.parametrize("source", ["../../../../../../../../etc", "../outside"])
def test_nothing_is_read_outside_the_tree(tf: Any, source: str) -> None:
    tf.write(MODULE, below="outside")
    folder = tf.write({"main.tf": f'module "a" {{\n source = "{source}"\n name = "x"\n}}\n'}, below="inside")
    (reading,) = terraform.read_folder(folder, tree=folder)
    assert not reading.clusters
    assert "outside" in reading.not_assessed[0].why


def test_a_link_out_of_the_tree_is_not_followed(tf: Any) -> None:
    tf.write({"secret.tf": 'variable "x" {\n}\n'}, below="outside")
    folder = tf.write({"main.tf": tf.aks()}, below="inside")
    (folder / "link.tf").symlink_to(tf.root / "outside/secret.tf")
    (reading,) = terraform.read_folder(folder, tree=folder)
    assert any("not followed" in note.why for note in reading.not_assessed)
    (reading,) = terraform.read_folder(folder)
    assert not reading.not_assessed


def test_files_are_read_inside_the_tree_only(tf: Any) -> None:
    tf.write({"ranges.json": '["10.0.0.0/8"]', "settings.yaml": "private: yes\n"}, below="live")
    text = tf.aks(
        'private_cluster_enabled = yamldecode(file("${path.module}/settings.yaml")).private\n'
        'api_server_access_profile {\n authorized_ip_ranges = jsondecode(file("ranges.json"))\n}\n'
        'node_resource_group = file("/etc/hostname")'
    )
    cluster = tf.one(tf.write({"main.tf": text}, below="live"))
    assert cluster.api_server.private is True
    assert cluster.api_server.authorized_ranges == ("10.0.0.0/8",)
    assert isinstance(cluster.upkeep.node_resource_group, Unknown)


def test_entry_points_are_not_modules_of_others(tf: Any) -> None:
    module = tf.write(MODULE, below="modules/aks")
    live = tf.write({"main.tf": 'module "a" {\n  source = "../modules/aks"\n}\n'}, below="live")
    other = tf.write({"main.tf.json": '{"module": {"a": {"source": "../modules/aks"}}}'}, below="other")
    assert terraform.entry_points([live, module, other]) == (live, other)
    assert terraform.entry_points([module]) == (module,)
    loop = tf.write({"main.tf": 'module "a" {\n  source = "../loop2"\n}\n'}, below="loop1")
    loop2 = tf.write({"main.tf": 'module "a" {\n  source = "../loop1"\n}\n'}, below="loop2")
    assert terraform.entry_points([loop, loop2]) == (loop, loop2)


def test_the_json_form(tf: Any) -> None:
    text = """
    {
      "terraform": {"required_providers": {"azurerm": {"source": "hashicorp/azurerm", "version": "~> 5.0"}}},
      "variable": {"on": {"type": "bool", "default": true}},
      "locals": {"tier": "Standard"},
      "resource": {
        "azurerm_kubernetes_cluster": {
          "main": {
            "//": "a comment",
            "name": "prod-${var.on}",
            "private_cluster_enabled": "${var.on}",
            "sku_tier": "${local.tier}",
            "default_node_pool": {"name": "system", "node_public_ip_enabled": true},
            "identity": [{"type": "SystemAssigned"}],
            "dynamic": {"network_profile": {"for_each": ["x"], "content": {"network_policy": "calico"}}}
          }
        }
      }
    }
    """
    cluster = tf.one(tf.write({"main.tf.json": text}))
    assert cluster.name == "prod-true"
    assert cluster.api_server.private is True
    assert cluster.upkeep.tier == "Standard"
    assert cluster.identity.oidc_issuer is True
    assert cluster.network.policy == "calico"
    assert tf.pools(cluster)["system"].node_public_ip is True
    assert cluster.lines["api_server.private"] == 11


def test_override_files(tf: Any) -> None:
    inside = 'sku_tier = "Premium"\n  identity {\n    type = "UserAssigned"\n  }\n'
    override = f'resource "azurerm_kubernetes_cluster" "main" {{\n  {inside}}}\n'
    cluster = tf.one(tf.write({"main.tf": tf.aks('sku_tier = "Free"'), "main_override.tf": override}))
    assert cluster.upkeep.tier == "Premium"
    assert cluster.identity.type == "UserAssigned"
    assert cluster.region == "westeurope"


def test_a_mistake_costs_one_resource_and_is_told(tf: Any) -> None:
    broken = 'resource "azurerm_kubernetes_cluster" "bad" {\n  name = "bad"\n  sku_tier = [1,,\n}\n'
    reading = tf.read(tf.write({"main.tf": broken + tf.aks()}))
    clusters = {cluster.name: cluster for cluster in reading.clusters}
    assert clusters["prod"].upkeep.tier == "Free"
    assert any(note.where.endswith("main.tf:3") for note in reading.not_assessed)
    if "bad" in clusters:
        assert isinstance(clusters["bad"].access.rbac, Unknown)


def test_a_file_that_is_no_configuration_is_told(tf: Any) -> None:
    reading = tf.read(tf.write({"main.tf": tf.aks(), "b.tf": "\x00\x01\x02 {{{", "c.tf.json": "{"}))
    assert [cluster.name for cluster in reading.clusters] == ["prod"]
    told = {Path(note.where.partition(":")[0]).name for note in reading.not_assessed}
    assert told == {"b.tf", "c.tf.json"}


STEPS = range(60)
HOSTILE = {
    "locals in a circle": "locals {\n a = local.b\n b = local.c\n c = local.a\n}\n",
    "local of itself": "locals {\n a = [local.a]\n}\n",
    "long chain": "locals {\n" + "".join(f" a{at} = local.a{at + 1}\n" for at in range(2000))
    + " a = local.a0\n a2000 = 1\n}\n",
    "doubling text": "locals {\n" + "".join(f' a{at} = "${{local.a{at + 1}}}${{local.a{at + 1}}}"\n' for at in STEPS)
    + ' a = local.a0\n a60 = "x"\n}\n',
    "doubling list": "locals {\n" + "".join(f" a{at} = [local.a{at + 1}, local.a{at + 1}]\n" for at in STEPS)
    + " a = jsonencode(local.a0) == 1\n a60 = 1\n}\n",
    "range": "locals {\n a = range(100000000)\n}\n",
    "deep": "locals {\n a = " + "[" * 90 + "]" * 90 + "\n}\n",
    "too deep": "locals {\n a = " + "(" * 5000 + "1" + ")" * 5000 + "\n}\n",
    "module of itself": 'module "a" {\n source = "./"\n}\nlocals {\n a = module.a.x\n}\n',
    "count of itself": 'resource "x" "a" {\n count = length(x.a)\n}\nlocals {\n a = x.a[0].b\n}\n',
    "attribute of itself": 'resource "x" "a" {\n b = x.a.b\n}\nlocals {\n a = x.a.b\n}\n',
    "many": 'resource "azurerm_kubernetes_cluster" "many" {\n count = 1000000000\n}\nlocals {\n a = 1\n}\n',
    "many modules": 'module "a" {\n source = "./"\n count = 1000\n}\nlocals {\n a = 1\n}\n',
    "regex": 'locals {\n a = regex("(a+)+$", "' + "a" * 50 + '!")\n}\n',
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_ends_soon_and_the_rest_is_read(tf: Any, text: str) -> None:
    folder = tf.write({"main.tf": tf.aks("node_resource_group = local.a"), "hostile.tf": text})
    try:
        reading = tf.read(folder, Limits(terraform_steps=300_000))
    except LimitExceeded as error:
        assert error.limit == "terraform_steps"  # noqa: PT017 - the other way out is tested, too
    else:
        assert "prod" in {cluster.name for cluster in reading.clusters}


def test_a_deep_stack_is_no_reason_to_fall_over(tf: Any) -> None:
    folder = tf.write({"main.tf": tf.aks("node_resource_group = local.a"), "hostile.tf": HOSTILE["long chain"]})

    def deeper(levels: int) -> Cluster:
        return deeper(levels - 1) if levels else tf.one(folder)

    for levels in range(0, 800, 100):
        assert isinstance(deeper(levels).upkeep.node_resource_group, Unknown)


def test_modules_that_multiply_end_soon(tf: Any) -> None:
    for at in range(6):
        text = f'module "m" {{\n  source = "../m{at + 1}"\n  count = 1000\n}}\n'
        tf.write({"main.tf": text if at < 5 else tf.aks()}, below=f"m{at}")
    with pytest.raises(LimitExceeded):
        tf.read(tf.root / "m0")


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_damaged_configuration_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    text = (
        "locals {\n a = { for k, v in var.m : k => upper(v) if v != null }\n}\n"
        'variable "m" {\n default = { x = "y" }\n}\n'
        'resource "azurerm_kubernetes_cluster" "main" {\n name = "a-${join("-", keys(local.a))}"\n for_each = local.a\n'
        ' dynamic "network_profile" {\n  for_each = [1]\n  content {\n   network_policy = "calico"\n  }\n }\n}\n'
    )
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 20, len(text))))
    piece = data.draw(st.text('{}[]()"$%=?:.,*<>~\n a1', max_size=6))
    folder = tmp_path_factory.mktemp("damaged")
    (folder / "main.tf").write_text(text[:start] + piece + text[end:])
    for reading in terraform.read_folder(folder):
        assert reading.clusters or reading.not_assessed


def test_bounds_can_be_raised(tf: Any) -> None:
    text = "locals {\n a = [for x in range(1000) : x]\n}\n" + tf.aks('node_resource_group = join("", local.a)')
    folder = tf.write({"main.tf": text})
    with pytest.raises(LimitExceeded) as error:
        tf.read(folder, Limits(terraform_steps=500))
    assert "--limit terraform_steps" in error.value.hint
    assert tf.read(folder, DEFAULT).clusters


def test_a_folder_that_is_not_there(tf: Any) -> None:
    with pytest.raises(Unreadable):
        terraform.read_folder(tf.root / "nowhere")


def test_what_is_passed_through_variables_and_outputs_keeps_its_cluster(tf: Any) -> None:
    pool = """
    variable "cluster" {
    }
    resource "azurerm_kubernetes_cluster_node_pool" "p" {
      name                  = "p"
      kubernetes_cluster_id = var.cluster.id
    }
    """
    tf.write({"main.tf": pool}, below="pool")
    root = tf.aks() + 'module "pool" {\n  source  = "./pool"\n  cluster = azurerm_kubernetes_cluster.main\n}\n'
    assert list(tf.pools(tf.one(tf.write({"main.tf": root})))) == ["system", "p"]


def test_attributes_of_other_resources(tf: Any) -> None:
    text = tf.aks().replace('location            = "westeurope"', "location = azurerm_resource_group.rg.location")
    text += 'resource "azurerm_resource_group" "rg" {\n  location = "northeurope"\n}\n'
    cluster = tf.one(tf.write({"main.tf": text.replace('= "rg"', "= data.azurerm_resource_group.x.name", 1)}))
    assert cluster.region == "northeurope"
    assert cluster.resource_group == ""
