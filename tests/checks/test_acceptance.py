"""Questions that other scanners were seen to answer wrongly."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import pytest

from seawall.checks import all_checks, run
from seawall.checks.gold import TODAY, gold, gold_pool
from seawall.model import UNKNOWN, Change, Cluster, Cost, Pool, Severity, Status, Tool

CHECKS = {check.name: check for check in all_checks()}
PUBLIC = {"api_server.private": False}
NO_KMS = {"protection.kms": False, "protection.kms_infrastructure_encryption": UNKNOWN}


def price(cluster: Cluster, sets: Mapping[str, object], *, tool: Tool = Tool.AZ, pool: Pool | None = None) -> Change:
    return Change(cost=Cost.UNKNOWN)


def verdict(name: str, changes: Mapping[str, Any], today: datetime.date = TODAY) -> str:
    findings = run((gold(changes),), (CHECKS[name],), today=today, cost=price).findings
    statuses = {finding.status for finding in findings}
    return "fail" if Status.FAIL in statuses else "unknown" if statuses else "pass"


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("network_policy_off", {"network.policy": "cilium", "network.dataplane": "cilium"}, "pass"),
        ("network_policy_off", {"network.policy": "none", "network.dataplane": "azure"}, "fail"),
        ("network_policy_off", {"network.policy": None, "network.plugin": "none"}, "unknown"),
        ("authorized_ranges_open", PUBLIC | {"api_server.authorized_ranges": ("0.0.0.0/0",)}, "fail"),
        ("authorized_ranges_open", PUBLIC | {"api_server.authorized_ranges": ("0.0.0.0/32",)}, "pass"),
        ("api_server_open_to_all", {"api_server.private": True, "api_server.authorized_ranges": ()}, "pass"),
        ("api_server_open_to_all", PUBLIC | {"api_server.authorized_ranges": ()}, "fail"),
        ("kube_dashboard_on", {"addons.kube_dashboard": False}, "pass"),
        ("etcd_kms_off", {"pool.host_encryption": True, "protection.kms": False}, "fail"),
        ("etcd_kms_off", {"pool.host_encryption": True, **NO_KMS, "upkeep.kubernetes_version": "1.32"}, "fail"),
        ("etcd_kms_off", {"pool.host_encryption": True, **NO_KMS, "upkeep.kubernetes_version": "1.33"}, "unknown"),
        ("kubernetes_rbac_off", {"access.rbac": True}, "pass"),
    ],
)  # fmt: skip
def test_right_where_others_are_wrong(name: str, changes: dict[str, Any], expected: str) -> None:
    assert verdict(name, changes) == expected


@pytest.mark.parametrize(
    ("ranges", "severity", "kept"),
    [
        (("0.0.0.0/0", "203.0.113.7/32"), Severity.HIGH, ("203.0.113.7/32",)),
        (("0.0.0.0/1", "128.0.0.0/1"), Severity.HIGH, ("0.0.0.0/32",)),
        (("0.0.0.0/1",), Severity.MEDIUM, ("0.0.0.0/32",)),
        (("2000::/3", "2001:db8::/32"), Severity.MEDIUM, ("2001:db8::/32",)),
    ],
)
def test_wide_ranges_are_taken_out_and_the_others_kept(
    ranges: tuple[str, ...], severity: Severity, kept: tuple[str, ...]
) -> None:
    asked: list[Mapping[str, object]] = []

    def noting(
        cluster: Cluster, sets: Mapping[str, object], *, tool: Tool = Tool.AZ, pool: Pool | None = None
    ) -> Change:
        asked.append(sets)
        return price(cluster, sets)

    cluster = gold({**PUBLIC, "api_server.authorized_ranges": ranges})
    (finding,) = run((cluster,), (CHECKS["authorized_ranges_open"],), today=TODAY, cost=noting).findings
    assert finding.severity is severity
    assert asked == [{"api_server.authorized_ranges": kept}]


def test_one_public_pool_of_two_fails_and_is_named() -> None:
    pools = (gold_pool("system", mode="System"), gold_pool("user", node_public_ip=True))
    (finding,) = run((gold({"pools": pools}),), (CHECKS["node_public_ips"],), today=TODAY, cost=price).findings
    assert (finding.subject.kind, finding.subject.name) == ("pool", "contoso/user")
    assert finding.status is Status.FAIL


def test_an_unknown_pool_does_not_hide_a_failing_one() -> None:
    pools = (gold_pool("a", node_public_ip=UNKNOWN), gold_pool("b", node_public_ip=True), gold_pool("c"))
    findings = run((gold({"pools": pools}),), (CHECKS["node_public_ips"],), today=TODAY, cost=price).findings
    assert [(finding.subject.name, finding.status) for finding in findings] == [
        ("contoso/a", Status.UNKNOWN),
        ("contoso/b", Status.FAIL),
    ]


@pytest.mark.parametrize(
    ("os_type", "today", "severity", "message"),
    [
        ("Windows", datetime.date(2026, 9, 30), Severity.HIGH, "Azure NPM retires on 2026-09-30 on Windows nodes"),
        ("Windows", datetime.date(2026, 10, 1), Severity.HIGH, "Azure NPM retired on 2026-09-30 on Windows nodes"),
        ("Linux", datetime.date(2026, 10, 1), Severity.MEDIUM, "Azure NPM retires on 2028-09-30 on Linux nodes"),
        ("Linux", datetime.date(2027, 10, 2), Severity.HIGH, "Azure NPM retires on 2028-09-30 on Linux nodes"),
    ],
)
def test_the_retirement_of_npm_depends_on_nodes_and_day(
    os_type: str, today: datetime.date, severity: Severity, message: str
) -> None:
    cluster = gold({"network.policy": "azure", "network.dataplane": "azure", "pool.os_type": os_type})
    (finding,) = run((cluster,), (CHECKS["network_policy_retiring"],), today=today, cost=price).findings
    assert (finding.severity, finding.message) == (severity, message)


@pytest.mark.parametrize(
    ("version", "plan", "today", "unsupported", "ending"),
    [
        ("1.34.3", None, "2026-10-01", "pass", "pass"),  # 60 days ahead is 2026-11-30, the last day
        ("1.34.3", None, "2026-10-02", "pass", "fail"),
        ("1.34.3", None, "2026-11-30", "pass", "fail"),
        ("1.34.3", None, "2026-12-01", "fail", "pass"),
        ("1.34.3", "AKSLongTermSupport", "2026-12-01", "pass", "pass"),
        ("1.34.3", "AKSLongTermSupport", "2027-12-01", "fail", "pass"),
        ("1.34.3", UNKNOWN, "2026-12-01", "unknown", "unknown"),
        ("1.34.3", UNKNOWN, "2027-12-01", "fail", "pass"),
        ("1.30", None, "2025-08-22", "pass", "fail"),
        ("1.30", None, "2025-08-23", "fail", "pass"),
        ("1.12.8", UNKNOWN, "2026-10-01", "fail", "pass"),
        ("1.99", None, "2026-10-01", "unknown", "unknown"),
        ("latest", None, "2026-10-01", "unknown", "unknown"),
        (None, None, "2026-10-01", "unknown", "unknown"),
    ],
)
def test_kubernetes_support(version: str | None, plan: Any, today: str, unsupported: str, ending: str) -> None:
    changes = {"upkeep.kubernetes_version": version, "upkeep.support_plan": plan}
    day = datetime.date.fromisoformat(today)
    assert verdict("kubernetes_version_unsupported", changes, day) == unsupported
    assert verdict("kubernetes_version_ending", changes, day) == ending
