"""What azurerm costs by its version: reference/facts/terraform_azurerm_replace_rules.json, `since`."""

from __future__ import annotations

from typing import Any

import pytest

from seawall.model import Cluster, Cost, Pool, Tool
from seawall.model.paths import put
from seawall.sources.clusters.costs import change
from seawall.sources.clusters.terraform_costs import NEWEST, provider_version

AZURE = {"network.plugin": "azure", "network.dataplane": "azure"}
CILIUM = {"network.policy": "cilium", "network.dataplane": "cilium"}
OVERLAY = {"network.plugin": "azure", "network.plugin_mode": "overlay"}


def cluster(values: dict[str, Any]) -> Cluster:
    return put(Cluster(name="prod", resource_group="rg", pools=(Pool(name="np", mode="System"),)), values)


TURNS = [
    ({**AZURE, "network.policy": "azure"}, CILIUM, "4.58", Cost.NEW_CLUSTER, Cost.REIMAGE),
    ({**AZURE, "network.policy": "calico"}, CILIUM, "4.59", Cost.NEW_CLUSTER, Cost.REIMAGE),
    ({**AZURE, "network.policy": None}, {"network.policy": "calico"}, "4.0", Cost.UNKNOWN, Cost.REIMAGE),
    ({"network.plugin": "kubenet", "network.plugin_mode": None}, OVERLAY, "4.66", Cost.NEW_CLUSTER, Cost.REIMAGE),
    (
        {"api_server.vnet_integration": False},
        {"api_server.vnet_integration": True},
        "4.46",
        Cost.UNKNOWN,
        Cost.REIMAGE,
    ),
    ({"pool.fips": False}, {"pool.fips": True}, "4.24", Cost.NEW_CLUSTER, Cost.NEW_POOL),
    (
        {"protection.safeguards_level": None},
        {"protection.safeguards_level": "Warn"},
        "4.67",
        Cost.UNKNOWN,
        Cost.IN_PLACE,
    ),
]


@pytest.mark.parametrize(("before", "sets", "turn", "old", "new"), TURNS, ids=lambda value: str(value)[:40])
def test_it_turns_with_one_version(
    before: dict[str, Any], sets: dict[str, Any], turn: str, old: Cost, new: Cost
) -> None:
    major, minor = provider_version(turn)
    last = f"{major}.{minor - 1}" if minor else "3.117"
    start = cluster(before)
    assert change(start, sets, tool=Tool.TERRAFORM, provider=last).cost is old
    assert change(start, sets, tool=Tool.TERRAFORM, provider=turn).cost is new
    assert change(start, sets, tool=Tool.TERRAFORM).cost is new
    assert [(each.since, each.cost) for each in change(start, sets).terraform] == [("", old), (turn, new)]


def test_what_never_turned_is_one_entry() -> None:
    (only,) = change(cluster({"access.rbac": False}), {"access.rbac": True}).terraform
    assert (only.since, only.cost) == ("", Cost.NEW_CLUSTER)
    assert "azurerm replaces the cluster" in only.note


def test_both_tools_tell_the_same_of_terraform() -> None:
    start = cluster({"network.policy": "calico", **AZURE})
    assert change(start, CILIUM).terraform == change(start, CILIUM, tool=Tool.TERRAFORM).terraform


@pytest.mark.parametrize(
    ("text", "version"), [("4.60", (4, 60)), ("v4.60.1", (4, 60)), ("3", (3, 0)), ("", NEWEST), ("~> 4.0", NEWEST)]
)
def test_versions(text: str, version: tuple[int, int]) -> None:
    assert provider_version(text) == version
