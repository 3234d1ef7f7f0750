"""The runner: subjects, places, prices and counts; and which clusters form a fleet."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from seawall.checks import all_checks, run
from seawall.checks.gold import TODAY, gold, gold_pool
from seawall.checks.groups import fleets
from seawall.checks.page import index, page
from seawall.model import UNKNOWN, Change, Cluster, Cost, Location, Pool, Severity, Status, TerraformCost, Tool, Unknown

CHECKS = {check.name: check for check in all_checks()}


def price(cluster: Cluster, sets: Mapping[str, object], *, tool: Tool = Tool.AZ, pool: Pool | None = None) -> Change:
    command = f"{tool} {cluster.name} {pool.name if pool else '-'} {sorted(sets)}"
    return Change(cost=Cost.REIMAGE, command=command, terraform=(TerraformCost(cost=Cost.NEW_CLUSTER),))


def test_a_finding_has_its_line_and_its_price() -> None:
    pools = (gold_pool("user", node_public_ip=True),)
    lines = {"": 1, "network.policy": 7, "pools[user].node_public_ip": 9}
    cluster = gold({"network.policy": None, "pools": pools, "file": "a.json", "lines": lines})
    checks = (CHECKS["network_policy_off"], CHECKS["node_public_ips"])
    policy, pool = run((cluster,), checks, today=TODAY, cost=price).findings
    assert policy.location == Location(file="a.json", line=7)
    assert pool.location == Location(file="a.json", line=9)
    assert policy.change
    assert pool.change
    assert policy.change.command == "az contoso - ['network.dataplane', 'network.policy']"
    assert pool.change.command == "az contoso user ['pool.node_public_ip']"


def test_a_cluster_is_priced_for_its_tool() -> None:
    cluster = gold({"network.policy": None, "tool": Tool.TERRAFORM})
    (finding,) = run((cluster,), (CHECKS["network_policy_off"],), today=TODAY, cost=price).findings
    assert finding.change
    assert finding.change.command.startswith("terraform contoso")


def test_a_setting_without_a_line_is_at_its_cluster() -> None:
    cluster = gold({"access.rbac": False, "file": "a.json", "lines": {"": 3}})
    (finding,) = run((cluster,), (CHECKS["kubernetes_rbac_off"],), today=TODAY, cost=price).findings
    assert finding.location == Location(file="a.json", line=3)


def test_what_is_unknown_is_named_with_the_reason() -> None:
    cluster = gold({"access.rbac": Unknown("parameter rbac has no value")})
    (finding,) = run((cluster,), (CHECKS["kubernetes_rbac_off"],), today=TODAY, cost=price).findings
    assert (finding.status, finding.field, finding.change) == (Status.UNKNOWN, "access.rbac", None)
    assert finding.message == "cannot be decided: access.rbac is not known (parameter rbac has no value)"


def test_tallies_count_each_check_once() -> None:
    two_pools = gold({"pool.node_public_ip": True, "access.rbac": UNKNOWN})
    checks = tuple(CHECKS[name] for name in ("node_public_ips", "kubernetes_rbac_off", "entra_off", "settings_differ"))
    (tally,) = run((two_pools,), checks, today=TODAY, cost=price).tallies
    assert (tally.passed, tally.failed, tally.undecided) == (1, 1, 1)


def test_only_failures_are_priced() -> None:
    def no_price(
        cluster: Cluster, sets: Mapping[str, object], *, tool: Tool = Tool.AZ, pool: Pool | None = None
    ) -> Change:
        raise AssertionError("asked for a price")

    results = run((gold(), Cluster(name="dark")), tuple(CHECKS.values()), today=TODAY, cost=no_price)
    assert all(finding.status is Status.UNKNOWN for finding in results.findings)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["contoso-dev", "contoso-staging", "contoso-prod"], {"contoso": ["dev", "staging", "prod"]}),
        (["prod-contoso-weu-01", "qa-contoso-weu-01"], {"contoso-weu-01": ["test", "prod"]}),
        (["contoso-prod1", "contoso-dev1", "contoso-dev2"], {"contoso-1": ["dev", "prod"]}),
        (["dev", "prod"], {"estate": ["dev", "prod"]}),
        (["contoso-prod", "contoso-prod"], {}),
        (["contoso-a", "contoso-b"], {}),
        (["developer-x", "product-x"], {}),
    ],
)
def test_clusters_are_grouped_by_name(names: list[str], expected: dict[str, list[str]]) -> None:
    groups = fleets([(gold({"name": name}), ()) for name in names])
    assert {fleet.name: [member.environment for member in fleet.members] for fleet in groups} == expected


def test_a_tag_groups_whatever_the_names_are() -> None:
    clusters = [
        gold({"name": "one", "tags": {"Application": "shop", "Environment": "Production"}}),
        gold({"name": "two", "tags": {"seawall-group": "shop", "application": "else"}}),
        gold({"name": "shop-dev"}),
    ]
    (shop,) = fleets([(cluster, ()) for cluster in clusters])
    assert [(member.cluster.name, member.environment) for member in shop.members] == [
        ("two", ""),
        ("shop-dev", "dev"),
        ("one", "prod"),
    ]


def test_aligning_never_weakens() -> None:
    """Where most of a group lack a protection, the change is for them, not for the one that has it."""
    off = {"protection.defender": False}
    group = (gold({"name": "c-dev", **off}), gold({"name": "c-test", **off}), gold({"name": "c-prod"}))
    findings = run(group, tuple(CHECKS.values()), today=TODAY, cost=price).findings
    (finding,) = (finding for finding in findings if finding.rule == "AKS-FLT-001")
    assert finding.message == (
        "protection.defender differs: false in c-dev, c-test, the weaker side; true in c-prod "
        "(c-prod is the odd one out)"
    )
    assert finding.change
    assert finding.change.command == "az c-test - ['protection.defender']"


def test_the_odd_one_out_is_named() -> None:
    prod = gold({"name": "c-prod", "network.plugin_mode": None})
    group = (gold({"name": "c-dev"}), gold({"name": "c-test"}), prod)
    (finding,) = run(group, tuple(CHECKS.values()), today=TODAY, cost=price).findings
    assert finding.message == (
        "network.plugin_mode differs: overlay in c-dev, c-test; none in c-prod (c-prod is the odd one out)"
    )


def test_aligning_never_takes_a_version_back() -> None:
    group = (
        gold({"name": "c-dev", "upkeep.kubernetes_version": "1.36.1", "pool.kubernetes_version": "1.35"}),
        gold({"name": "c-test", "upkeep.kubernetes_version": "1.35.4", "pool.kubernetes_version": "1.35"}),
        gold({"name": "c-prod", "upkeep.kubernetes_version": "1.35.9", "pool.kubernetes_version": "1.35"}),
    )
    (finding,) = run(group, tuple(CHECKS.values()), today=TODAY, cost=price).findings
    assert finding.message == (
        "upkeep.kubernetes_version differs: 1.36 in c-dev; 1.35 in c-test, c-prod, the weaker side "
        "(c-dev is the odd one out)"
    )
    assert finding.severity is Severity.LOW
    assert finding.change
    assert finding.change.command.startswith("az c-prod ")


def test_production_is_compared_with_what_is_below_it_only() -> None:
    weak = {"upkeep.node_os_channel": "None", "pool.host_encryption": False}
    group = (gold({"name": "c-dev", **weak}), gold({"name": "c-stg"}), gold({"name": "c-prod", **weak}))
    findings = run(group, tuple(CHECKS.values()), today=TODAY, cost=price).findings
    weaker = [finding for finding in findings if finding.rule == "AKS-FLT-002"]
    assert {finding.field: str(finding.severity) for finding in weaker} == {
        "upkeep.node_os_channel": "high",
        "pool.host_encryption": "medium",
    }
    assert all(finding.message.endswith("passed by c-stg") for finding in weaker)
    assert all(finding.subject.name == "c" and finding.change for finding in weaker)


@pytest.mark.parametrize("check", CHECKS.values(), ids=lambda check: check.id)
def test_a_page_tells_all_of_a_check(check: object) -> None:
    one = next(other for other in CHECKS.values() if other is check)
    text = page(one, price)
    assert text.startswith(f"# {one.id}: {one.title}\n")
    for needed in ("## Why it matters", "## Fix", "## Examples", str(one.severity), *one.refs, *one.sets):
        assert needed in text
    assert ("| terraform | new cluster | no |" in text) == (one.kind != "fleet")


def test_the_index_links_every_check() -> None:
    text = index(CHECKS.values())
    assert all(f"[{check.id}]({check.id}.md)" in text for check in CHECKS.values())
