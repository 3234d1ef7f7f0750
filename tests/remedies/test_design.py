"""Every design passes every check but those that it says it leaves open, whatever the format."""

from __future__ import annotations

import ipaddress
import itertools
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seawall.checks import all_checks
from seawall.errors import UsageError
from seawall.model import Cluster, Finding, Severity, Status, is_known, known
from seawall.model.paths import all_paths, get
from seawall.remedies.answers import answers
from seawall.remedies.design import API, KUBELET, NODES, Design, design
from seawall.remedies.emit.names import monitor

_SHARED = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shared/providers"
ACR = f"{_SHARED}/Microsoft.ContainerRegistry/registries/contoso"
WORKSPACE = f"{_SHARED}/Microsoft.OperationalInsights/workspaces/logs"
GROUP = "00000000-0000-0000-0000-000000000004"
FACTS = next(
    (p / "shared/reference/facts" for p in Path(__file__).resolve().parents if (p / "shared/reference/facts").is_dir()),
    None,
)
KINDS = ("bicep", "terraform-4", "terraform-5", "az")
SHORT = {"-g": "--resource-group", "-n": "--name", "-l": "--location"}
Emit = Callable[[Design, str], dict[str, str]]
Spoken = Callable[[Design], list[tuple[list[str], dict[str, list[str]]]]]
Judge = Callable[[Design, str], tuple[Cluster, list[Finding]]]
SEVERITIES = {check.id: check.severity for check in all_checks()}


def told(environment: str, access: str, egress: str, windows: bool, regulated: bool, bastion: bool) -> dict[str, Any]:
    """Answers that go together, with those that others need."""
    return {
        "environment": environment,
        "access": access,
        "authorized_ranges": "203.0.113.0/24" if access == "ranges" else "",
        "egress": egress,
        "firewall_ip": "10.1.0.4" if egress == "firewall" else "",
        "windows": windows,
        "regulated": regulated,
        "bastion": bastion,
    }


COMBINATIONS = [
    told(*each)
    for each in itertools.product(
        ("dev", "staging", "prod"),
        ("private", "ranges"),
        ("firewall", "nat", "loadbalancer", "none"),
        (False, True),
        (False, True),
        (False, True),
    )
    if not (each[2] == "none" and each[3])
]


def unexplained(design: Design, findings: Iterable[Finding]) -> list[str]:
    """What fails, or cannot be decided, without a reason given."""
    return [f"{found.rule}: {found.message}" for found in findings if found.rule not in design.left_open]


def failed(findings: Iterable[Finding]) -> set[str]:
    return {found.rule for found in findings if found.status is Status.FAIL}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_every_combination_of_answers_passes(kind: str, environment: str, judge: Judge) -> None:
    for number, given_ in enumerate(each for each in COMBINATIONS if each["environment"] == environment):
        designed = design(answers({**given_, "acr_id": ACR if number % 3 else ""}))
        cluster, findings = judge(designed, kind)
        assert not unexplained(designed, findings), given_
        assert failed(findings) | {"AKS-ACC-011"} == set(designed.left_open) | {"AKS-ACC-011"}, given_
        assert told_otherwise(designed.cluster, cluster) == []


def told_otherwise(designed: Cluster, found: Cluster) -> list[str]:
    """The settings of the design that are not what was read back; ids of other resources have a form of their own."""
    pairs = [(path, get(designed, path), get(found, path)) for path in all_paths() if not path.startswith("pool.")]
    assert [pool.name for pool in known(designed.pools)] == [pool.name for pool in known(found.pools)]
    for ours, theirs in zip(known(designed.pools), known(found.pools), strict=True):
        scaled = ours.auto_scaling is True  # azurerm is not told where scaling begins
        names = [name for name in ours.__struct_fields__ if name != "count" or not scaled]
        pairs += [(name, getattr(ours, name), getattr(theirs, name)) for name in names]
    return [
        f"{path}: {ours} became {theirs}"
        for path, ours, theirs in pairs
        if is_known(ours) and ours not in (NODES, API, KUBELET) and ours != theirs
    ]


def test_what_is_left_open_is_never_of_weight() -> None:
    for each in COMBINATIONS:
        for check in design(answers(each)).left_open:
            assert SEVERITIES[check] <= Severity.LOW, check


def test_environments_differ_in_size_only() -> None:
    for each in COMBINATIONS:
        clusters = [design(answers({**each, "environment": name})).cluster for name in ("dev", "staging", "prod")]
        assert len({_without_size(cluster) for cluster in clusters}) == 1


def _without_size(cluster: Any) -> bytes:
    pools = tuple(msgspec.structs.replace(pool, count=0) for pool in known(cluster.pools))
    return repr(msgspec.structs.replace(cluster, pools=pools, tags={})).encode()


def inside(space: str, least: int, most: int) -> st.SearchStrategy[str]:
    """Ranges of `space` whose prefixes are of these lengths."""
    whole = ipaddress.IPv4Network(space)
    return st.builds(
        lambda prefix, number: str(ipaddress.ip_network((int(whole[number]), prefix), strict=False)),
        st.integers(least, most),
        st.integers(0, whole.num_addresses - 1),
    )


OPEN: Mapping[str, st.SearchStrategy[Any]] = {
    "name": st.from_regex(r"[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?", fullmatch=True),
    "region": st.sampled_from(["westeurope", "eastus2", "swedencentral"]),
    "network": inside("10.0.0.0/8", 9, 23),
    "pod_cidr": inside("100.64.0.0/10", 11, 17),
    "service_cidr": inside("172.16.0.0/13", 13, 27),
    "admin_groups": st.lists(st.uuids().map(str), max_size=2),
    "acr_id": st.sampled_from(["", ACR]),
    "workspace_id": st.sampled_from(["", WORKSPACE]),
    "kubernetes_version": st.sampled_from(["1.35", "1.36.2", "1.37"]),
}
ODD: Mapping[str, st.SearchStrategy[Any]] = {
    name: st.one_of(made, st.text(max_size=12), st.none(), st.integers(), inside("0.0.0.0/0", 0, 32))
    for name, made in OPEN.items()
}


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(base=st.sampled_from(COMBINATIONS), more=st.fixed_dictionaries(dict(OPEN)), kind=st.sampled_from(KINDS))
def test_open_answers_pass(
    base: Mapping[str, Any], more: Mapping[str, Any], kind: str, judge: Judge, emit: Emit
) -> None:
    designed = design(answers({**base, **more}))
    cluster, findings = judge(designed, kind)
    assert not unexplained(designed, findings)
    assert (cluster.name, cluster.region) == (more["name"], more["region"])
    assert emit(designed, kind) == emit(design(answers({**base, **more})), kind), "the same answers, the same text"


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    base=st.sampled_from(COMBINATIONS),
    more=st.fixed_dictionaries({}, optional=dict(ODD)),
    kind=st.sampled_from(KINDS),
)
def test_odd_answers_are_refused_or_pass(
    base: Mapping[str, Any], more: Mapping[str, Any], kind: str, judge: Judge
) -> None:
    try:
        designed = design(answers({**base, **more}))
    except UsageError:
        return
    assert not unexplained(designed, judge(designed, kind)[1])


GOLDEN = Path(__file__).resolve().parents[1] / "golden/design"


@pytest.mark.parametrize("kind", KINDS)
def test_what_people_see(kind: str, emit: Emit) -> None:
    """`SEAWALL_UPDATE_GOLDEN=1 pytest tests/remedies` writes it anew: read the diff."""
    for name, text in emit(design(answers(FULL)), kind).items():
        golden = GOLDEN / f"{kind}.{name}"
        if os.environ.get("SEAWALL_UPDATE_GOLDEN"):
            golden.write_bytes(text.encode())
        assert text.encode() == golden.read_bytes()


FULL = {**told("prod", "private", "firewall", True, True, True), "acr_id": ACR, "admin_groups": [GROUP]}


@pytest.mark.parametrize("version", ["terraform-4", "terraform-5"])
def test_terraform_is_laid_out_as_terraform_does(version: str, emit: Emit, tmp_path: Path) -> None:
    program = shutil.which("terraform")
    if program is None:
        pytest.skip("no terraform on PATH")
    for number, each in enumerate([FULL, {}, told("dev", "ranges", "nat", False, False, False)]):
        (tmp_path / f"{number}.tf").write_text(emit(design(answers(each)), version)["main.tf"])
    done = subprocess.run(
        [program, "fmt", "-check", "-diff"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("version", ["terraform-4", "terraform-5"])
def test_terraform_finds_it_valid(version: str, emit: Emit, tmp_path: Path) -> None:
    """`SEAWALL_TERRAFORM_PLUGINS` names a folder that `terraform providers mirror` has filled."""
    program, plugins = shutil.which("terraform"), os.environ.get("SEAWALL_TERRAFORM_PLUGINS")
    if program is None or not plugins:
        pytest.skip("no terraform on PATH, or no SEAWALL_TERRAFORM_PLUGINS with azurerm and azapi")
    (tmp_path / "main.tf").write_text(emit(design(answers(FULL)), version)["main.tf"])
    for words in (["init", "-backend=false", f"-plugin-dir={plugins}"], ["validate"]):
        done = subprocess.run([program, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(FACTS is None, reason="../shared/reference/facts is not here")
def test_az_has_every_flag(spoken: Spoken) -> None:
    assert FACTS is not None
    known = json.loads((FACTS / "az_cli_flags_create_vs_update.json").read_text())
    for each in [FULL, *COMBINATIONS[::7]]:
        for words, flags in spoken(design(answers(each))):
            kind = {("aks", "create"): "cluster", ("aks", "nodepool"): "nodepool"}.get((words[1], words[2]))
            for flag in flags if kind else ():
                name = SHORT.get(flag, flag)
                told = [known[f"{kind}_{where}"].get(name, {}).get("create") for where in ("core", "preview")]
                assert any(told), f"{flag} on {kind}"


def test_bash_takes_the_script(emit: Emit, tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash on PATH")
    script = tmp_path / "create.sh"
    script.write_text(emit(design(answers(FULL)), "az")["create.sh"])
    assert subprocess.run([bash, "-n", str(script)], check=False).returncode == 0


def test_what_is_named_is_quoted(spoken: Spoken) -> None:
    (flags,) = (flags for words, flags in spoken(design(answers(FULL))) if words[1:3] == ["aks", "create"])
    assert flags["--vnet-subnet-id"] == ["$NODES_ID"]
    assert flags["--zones"] == ["1", "2", "3"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("access", ["private", "ranges"])
def test_no_public_network_reaches_the_vault(kind: str, access: str, emit: Emit) -> None:
    """And whoever applies it need not reach it either: the key is made through Azure's control plane."""
    text = "".join(emit(design(answers(told("prod", access, "nat", False, True, True))), kind).values())
    closed, linked, by_arm, asked = {
        "bicep": ("publicNetworkAccess: 'Disabled'", "keyVaultNetworkAccess: 'Private'", "vaults/keys@", "etcdKey."),
        "az": ("--public-network-access Disabled", "network-access Private", "az rest --method put", '"$KEY_ID"'),
    }.get(kind, ("public_network_access_enabled = false", '"Private"', "azapi_resource_action", ".etcd.output"))
    squeezed = " ".join(text.split())
    for each in (closed, linked, by_arm, asked, "privatelink.vaultcore.azure.net"):
        assert each in squeezed, each
    assert "Crypto Officer" not in text
    assert "azurerm_key_vault_key" not in text


@pytest.mark.parametrize("kind", ["bicep", "terraform-5"])
def test_what_collects_is_tied_to_the_cluster(kind: str, emit: Emit) -> None:
    text = " ".join("".join(emit(design(answers(FULL)), kind).values()).split())
    tied = "dataCollectionRuleId: {}Rule.id" if kind == "bicep" else "data_collection_rule.{}.id"
    for each in ("metrics", "logs"):
        assert tied.format(each) in text
    assert "Microsoft-PrometheusMetrics" in text
    assert "Microsoft-ContainerInsights-Group-Default" in text


def test_names_of_azure_monitor_keep_to_its_bounds() -> None:
    for name in ("a", "x" * 63, "shop_1" * 9, "a" * 35 + "-" * 8):
        made = monitor("metrics", name)
        assert len(made) <= 44
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]", made)
