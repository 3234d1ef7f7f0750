"""Which system and environment a cluster belongs to, by rules of the user's own; and the sides that a fleet takes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.checks import all_checks, run
from seawall.checks.gold import TODAY, gold
from seawall.checks.grouping import ENVIRONMENTS, Environment, Grouping, Rule
from seawall.checks.groups import fleets
from seawall.checks.matrix import matrix
from seawall.model import Change, Cost, Finding, Pool, Severity, Subject, Tool, Unknown
from seawall.model.cluster import Cluster

LIST = Rule(name="pay", clusters={"blue": "prod", "old/green": ""})
PATTERN = Rule(name="shop", pattern="aks-shop-{env}-*")
NAMED = Rule(pattern="{group}-{env}-aks")
TAG = Rule(tag="Cost-Centre")
OWN = Grouping(rules=(LIST, PATTERN, NAMED, TAG))


def price(cluster: Cluster, sets: Mapping[str, object], *, tool: Tool = Tool.AZ, pool: Pool | None = None) -> Change:
    return Change(cost=Cost.REIMAGE)


def test_rules_place_clusters() -> None:
    placed = {
        "blue": ("pay", "prod"),
        "aks-shop-prd2-weu": ("shop", "prod"),
        "aks-shop-weu": ("", ""),
        "billing-uat-aks": ("billing", "staging"),
        "web-dev": ("web", "dev"),
    }
    assert {name: OWN.place(gold({"name": name})) for name in placed} == placed
    assert OWN.place(gold({"name": "green", "resource_group": "old"})) == ("pay", "")
    assert OWN.place(gold({"name": "x", "tags": {"cost-centre": "42"}})) == ("42", "")
    assert Grouping(automatic=False).place(gold({"name": "web-dev"})) == ("", "dev")


def test_environments_of_their_own() -> None:
    own = Grouping(environments=(Environment("qa"), Environment("prod", ("p",)), Environment("dr")))
    assert [own.place(gold({"name": f"web-{word}"}))[1] for word in ("qa", "p", "prd", "dr", "dev")] == [
        *("qa", "prod", "prod", "dr", ""),
    ]
    (web,) = fleets([(gold({"name": f"web-{word}"}), ()) for word in ("dr", "qa", "prod")], own)
    assert [member.cluster.name for member in web.lower] == ["web-qa"]
    assert [member.cluster.name for member in web.productive] == ["web-prod", "web-dr"]
    assert Grouping(environments=ENVIRONMENTS[:2]).production == 1


def test_what_a_rule_misses_is_told() -> None:
    gaps = [(rule.name, why) for rule, why in OWN.gaps([gold({"name": "blue"}), gold({"name": "aks-shop-dev-1"})])]
    assert gaps[0] == ("pay", "not among the clusters that were read: old/green")
    assert [why for _, why in gaps[1:]] == ["matches none of the clusters that were read"] * 2


def test_the_matrix_names_the_sides() -> None:
    weak = Finding(
        rule="X",
        title="",
        severity=Severity.HIGH,
        subject=Subject(kind="cluster", name="c-prod"),
        field="network.policy",
        message="",
    )
    clusters = [
        (gold({"name": "c-dev"}), ()),
        (gold({"name": "c-test"}), ()),
        (gold({"name": "c-staging", "network.policy": Unknown()}), ()),
        (gold({"name": "c-prod", "network.policy": None}), (weak,)),
    ]
    (fleet,) = fleets(clusters)
    (setting,) = matrix(fleet, price).settings
    told = [(each.value, each.weaker, each.cost, each.clusters) for each in setting.values]
    assert told == [
        ("cilium", False, None, ("c-dev", "c-test")),
        ("none", True, Cost.REIMAGE, ("c-prod",)),
        (None, False, None, ("c-staging",)),
    ]
    assert (setting.align_to, setting.odd_one_out) == ("cilium", "c-prod")
    assert len(matrix(fleet, price, everything=True).settings) > 90


@given(st.lists(st.sampled_from([None, "cilium", "calico", Unknown()]), min_size=2, max_size=6))
def test_every_cluster_stands_on_one_side(policies: list[object]) -> None:
    clusters = [
        (gold({"name": f"c{n}-dev", "tags": {"app": "c"}, "network.policy": p}), ()) for n, p in enumerate(policies)
    ]
    (fleet,) = fleets(clusters)
    for setting in matrix(fleet, price, everything=True).settings:
        held = [name for value in setting.values for name in value.clusters]
        assert sorted(held) == sorted(member.cluster.name for member in fleet.members)


@pytest.mark.parametrize(("told", "severity"), [("prod", Severity.MEDIUM), ("dev", None), ("", Severity.LOW)])
def test_checks_ask_for_the_environment_that_the_rules_tell(told: str, severity: Severity | None) -> None:
    cluster = gold({"name": "blue", "upkeep.tier": "Free"})
    grouping = Grouping(rules=(Rule(name="pay", clusters={"blue": told}),))
    asked = [check for check in all_checks() if check.id == "AKS-UPK-006"]
    found = run((cluster,), asked, today=TODAY, cost=price, grouping=grouping).findings
    assert [each.severity for each in found] == ([severity] if severity else [])
