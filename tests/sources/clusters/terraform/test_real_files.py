"""Real modules, and the verdicts that checkov's own tests expect of its examples."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seawall.errors import UnknownValue
from seawall.model import Cluster, Pool, known
from seawall.safe import hcl
from seawall.safe.limits import DEFAULT
from seawall.sources.clusters import terraform
from seawall.sources.clusters.terraform import attributes, azurerm, configuration
from shared_data import SHARED
from work import grows_in_step

pytestmark = pytest.mark.skipif(SHARED is None, reason="../shared/data is not here")
AKS = (SHARED or Path()) / "aks"
MODULE = AKS / "terraform-azurerm-aks"
EXAMPLES = sorted(MODULE.glob("examples/*"))


def test_every_real_file_is_valid() -> None:
    for path in AKS.rglob("*.tf"):
        assert not hcl.load(path.read_bytes(), where=str(path)).faults


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_every_example_of_the_module_gives_its_cluster(folder: Path) -> None:
    (reading,) = terraform.read_folder(folder, tree=MODULE)
    (cluster,) = reading.clusters
    assert cluster.file == str(MODULE / "main.tf")
    assert known(cluster.access.rbac) in (True, False), "the module switches it off unless told otherwise"
    assert cluster.lines["access.rbac"] == 36
    assert all("module.public_ip" in note.what or "of cluster" in note.what for note in reading.not_assessed)


def test_the_start_up_example() -> None:
    (reading,) = terraform.read_folder(MODULE / "examples/startup", tree=MODULE)
    (cluster,) = reading.clusters
    assert cluster.name == "module.aks.azurerm_kubernetes_cluster.main", "its name is in a file that is not here"
    assert (cluster.api_server.private, cluster.network.policy) == (True, "azure")
    assert cluster.access.local_accounts_disabled is True
    assert cluster.upkeep.upgrade_channel == "patch"
    assert cluster.upkeep.tier == "Standard"
    assert cluster.upkeep.maintenance_windows == ("aksManagedNodeOSUpgradeSchedule", "default")
    assert isinstance(cluster.pools, tuple)
    assert [(pool.name, pool.host_encryption, pool.count) for pool in cluster.pools] == [("testnodepool", True, 2)]


def test_the_module_is_no_entry_point() -> None:
    assert set(terraform.entry_points([MODULE, *EXAMPLES])) == set(EXAMPLES)


def one_of(cluster: Cluster) -> Pool:
    return known(cluster.pools)[0]


QUESTIONS: dict[str, Callable[[Cluster], bool]] = {
    "CKV_AZURE_6": lambda it: known(it.api_server.private) or bool(known(it.api_server.authorized_ranges)),
    "CKV_AZURE_8": lambda it: not known(it.addons.kube_dashboard),
    "CKV_AZURE_141": lambda it: known(it.access.local_accounts_disabled),
    "CKV_AZURE_143": lambda it: not known(one_of(it).node_public_ip),
    "CKV_AZURE_168": lambda it: known(one_of(it).max_pods) >= 50,
    "CKV_AZURE_169": lambda it: known(one_of(it).type) == "VirtualMachineScaleSets",
    "CKV_AZURE_170": lambda it: known(it.upkeep.tier) in ("Standard", "Premium"),
    "CKV_AZURE_171": lambda it: known(it.upkeep.upgrade_channel) is not None,
    "CKV_AZURE_172": lambda it: known(it.addons.secret_rotation),
    "CKV_AZURE_226": lambda it: known(one_of(it).os_disk_type) == "Ephemeral",
    "CKV_AZURE_227": lambda it: known(one_of(it).host_encryption),
    "CKV_AZURE_232": lambda it: any("CriticalAddonsOnly" in taint for taint in known(one_of(it).taints)),
    "CKV_AZURE_246": lambda it: not known(it.addons.http_application_routing),
}
UNDECIDED = {
    ("CKV_AZURE_168", "azurerm_kubernetes_cluster.failed_empty_max_pods"): "an empty list is no number of pods",
    ("CKV_AZURE_168", "azurerm_kubernetes_cluster.fail2"): "without a number it depends on the network plugin",
    (
        "CKV_AZURE_168",
        "azurerm_kubernetes_cluster_node_pool.fail2",
    ): "without a number it depends on the network plugin",
    ("CKV_AZURE_232", "azurerm_kubernetes_cluster.fail3"): "azurerm refuses a cluster without a default_node_pool",
    ("CKV_AZURE_232", "azurerm_kubernetes_cluster.fail4"): "azurerm refuses a cluster without a default_node_pool",
}
"""Where checkov expects a failure and we say that it cannot be decided, with the reason."""


def entries() -> list[dict[str, Any]]:
    if SHARED is None:
        return []
    every = json.loads((AKS / "expected.json").read_text())["entries"]
    return [entry for entry in every if entry.get("framework") == "terraform" and entry["check"] in QUESTIONS]


def by_address(path: Path) -> dict[str, Cluster]:
    """The clusters of a file; a pool whose cluster is elsewhere is put into one of its own."""
    (planned,) = configuration.read(path.parent, AKS, DEFAULT)
    found = {made.address: made.cluster for made in azurerm.clusters(planned.resources)[0]}
    for resource in planned.resources:
        if resource.kind.endswith("_node_pool"):
            read = attributes.of_pool(resource.values, resource.majors, None)
            found[resource.address] = Cluster(name="", pools=(Pool(name="", **read.values["pool"]),))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: f"{entry['check']}-{entry['resource']}")
def test_what_checkov_expects(entry: dict[str, Any]) -> None:
    cluster = by_address(AKS / entry["file"])[entry["resource"]]
    ask = QUESTIONS[entry["check"]]
    if (entry["check"], entry["resource"]) in UNDECIDED:
        with pytest.raises(UnknownValue):
            ask(cluster)
    else:
        assert ask(cluster) == (entry["verdict"] == "pass")


def test_twice_the_node_pools_take_twice_the_work(tmp_path: Path) -> None:
    block = (
        '\nresource "azurerm_kubernetes_cluster_node_pool" "p{at}" {\n'
        + "".join(f'  tag_{line} = "value-${{var.name}}-{line}"\n' for line in range(16))
        + "  kubernetes_cluster_id = azurerm_kubernetes_cluster.main.id\n}\n"
    )
    text = 'variable "name" {\n  default = "x"\n}\nresource "azurerm_kubernetes_cluster" "main" {\n  name = "a"\n}\n'

    def pools(count: int) -> None:
        (tmp_path / "main.tf").write_text(text + "".join(block.replace("{at}", str(at)) for at in range(count)))
        (reading,) = terraform.read_folder(tmp_path)
        assert len(known(reading.clusters[0].pools)) == count

    assert grows_in_step(lambda: pools(50), lambda: pools(100))
