"""Designs written, read back through the sources, and judged."""

from __future__ import annotations

import datetime
import json
import re
import shlex
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from seawall.checks import all_checks, run
from seawall.model import Cluster, Finding, Pool
from seawall.model.paths import GROUPS, put
from seawall.remedies.design import Design
from seawall.remedies.emit.az import az
from seawall.remedies.emit.bicep import VERSION, bicep
from seawall.remedies.emit.terraform import terraform
from seawall.safe.limits import DEFAULT
from seawall.sources.clusters.arm_body import to_arm
from seawall.sources.clusters.costs import change
from seawall.sources.clusters.field import Field, Kind
from seawall.sources.clusters.fields import FIELDS
from seawall.sources.clusters.reader import read

TODAY = datetime.date(2026, 11, 23)
CHECKS = [check for check in all_checks() if check.kind != "fleet"]
EMITTERS: Mapping[str, Callable[[Design], dict[str, str]]] = {
    "bicep": bicep,
    "terraform-4": lambda design: terraform(design, 4),
    "terraform-5": lambda design: terraform(design, 5),
    "az": az,
}

Emit = Callable[[Design, str], dict[str, str]]
Spoken = Callable[[Design], list[tuple[list[str], dict[str, list[str]]]]]
Judge = Callable[[Design, str], tuple[Cluster, list[Finding]]]


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Write the design in a format, read it back, and ask every check: the cluster, and what was found."""
    folders = (tmp_path_factory.mktemp("design") for _ in iter(int, 1))

    def judged(design: Design, kind: str) -> tuple[Cluster, list[Finding]]:
        cluster = _read_back(EMITTERS[kind](design), next(folders))
        return cluster, list(run([cluster], CHECKS, today=TODAY, cost=change).findings)

    return judged


@pytest.fixture(scope="session")
def emit() -> Emit:
    """A design in a format: file name -> text."""
    return lambda design, kind: EMITTERS[kind](design)


@pytest.fixture(scope="session")
def spoken() -> Spoken:
    """The az commands of a design's script: the words of each, and flag -> the words after it."""
    return lambda design: [(words, flags_of(words)) for words in commands(az(design)["create.sh"])]


@pytest.fixture
def read_back(tmp_path: Path) -> Callable[[Mapping[str, str]], Cluster]:
    """The one cluster of files of code."""
    return lambda texts: _read_back(texts, Path(tempfile.mkdtemp(dir=tmp_path)))


def _read_back(texts: Mapping[str, str], folder: Path) -> Cluster:
    script = texts.get("create.sh")
    attached: dict[str, Any] = {}
    if script is not None:
        made, attached = made_by(script)
        body = {**to_arm(made), "apiVersion": VERSION}
        template = {"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"}
        texts = {"made.json": json.dumps({**template, "contentVersion": "1.0.0.0", "resources": [body]})}
    for name, text in texts.items():
        (folder / name).write_text(text)
    readings = [reading for _, reading in read(sorted(folder.iterdir()), root=folder, limits=DEFAULT)]
    (reading,) = readings
    assert not isinstance(reading, Exception), reading
    assert not reading.not_assessed, reading.not_assessed
    (cluster,) = reading.clusters
    return put(cluster, attached)


def commands(script: str) -> Iterator[list[str]]:
    """The words of each az command of a script."""
    for line in script.replace("\\\n", " ").splitlines():
        found = re.match(r"(?:\w+=\$\()?(az .*?)\)?$", line)
        if found:
            yield shlex.split(found[1])


def flags_of(words: list[str]) -> dict[str, list[str]]:
    """Flag -> the words after it."""
    flags: dict[str, list[str]] = {}
    for word in words:
        if word.startswith("-"):
            assert word not in flags, f"{word} twice"
            flags[word] = []
        elif flags:
            flags[next(reversed(flags))].append(word)
    return flags


def made_by(script: str) -> tuple[Cluster, dict[str, Any]]:
    """What `az aks create` and `az aks nodepool add` are told, and the settings that are resources of their own."""
    attached: dict[str, Any] = {"upkeep.maintenance_windows": ()}
    cluster, pools = Cluster(name=""), []
    for words in commands(script):
        flags = flags_of(words)
        match words:
            case ["az", "aks", "create", *_]:
                sets = dict(_told(flags, pool=False))
                cluster = put(Cluster(name=flags["-n"][0], region=flags["-l"][0]), sets)
                if "--nodepool-taints" in flags:
                    flags["--node-taints"] = flags.pop("--nodepool-taints")
                first = {"mode": "System", "os_type": "Linux", **_pool(flags)}
                pools.append(Pool(name=flags["--nodepool-name"][0], **first))
            case ["az", "aks", "nodepool", "add", *_]:
                pools.append(Pool(name=flags["-n"][0], **_pool(flags)))
            case ["az", "resource", "update", *_]:
                (text,) = flags["--set"]
                attached["api_server.public_network_access"] = text.removeprefix("properties.publicNetworkAccess=")
            case ["az", "monitor", "diagnostic-settings", *_]:
                logs = json.loads(flags["--logs"][0])
                attached["protection.audit_logs"] = tuple(log["category"] for log in logs if log["enabled"])
            case ["az", "aks", "maintenanceconfiguration", "add", *_]:
                attached["upkeep.maintenance_windows"] += tuple(flags["-n"])
            case ["az", "aks", "safeguards", "create", *_]:
                attached["protection.safeguards_level"] = flags["--level"][0]
                attached["protection.pod_security_level"] = flags.get("--pss-level", ["Privileged"])[0]
            case ["az", "role", "assignment", "create", *_]:
                if flags["--role"] == ["AcrPull"] and flags["--assignee-object-id"] == ["$KUBELET"]:
                    attached["access.acr_pull"] = True
            case _:
                pass
    if "--defender-config" in script:
        cluster = put(cluster, {"protection.defender_gating": '"securityGating": {"enabled": true}' in script})
    return put(cluster, {"pools": tuple(pools)}), attached


def _pool(flags: dict[str, list[str]]) -> dict[str, Any]:
    return {path.removeprefix("pool."): value for path, value in _told(flags, pool=True)}


def _told(flags: dict[str, list[str]], *, pool: bool) -> Iterator[tuple[str, Any]]:
    """The settings that the flags give, by the table read backwards."""
    for field in FIELDS:
        if not field.resource and (field.group == "pool" if pool else field.group in GROUPS):
            for way, template in enumerate(field.az_create):
                first, *after = template.split() or [""]
                named = {word for word in template.split() if word.startswith("--")}
                if (
                    first in flags
                    and named <= flags.keys()
                    and (value := _value(field, after, flags[first], way)) is not None
                ):
                    yield field.path, value[0]
    if not pool and "--assign-identity" in flags:
        yield "identity.type", "UserAssigned"


def _value(field: Field, after: list[str], given: list[str], way: int) -> tuple[Any] | None:
    if first := next((word for word in after if not word.startswith("-")), ""):
        if first in ("{}", "{lower}", "{words}"):
            return _read_value(field, given)
        if field.kind is Kind.BOOL and first.isupper():
            return (True,)
        off = None if field.kind in (Kind.TEXT, Kind.ENUM) else False
        return (True if way == 0 else off,) if first in given[0].split(",") else None
    return (way == 0,) if field.kind in (Kind.BOOL, Kind.BOOL_TEXT, Kind.FLAG) else None


def _read_value(field: Field, given: list[str]) -> tuple[Any]:
    if field.kind is Kind.TEXTS:
        return (tuple(item for word in given for item in word.split(",")),)
    if field.kind is Kind.NUMBER:
        return (int(given[0]),)
    if field.none and given[0].lower() == field.none.lower():
        return (None,)
    return (next((word for word in field.words if word.lower() == given[0].lower()), given[0]),)
