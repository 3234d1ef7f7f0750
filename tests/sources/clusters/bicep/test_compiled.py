"""What the reader understands of a Bicep file equals what it understands of the JSON that the compiler made of it.

Files: bicep-registry-modules at 9f9ea1a1, and the example of PSRule. Every difference has its reason in `_reason`.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from seawall.model import NotAssessed, Unknown
from seawall.safe.limits import DEFAULT
from seawall.sources.clusters import arm_template
from seawall.sources.clusters.arm_scope import Budget as ArmBudget
from seawall.sources.clusters.arm_scope import Declarations
from seawall.sources.clusters.bicep.modules import Files, inside
from seawall.sources.clusters.bicep.read import evaluate
from seawall.sources.clusters.bicep.symbols import Budget
from seawall.sources.clusters.bicep.template import Run, Template
from seawall.sources.clusters.deployed import Deployed
from seawall.sources.clusters.template_functions.resources import GROUP
from seawall.sources.clusters.unknown_text import shown
from shared_data import SHARED

MODULES = (SHARED or Path()) / "bicep"
PSRULE = (SHARED or Path()) / "aks/psrule/docs/examples/resources/aks.bicep"
FILES = sorted(MODULES.rglob("main.bicep")) if SHARED else []
pytestmark = pytest.mark.skipif(SHARED is None, reason="../shared/data is not here")

DEPLOYMENT = "microsoft.resources/deployments"
REGISTRY = {
    "key-vault/vault": {"microsoft.network/privateendpoints", "microsoft.authorization/locks"},
    "network/bastion-host": {"microsoft.network/publicipaddresses", "microsoft.authorization/locks"},
    "operational-insights/workspace": {"microsoft.operationsmanagement/solutions"},
}
"""Types of resources that come from modules of the registry: the compiler writes them in, the reader reports them."""

PSRULE_SETS: list[dict[str, Any]] = [
    {},
    {"name": "one", "identityName": "id", "dnsPrefix": "dns", "workspaceId": "w", "systemPoolMin": 3, "pools": []},
    {
        "name": "one",
        "identityName": "id",
        "dnsPrefix": "dns",
        "systemPoolMin": 1,
        "clusterSubnetId": "s",
        "podSubnetId": "p",
        "pools": [{"name": "a", "priority": "Regular", "osType": "Linux", "minCount": 0, "maxCount": 2, "vmSize": "v"}],
    },
]


def _load_sets() -> Any:
    spec = importlib.util.spec_from_file_location("parameter_sets", Path(__file__).with_name("parameter_sets.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def compiled(path: Path) -> tuple[dict[str, Any], bytes]:
    data = path.with_suffix(".json").read_bytes()
    return json.loads(data), data


def module_of(path: Path) -> str:
    return str(path.parent.relative_to(MODULES)) if path.is_relative_to(MODULES) else path.name


def sets_for(path: Path) -> list[dict[str, Any]]:
    if path == PSRULE:
        return PSRULE_SETS
    sets: list[dict[str, Any]] = _load_sets().sets_of(
        module_of(path), frozenset(compiled(path)[0].get("parameters", {}))
    )
    return sets


def differences(left: Any, right: Any, path: tuple[str | int, ...] = ()) -> Iterator[str]:
    """Where two values differ; two unknown ones do not, whatever their reasons."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            yield from differences(left.get(key, "(absent)"), right.get(key, "(absent)"), (*path, key))
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, (one, other) in enumerate(zip(left, right, strict=True)):
            yield from differences(one, other, (*path, index))
    elif left != right or (type(left) is not type(right) and not isinstance(left, Unknown)):
        yield f"{path}: {left!r} in Bicep, {right!r} in JSON"


def facts(item: Deployed) -> dict[str, Any]:
    """What must agree. The file and the lines differ by nature, and the body's name is told by `name`."""
    body = {key: value for key, value in item.body.items() if key != "name"}
    place = {"scope": scope_of(item), "condition": item.condition, "api": item.api_version}
    return {"type": item.kind, "name": shown(item.name), "body": body, **place}


def scope_of(item: Deployed) -> str:
    """Older compilers leave out the id of the group that everything is deployed into."""
    return shown(item.scope).removeprefix(f"{GROUP}/providers/")


def by_identity(items: Any) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
    found: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for item in items:
        if item.kind != DEPLOYMENT:  # in JSON a module is a deployment too, and is looked into
            found.setdefault((item.kind, shown(item.name), scope_of(item)), []).append(facts(item))
    return found


def compare(path: Path, given: Mapping[str, Any]) -> Iterator[str]:
    """What is not the same and has no reason."""
    ours, notes = evaluate(str(path), inside(path.parents[0]), given=given)
    template, data = compiled(path)
    theirs, _ = arm_template.evaluate(
        template, data, pointer=(), file=str(path), given=given, limits=DEFAULT, wanted=lambda kind: True
    )
    left, right = by_identity(ours), by_identity(theirs)
    for key in sorted(left.keys() | right.keys()):
        if len(left.get(key, ())) != len(right.get(key, ())):
            if not _reason(module_of(path), key[0], left.get(key, []), notes):
                yield f"{key}: {len(left.get(key, ()))} in Bicep, {len(right.get(key, ()))} in JSON"
            continue
        for one, other in zip(left[key], right[key], strict=True):
            yield from (f"{key} {each}" for each in differences(one, other))


def _reason(module: str, kind: str, ours: list[dict[str, Any]], notes: Any) -> str:
    """Why the JSON has a resource that the Bicep has not; "" where there is no reason."""
    if not ours and kind in REGISTRY.get(module, ()) and any("in a registry" in note.why for note in notes):
        return "a module of the registry is not here: the reader says so, and reads on"
    return ""


@pytest.mark.parametrize("path", [*FILES, PSRULE], ids=module_of)
def test_the_same_resources(path: Path) -> None:
    sets = sets_for(path)
    assert len(sets) >= 2
    unexplained = [(index, each) for index, given in enumerate(sets) for each in compare(path, given)]
    assert unexplained == []


@pytest.mark.parametrize("path", [*FILES, PSRULE], ids=module_of)
def test_the_same_parameters(path: Path) -> None:
    template, _ = compiled(path)
    for given in sets_for(path):
        lowered = {name.lower(): value for name, value in given.items()}
        run = Run(budget=Budget(DEFAULT, ""), files=Files(inside(path.parent)), wanted=lambda kind: True)
        ours = Template(run.files.source(str(path)), lowered, run)
        theirs = Declarations(template, (), given, ArmBudget(DEFAULT, ""))
        names = {each.name for each in ours.source.tree.declarations if each.keyword == "param"}
        assert names == set(template.get("parameters", {}))
        differing = {name: list(differences(ours.lookup(name), theirs.parameter(name))) for name in sorted(names)}
        assert {name: each for name, each in differing.items() if each} == {}


def test_the_sets_reach_every_resource_of_the_modules() -> None:
    """Each module deploys something with some set, so that there is something to compare."""
    silent = []
    for path in FILES:
        deployed = [
            item for given in sets_for(path) for item in evaluate(str(path), inside(path.parent), given=given)[0]
        ]
        if not deployed:
            silent.append(module_of(path))
    assert silent == ["authorization/role-assignment"]  # it holds no resource, only a description


def test_all_35_modules_are_here() -> None:
    assert len(FILES) == 35


def test_modules_of_the_registry_are_reported() -> None:
    _, notes = evaluate(str(MODULES / "network/bastion-host/main.bicep"), inside(MODULES), given={})
    assert [note.what for note in notes if isinstance(note, NotAssessed)] == [
        "module publicIPAddress (br/public:avm/res/network/public-ip-address:0.10.0)"
    ]


@pytest.mark.skipif(shutil.which("bicep") is None, reason="no bicep here; it is a cross-check, never required")
@pytest.mark.parametrize("path", [PSRULE], ids=module_of)
def test_the_compiler_agrees_that_it_is_valid(path: Path, tmp_path: Path) -> None:
    subprocess.run(["bicep", "build", str(path), "--outfile", str(tmp_path / "out.json")], check=True)


REST = (SHARED or Path()) / "aks/rest-api-examples"
EXAMPLES = sorted(REST.rglob("*.bicep")) if SHARED else []


def test_the_examples_of_the_rest_api() -> None:
    """Each is one resource, as Bicep and as the JSON of an ARM template's resource, which leaves out the parent."""
    assert len(EXAMPLES) == 67
    differing = {}
    for path in EXAMPLES:
        expected = json.loads(path.with_suffix(".json").read_bytes())
        (item,), notes = evaluate(str(path), inside(path.parent))
        assert notes == ()
        own_name = shown(item.name).rpartition("/")[2]
        ours = {"type": item.kind, "apiVersion": item.api_version, **item.body, "name": own_name}
        found = list(differences(ours, {**expected, "type": expected["type"].lower()}))
        if found:
            differing[path.name] = found
    assert differing == {}
