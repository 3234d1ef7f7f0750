"""Laws for every framework: each control has checks that exist, or a reason; none passes what it cannot see."""

from __future__ import annotations

import pytest

from seawall.checks import all_checks, run
from seawall.checks.frameworks import FRAMEWORKS, Framework, controls_of, judge
from seawall.checks.gold import TODAY, gold
from seawall.cli.options import FRAMEWORKS as OPTIONS
from seawall.model import Change, Cluster, ControlStatus, Cost, FrameworkResult

each = pytest.mark.parametrize("framework", FRAMEWORKS.values(), ids=lambda framework: framework.id)
IDS = {check.id for check in all_checks()}


def _free(*_: object, **__: object) -> Change:
    return Change(cost=Cost.UNKNOWN)


def judged(framework: Framework, *clusters: Cluster) -> FrameworkResult:
    asked = [check for check in all_checks() if check.id in framework.checks]
    return judge(framework, clusters, {}, run(clusters, asked, today=TODAY, cost=_free).findings)


@each
def test_controls_are_unique_and_decided_by_checks_that_exist(framework: Framework) -> None:
    ids = [control.id for control in framework.controls]
    assert len(ids) == len(set(ids))
    assert framework.checks <= IDS
    for control in framework.controls:
        assert control.title
        assert control.checks or control.images or control.reason


def test_the_command_line_offers_all_of_them() -> None:
    assert set(OPTIONS) == set(FRAMEWORKS)


@each
def test_gold_fails_nothing(framework: Framework) -> None:
    assert {control.failed for control in judged(framework, gold()).controls} == {0}


@each
def test_nothing_known_passes_nothing(framework: Framework) -> None:
    result = judged(framework, Cluster(name="dark"))
    assert {control.status for control in result.controls} <= {ControlStatus.UNDECIDED, ControlStatus.NOT_DECIDABLE}


@each
def test_without_an_input_nothing_passes(framework: Framework) -> None:
    for control in judged(framework).controls:
        assert control.status in (ControlStatus.UNDECIDED, ControlStatus.NOT_DECIDABLE)
        assert control.reason


def test_a_control_counts_clusters_and_looks_at_all_pools() -> None:
    bad = gold({"name": "b", "pool.node_public_ip": True})
    controls = {control.id: control for control in judged(FRAMEWORKS["cis-aks"], gold(), bad).controls}
    nodes = controls["5.4.3"]
    assert (nodes.status, nodes.passed, nodes.failed, nodes.undecided) == (ControlStatus.FAIL, 1, 1, 0)
    assert controls["5.4.4"].status is ControlStatus.PASS


def test_sameness_is_asked_of_groups() -> None:
    def sameness(*clusters: Cluster) -> ControlStatus:
        controls = judged(FRAMEWORKS["guide"], *clusters).controls
        return next(control.status for control in controls if control.id == "sameness")

    dev, prod = gold({"name": "shop-dev"}), gold({"name": "shop-prod"})
    assert sameness(dev, prod) is ControlStatus.PASS
    assert sameness(gold({"name": "shop-dev", "network.policy": "calico"}), prod) is ControlStatus.FAIL
    assert sameness(prod) is ControlStatus.UNDECIDED


@pytest.mark.parametrize(("whole", "status"), [(True, ControlStatus.PASS), (False, ControlStatus.UNDECIDED)])
def test_an_image_passes_only_where_all_of_it_was_judged(whole: bool, status: ControlStatus) -> None:
    controls = judge(FRAMEWORKS["guide"], (), {"shop:1": whole}, ()).controls
    assert next(control.status for control in controls if control.id == "vulnerabilities") is status


def test_checks_know_their_controls() -> None:
    assert {control.id for framework, control in controls_of("AKS-NET-003") if framework.id == "cis-aks"} == {"5.4.4"}
