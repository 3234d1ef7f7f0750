"""Files and folders of Bicep: what is deployed with which parameters, what may be opened, and real files."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from seawall.errors import InputError, Unreadable
from seawall.model import Unknown, known
from seawall.sources.clusters.bicep.entries import Entry, entry_of, entry_points, recognises
from seawall.sources.clusters.bicep.modules import inside, tree_of
from seawall.sources.clusters.bicep.read import evaluate, read, read_entry, read_file
from shared_data import SHARED
from work import grows_in_step

AKS = (SHARED or Path()) / "aks"
BASELINE = AKS / "aks-baseline/workload-team/cluster-stamp.bicep"
needs_data = pytest.mark.skipif(SHARED is None, reason="../shared/data is not here")

CLUSTER = """\
param env string
resource aks 'Microsoft.ContainerService/managedClusters@2025-07-01' = {
  name: 'shop'
  properties: {
    disableLocalAccounts: env == 'prod'
  }
}
"""


def write(folder: Path, **files: str) -> Path:
    """Files by path; `__` stands for a slash and `_` for the dot."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def entries(folder: Path) -> dict[str, list[str]]:
    found = entry_points(folder.rglob("*"), root=folder)
    return {
        str(entry.template.relative_to(folder)): [str(each.relative_to(folder)) for each in entry.parameters]
        for entry in found
    }


def test_modules_are_read_through_those_who_use_them(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_bicep="module a 'mod/a.bicep' = {}\nmodule far 'br/public:x:1' = {}",
        mod__a_bicep="module b '../mod/./b.bicep' = {}\nimport {t} from '../types.bicep'",
        mod__b_bicep="param x string",
        types_bicep="@export()\ntype t = string",
        one_bicep="module o 'other.bicep' = {}",
        other_bicep="module o 'one.bicep' = {}",
        broken_bicep="module m 'mod/b.bicep' = {",
        notes_txt="module",
    )
    assert set(entries(tmp_path)) == {"main.bicep", "types.bicep", "broken.bicep", "one.bicep"}


def test_parameters_find_their_template(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_bicep=CLUSTER,
        main_parameters_json='{"parameters": {}}',
        main_parameters_dev_json='{"parameters": {}}',
        mainly_parameters_json='{"parameters": {}}',
        package_json="{}",
        env__prod_bicepparam="using '../main.bicep'",
        lone_bicepparam="using none",
        mod_bicep="param x string",
        user_bicep="module m 'mod.bicep' = {}",
        mod_bicepparam="using 'mod.bicep'",
    )
    assert entries(tmp_path) == {
        "main.bicep": ["env/prod.bicepparam", "main.parameters.dev.json", "main.parameters.json"],
        "lone.bicepparam": ["lone.bicepparam"],
        "user.bicep": [],
        "mod.bicep": ["mod.bicepparam"],
    }


def test_each_file_of_parameters_is_a_deployment_of_its_own(tmp_path: Path) -> None:
    write(
        tmp_path,
        main_bicep=CLUSTER,
        main_dev_bicepparam="using 'main.bicep'\nparam env = 'dev'",
        main_parameters_prod_json='{"parameters": {"env": {"value": "prod"}}}',
    )
    main = tmp_path / "main.bicep"
    clusters = {cluster.name: cluster for cluster in read(main).clusters}
    assert {name: known(cluster.access.local_accounts_disabled) for name, cluster in clusters.items()} == {
        "shop.dev": False,
        "shop.prod": True,
    }
    assert {cluster.file for cluster in clusters.values()} == {str(main)}
    (only,) = read(tmp_path / "main.dev.bicepparam").clusters
    assert (only.name, only.file) == ("shop", str(main))


def test_folders_tell_files_of_one_name_apart(tmp_path: Path) -> None:
    parameters = "using '../main.bicep'\nparam env = "
    write(
        tmp_path,
        main_bicep=CLUSTER,
        dev__main_bicepparam=f"{parameters}'dev'",
        prod__main_bicepparam=f"{parameters}'prod'",
    )
    (entry,) = entry_points(tmp_path.rglob("*"), root=tmp_path)
    assert [cluster.name for cluster in read_entry(entry, root=tmp_path).clusters] == ["shop.dev", "shop.prod"]


def test_without_parameters_what_depends_on_them_is_unknown(tmp_path: Path) -> None:
    write(tmp_path, main_bicep=CLUSTER)
    found = read(tmp_path / "main.bicep")
    (cluster,) = found.clusters
    assert isinstance(cluster.access.local_accounts_disabled, Unknown)
    (note,) = found.not_assessed
    assert note.why == "parameter 'env' has no default"
    assert note.where.endswith("main.bicep:5")


@pytest.mark.parametrize("reference", ["../secret.bicep", "link.bicep", "folder/../../secret.bicep", "/etc/passwd"])
def test_nothing_outside_the_tree_is_opened(tmp_path: Path, reference: str) -> None:
    write(
        tmp_path,
        secret_bicep=CLUSTER,
        tree__main_bicep=f"module m '{reference}' = {{}}\nvar x = loadTextContent('{reference}')\n",
    )
    tree = tmp_path / "tree"
    (tree / "link.bicep").symlink_to(tmp_path / "secret.bicep")
    deployed, notes = evaluate(str(tree / "main.bicep"), inside(tree))
    assert deployed == []
    assert "is not opened" in notes[0].why


def test_the_tree_is_the_repository_or_the_folder(tmp_path: Path) -> None:
    write(tmp_path, deep__env__main_bicep=CLUSTER)
    main = tmp_path / "deep/env/main.bicep"
    assert tree_of(main) == main.parent.resolve()
    (tmp_path / "deep/.git").mkdir()
    assert tree_of(main) == (tmp_path / "deep").resolve()


def test_what_is_missing_is_one_error(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.bicep", tmp_path / "gone/main.bicep", tmp_path / "gone.bicepparam"):
        with pytest.raises(Unreadable):
            read(path)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (CLUSTER, True),
        ("module m 'other.bicep' = {}", True),
        ("module m 'gone.bicep' = {}", True),
        ("module m 'br/public:avm/res/container-service/managed-cluster:0.1.0' = {}", True),
        ("module m 'br/public:avm/res/network/private-endpoint:0.1.0' = {}", False),
        ("resource v 'Microsoft.Network/virtualNetworks@2024-01-01' = {\n  name: 'v'\n}", False),
        (CLUSTER.replace("' = {", "' existing = {"), False),
        ("this is no statement", True),
    ],
)
def test_which_files_are_about_clusters(tmp_path: Path, source: str, expected: bool) -> None:
    write(tmp_path, main_bicep=source, other_bicep=CLUSTER)
    assert recognises(Entry(template=tmp_path / "main.bicep"), root=tmp_path) is expected


@needs_data
def test_the_baseline_cluster_is_assessed() -> None:
    """checkov cannot read this file, and exits without a word on its cluster."""
    found = read(BASELINE)
    (cluster,) = found.clusters
    assert (cluster.access.local_accounts_disabled, cluster.access.rbac, cluster.access.acr_pull) == (True, True, True)
    assert (cluster.api_server.private, cluster.api_server.run_command_disabled) == (True, True)
    assert (cluster.network.policy, cluster.addons.secret_rotation) == ("azure", False)
    assert "kube-audit-admin" in known(cluster.protection.audit_logs)
    assert {pool.name: pool.host_encryption for pool in known(cluster.pools)} == {"npsystem": False, "npuser01": False}
    lines = BASELINE.read_text().splitlines()
    for path, text in {
        "network.policy": "networkPolicy: 'azure'",
        "access.local_accounts_disabled": "disableLocalAccounts: true",
        "pools[npuser01].host_encryption": "enableEncryptionAtHost: false",
        "addons.secret_rotation": "enableSecretRotation: 'false'",
        "": "resource mc ",
    }.items():
        assert text in lines[cluster.lines[path] - 1]
    assert cluster.lines["pools[npuser01].host_encryption"] > cluster.lines["pools[npsystem].host_encryption"]
    assert not [note for note in found.not_assessed if note.what == "Bicep statement"]


@needs_data
def test_every_real_file_of_a_cluster_gives_a_cluster_or_a_reason() -> None:
    clusters = 0
    for entry in entry_points(AKS.rglob("*"), root=AKS):
        if recognises(entry, root=AKS):
            found = read_entry(entry, root=AKS)
            assert found.clusters or found.not_assessed
            clusters += len(found.clusters)
    assert clusters >= 60


FRAGMENTS = (
    *"'{}[]()\n@!-\\",
    *["${", "'''", "$'''", "/*", "=>", "...", "::", "??", ".?", "null", "mc", "r.id", "parent:", "scope:"],
    *("for x in ", "if (", "param a string = ", "var x = x\n", "map(range(0, 9), x => "),
    *("resource a 'x@1' = [for i in a: {", "module m 'cluster-stamp.bicep' = {"),
)


def damaged(text: str, chance: random.Random) -> str:
    for _ in range(chance.choice((1, 1, 3, 12))):
        at, other = chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)
        match chance.randrange(4):
            case 0:
                text = text[:at] + chance.choice(FRAGMENTS) + text[at:]
            case 1:
                text = text[:at] + text[at + chance.choice((1, 2, 10, 200)) :]
            case 2:
                text = text[:at] + text[other : other + chance.choice((5, 50, 500))] + text[at:]
            case _:
                text = text[:at] if chance.random() < 0.1 else text
    return text


@needs_data
@pytest.mark.parametrize("seed", range(8))
def test_damaged_files_raise_nothing_but_input_errors_and_end(seed: int) -> None:
    chance = random.Random(seed)
    assert SHARED
    paths = [BASELINE, *sorted((SHARED / "bicep").rglob("main.bicep")), *sorted(AKS.rglob("aks.bicep"))]
    on_disk = inside(SHARED)
    for _ in range(25):
        path = str(chance.choice(paths))
        text = damaged(Path(path).read_text(), chance).encode()
        with suppress(InputError):
            read_file(path, lambda file, own=path, text=text: text if file == own else on_disk(file))  # type: ignore[misc]


@needs_data
def test_twice_the_lines_take_twice_the_work() -> None:
    text = BASELINE.read_text()
    second = text.replace("targetScope = 'resourceGroup'", "")[: len(text) // 2].rpartition("\nresource ")[0]
    on_disk = inside(AKS)

    def reading(source: str) -> None:
        found = read_file(str(BASELINE), lambda file: source.encode() if file == str(BASELINE) else on_disk(file))
        assert len(found.clusters) == 1

    assert grows_in_step(lambda: reading(text), lambda: reading(text + second))


def test_an_entry_is_one_file_that_the_user_named(tmp_path: Path) -> None:
    write(tmp_path, main_bicep=CLUSTER, main_parameters_json='{"parameters": {}}', a_bicepparam="using 'main.bicep'")
    main = tmp_path / "main.bicep"
    assert entry_of(main, root=tmp_path) == Entry(
        template=main, parameters=(tmp_path / "a.bicepparam", tmp_path / "main.parameters.json")
    )
    assert entry_of(tmp_path / "a.bicepparam", root=tmp_path) == Entry(
        template=main, parameters=(tmp_path / "a.bicepparam",)
    )
