"""What a rebuild writes for the new cluster is that cluster: read back, it passes what the plan says it passes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from seawall.checks import all_checks, run
from seawall.checks.gold import TODAY, gold, gold_pool
from seawall.errors import UsageError
from seawall.model import Cluster, Item, Plan, Severity, Tool
from seawall.model.paths import get, put
from seawall.remedies import Options, migrate
from seawall.remedies.emit import replacement, replacement_code
from seawall.remedies.emit.replacement import NEEDS
from seawall.safe.limits import DEFAULT
from seawall.sources.clusters import az_json
from seawall.sources.clusters.costs import change
from shared_data import SHARED

CHECKS = [check for check in all_checks() if check.kind != "fleet"]
KINDS: Mapping[str, Callable[[Plan], dict[str, str]]] = {
    "az": lambda plan: replacement.az(plan.cluster, _new(plan)),
    "bicep": lambda plan: replacement_code.bicep(plan.cluster, _new(plan)),
    "terraform-4": lambda plan: replacement_code.terraform(plan.cluster, _new(plan), 4),
    "terraform-5": lambda plan: replacement_code.terraform(plan.cluster, _new(plan), 5),
}
NO_RBAC = {"access.rbac": False, "access.entra": False, "access.azure_rbac": False}
ReadBack = Callable[[Mapping[str, str]], Cluster]


def _new(plan: Plan) -> Cluster:
    assert plan.replacement is not None
    return plan.replacement


def _windows() -> Cluster:
    pools = (gold_pool("system", mode="System"), gold_pool("win", os_type="Windows", os_sku="Windows2022"))
    off = {"network.acns": False, "network.acns_security": False}
    off |= {"network.transit_encryption": None, "network.advanced_policies": None}
    network = {"network.policy": "calico", "network.dataplane": "azure", **off}
    return put(gold({**NO_RBAC, **network, "upkeep.windows_admin": "azureuser"}), {"pools": pools})


OLD: Mapping[str, Callable[[], Cluster]] = {
    "gold without RBAC": lambda: gold(NO_RBAC),
    "private link": lambda: gold({**NO_RBAC, "api_server.vnet_integration": False}),
    "public": lambda: gold(
        {
            **NO_RBAC,
            "api_server.private": False,
            "api_server.public_network_access": "Enabled",
            "api_server.authorized_ranges": ("203.0.113.0/24",),
        }
    ),
    "windows": _windows,
    "pools that scale": lambda: put(gold(NO_RBAC), {"pool.auto_scaling": True}),
}


def failing(cluster: Cluster) -> set[str]:
    """What fails with any weight, or is undecided."""
    found = run([cluster], CHECKS, today=TODAY, cost=change).findings
    return {finding.rule for finding in found if finding.severity > Severity.INFO}


@pytest.mark.parametrize("old", OLD)
@pytest.mark.parametrize("kind", KINDS)
def test_the_code_is_the_replacement(kind: str, old: str, read_back: ReadBack) -> None:
    plan = migrate(OLD[old](), CHECKS, Options(), TODAY)
    made = read_back(KINDS[kind](plan))
    new = _new(plan)
    assert made.name == new.name
    assert failing(made) <= failing(new)
    for path in ("network.plugin_mode", "network.policy", "api_server.private", "upkeep.kubernetes_version"):
        assert get(made, path) == get(new, path), path
    assert {pool.name for pool in made.pools} == {pool.name for pool in new.pools}


@pytest.mark.skipif(SHARED is None, reason="no ../shared/data beside this checkout")
@pytest.mark.parametrize("kind", KINDS)
def test_the_replacement_of_the_worst_case_of_2019(kind: str, read_back: ReadBack) -> None:
    assert SHARED is not None
    folder = SHARED / "aks/cloud-custodian/tools/c7n_azure/tests_azure"
    file = next(folder.rglob("AksTest.test_find_aks_by_name.json"))
    (cluster,) = az_json.read(file.read_bytes(), file=file.name, limits=DEFAULT).clusters
    plan = migrate(cluster, all_checks(), Options(), TODAY)
    made = read_back(KINDS[kind](plan))
    assert (made.name, made.network.plugin_mode, made.network.policy) == ("cctestaks-2", "overlay", "cilium")
    assert failing(made) <= failing(_new(plan))


@pytest.mark.parametrize("old", OLD)
def test_bash_and_terraform_take_it(old: str, tmp_path: Path) -> None:
    plan = migrate(OLD[old](), CHECKS, Options(), TODAY)
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash on PATH")
    script = tmp_path / "create.sh"
    script.write_text(KINDS["az"](plan)["create.sh"])
    assert subprocess.run([bash, "-n", str(script)], check=False).returncode == 0
    stopped = subprocess.run([bash, str(script)], capture_output=True, text=True, check=False, env={"PATH": "/none"})
    assert stopped.returncode != 0
    assert "IDENTITY_ID" in stopped.stderr, "it stops at what is not set, before it makes anything"
    if terraform := shutil.which("terraform"):
        (tmp_path / "main.tf").write_text(KINDS["terraform-5"](plan)["main.tf"])
        done = subprocess.run([terraform, "fmt", "-check", "-diff"], cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout.decode()


def test_all_that_a_script_needs_is_asked_for_or_made() -> None:
    for old in OLD.values():
        text = KINDS["az"](migrate(old(), CHECKS, Options(), TODAY))["create.sh"]
        asked = set(re.findall(r'^: "\$\{(\w+):\?', text, re.M)) | set(re.findall(r"^(\w+)=", text, re.M))
        assert set(re.findall(r"\$(\w+)", text)) <= asked
        assert asked <= NEEDS.keys() | {"GROUP", "CLUSTER_ID"}
        assert not re.search(r" (MIN|MAX|FILE|KEY_ID)\b", text)


@pytest.mark.skipif(SHARED is None, reason="no ../shared/data beside this checkout")
@pytest.mark.parametrize("old", OLD)
def test_az_has_every_flag(old: str) -> None:
    assert SHARED is not None
    facts = json.loads((SHARED.parent / "reference/facts/az_cli_flags_create_vs_update.json").read_text())
    text = KINDS["az"](migrate(OLD[old](), CHECKS, Options(), TODAY))["create.sh"].replace("\\\n", " ")
    text = re.sub(r"\$\(.*?\)", "", text)
    for line in text.splitlines():
        kind = "cluster" if line.startswith("az aks create") else "nodepool" if "nodepool add" in line else ""
        for flag in set(re.findall(r" (--[\w-]+)", line)) if kind else ():
            told = [facts[f"{kind}_{where}"].get(flag, {}).get("create") for where in ("core", "preview")]
            assert any(told) or flag == "--cluster-name", f"{flag} on {kind}"


def test_a_new_range_of_services_takes_its_dns_address_along() -> None:
    options = Options(severity=None, sets={"network.service_cidr": "10.9.0.0/16"})
    plan = migrate(gold(), CHECKS, options, TODAY)
    assert _new(plan).network.dns_service_ip == "10.9.0.10"
    with pytest.raises(UsageError, match="service_cidr"):
        migrate(gold(), CHECKS, Options(severity=None, sets={"network.service_cidr": "10.9/16"}), TODAY)


def test_each_account_gets_its_credential_for_the_new_issuer() -> None:
    note = "federated credential of client 1234"
    pay = Item(group="identities", kind="ServiceAccount", namespace="shop", name="pay", note=note)
    plan = migrate(gold(NO_RBAC), CHECKS, Options(tool=Tool.AZ), TODAY, inventory=(pay,), manifests=True)
    commands: Any = next(step.commands for step in plan.steps if step.id == "identities")
    (made,) = [line for line in commands if "federated-credential" in line]
    assert '--issuer "$ISSUER" --subject system:serviceaccount:shop:pay' in made
    assert made.endswith("# federated credential of client 1234")


@pytest.mark.parametrize("kubelet", ["k", ""])
def test_the_roles_of_the_old_identities_go_to_those_of_the_new_cluster(kubelet: str, tmp_path: Path) -> None:
    """bash runs what the plan says, with an `az` that only tells: what pulls images is the kubelets' business."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash on PATH")
    plan = migrate(gold({**NO_RBAC, "name": "old"}), CHECKS, Options(tool=Tool.AZ), TODAY)
    commands = {step.id: step.commands for step in plan.steps}
    (loop,) = [line for line in commands["identities"] if line.startswith("while ")]
    assert not re.search(r"OBJECT_ID|ACR_NAME| SCOPE$|--role ROLE", "\n".join((*commands["create"], loop)))
    (tmp_path / "old-roles.tsv").write_text("c\tNetwork Contributor\t/nets/a b\nk\tReader\t/x\nc\tAcrPull\t/acr\n")
    told = f'az() {{ printf "%s|" "$@"; echo; }}\nOLD_KUBELET={kubelet} KUBELET=new-k IDENTITY=new-c\n{loop}\n'
    done = subprocess.run([bash, "-eu", "-c", told], cwd=tmp_path, capture_output=True, text=True, check=True)
    given = [dict(zip(words[3::2], words[4::2], strict=False)) for words in map(_split, done.stdout.splitlines())]
    assert [(each["--role"], each["--assignee-object-id"], each["--scope"]) for each in given] == [
        ("Network Contributor", "new-c", "/nets/a b"),
        ("Reader", "new-k" if kubelet else "new-c", "/x"),
        ("AcrPull", "new-k", "/acr"),
    ]


def _split(line: str) -> list[str]:
    return line.rstrip("|").split("|")
