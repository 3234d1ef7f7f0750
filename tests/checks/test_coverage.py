"""Every security setting of AKS that is known is asked for by some check, or left out for a written reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seawall.checks import all_checks, run
from seawall.checks.gold import TODAY
from seawall.model import Change, Cluster, Cost
from seawall.sources.clusters.fields import FIELDS

FACTS = next(
    (p / "shared/reference/facts" for p in Path(__file__).resolve().parents if (p / "shared/reference/facts").is_dir()),
    None,
)

READ = {
    "kubelet_identity": "AKS-IDN-006",
    "private_dns_zone": "AKS-API-006",
    "l7_policy": "AKS-NET-006",
    "ip_families": "AKS-NET-018",
    "kms_new": "AKS-PRO-013",
    "node_disruption": "AKS-UPK-010",
    "workload_runtime": "AKS-POOL-016",
}
"""Settings that a check reads without finding fault with them alone."""

LEFT_OUT = {
    "csi_drivers": "off if unused, and no input says which are used",
    "fips_cluster": "a preview that is in no export; AKS-PRO-015 judges the pools",
    "sku_name": "a way to be given settings, which are judged one by one",
    "nrg_name": "a name",
    "ssh_key": "AKS-POOL-006 asks whether the key opens anything",
    "windows_admin": "a name; the password is in no export",
    "kubelet_config": "the model says whether there is one, not what is in it",
}


def _free(*_: object, **__: object) -> Change:
    return Change(cost=Cost.UNKNOWN)


def _asked() -> set[str]:
    """The paths that checks set, or find fault with in their examples."""
    paths = set()
    for check in all_checks():
        paths |= set(check.sets)
        clusters = [example for example in check.fails if isinstance(example, Cluster)]
        paths |= {finding.field for finding in run(clusters, (check,), today=TODAY, cost=_free).findings}
    return paths


def test_every_setting_is_asked_for_or_left_out_for_a_reason() -> None:
    asked = {name for field in FIELDS if field.path in _asked() for name in field.settings}
    settings = {name for field in FIELDS for name in field.settings}
    assert settings - asked == set(READ) | set(LEFT_OUT)
    assert set(READ.values()) <= {check.id for check in all_checks()}


@pytest.mark.skipif(FACTS is None, reason="../shared/reference/facts is not here")
def test_the_settings_are_all_that_are_known() -> None:
    assert FACTS
    known = {row["id"] for row in json.loads((FACTS / "aks_settings_mutability.json").read_text())}
    assert known == {name for field in FIELDS for name in field.settings}
    assert len(known) == 84


def test_there_are_enough() -> None:
    assert sum(check.kind != "fleet" for check in all_checks()) >= 60
