"""A design as a script of az commands, its flags from the table."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any, Final

from seawall.model import Cluster, Pool, is_known, known
from seawall.model.paths import GROUPS, get
from seawall.remedies.design import API, KUBELET, NODES, Design
from seawall.remedies.emit import az_around
from seawall.remedies.emit.comments import header
from seawall.remedies.emit.names import vault_is_private
from seawall.sources.clusters.field import Field
from seawall.sources.clusters.fields import FIELDS
from seawall.sources.clusters.shift import is_on

REFERENCES: Mapping[str, str] = {NODES: '"$NODES_ID"', API: '"$API_ID"', KUBELET: '"$KUBELET_ID"'}

_FILLED: Mapping[str, str] = {"KEY_ID": '"$KEY_ID"', "FILE": '"$DEFENDER"'}
_BESIDE: Mapping[str, str] = {
    "identity.type": ' --assign-identity "$IDENTITY_ID"',
    "addons.container_insights": ' --workspace-resource-id "$WORKSPACE_ID"',
    "addons.managed_prometheus": ' --azure-monitor-workspace-resource-id "$METRICS_ID"',
    "protection.image_cleaner": " --image-cleaner-interval-hours 168",
    "upkeep.windows_admin": ' --windows-admin-password "$WINDOWS_ADMIN_PASSWORD"',
}
_ADDONS: Final = "--enable-addons "
_NOT_ON_CREATE: Final = ("pool.mode", "pool.os_type", "pool.kubernetes_version")
"""The first pool is a Linux system pool of the cluster's version: `az aks create` has no flags for that."""

_KMS_PUBLIC: Final = "--azure-keyvault-kms-key-vault-network-access Public"
_KMS_PRIVATE: Final = (
    '--azure-keyvault-kms-key-vault-network-access Private --azure-keyvault-kms-key-vault-resource-id "$VAULT_ID"'
)

_NOTE = (
    "It needs the aks-preview extension: --ssh-access, safeguards. "
    "Run it as someone who may assign roles; the key vault need not be reached."
)


def az(design: Design) -> dict[str, str]:
    """File name -> text."""
    answers = design.answers
    cluster, size = design.cluster, design.size
    first, *others = known(cluster.pools)
    steps = [
        f"#!/usr/bin/env bash\n{header(design, '#', [_NOTE])}set -euo pipefail\n",
        az_around.before(design),
        command(
            "az aks create",
            [f'-g "$GROUP" -n {answers.name} -l {answers.region}', *create(cluster, first, size.vm_size)],
        ),
        *(
            command(
                "az aks nodepool add",
                [f'-g "$GROUP" --cluster-name {answers.name}', *add(pool, size.vm_size, size.least, size.most)],
            )
            for pool in others
        ),
        az_around.after(design),
    ]
    return {"create.sh": "\n".join(steps)}


def command(name: str, flags: list[str]) -> str:
    """One command, a flag with its value a line."""
    return " \\\n  ".join([name, *flags]) + "\n"


def create(cluster: Cluster, first: Pool, vm_size: str) -> Iterator[str]:
    """The flags of `az aks create` for the cluster and its first pool, a Linux system pool."""
    flags: list[str] = []
    addons: list[str] = []
    for field in FIELDS:
        if field.group in GROUPS and not field.resource:
            flag = _flag(field, get(cluster, field.path))
            (addons if flag.startswith(_ADDONS) else flags).append(flag)
    named = [flag.removeprefix(_ADDONS).split(" ", 1) for flag in addons]
    yield from _distinct(flags)
    if named:
        yield _ADDONS + ",".join(name for name, *_ in named)
    yield from (" ".join(more) for _, *more in named if more)
    if cluster.protection.kms is True:
        yield _KMS_PRIVATE if vault_is_private(cluster) else _KMS_PUBLIC
    yield f"--no-ssh-key --nodepool-name {first.name} --node-vm-size {vm_size}"
    for field in FIELDS:
        ours = field.group == "pool" and field.path not in _NOT_ON_CREATE
        if ours and (flag := _flag(field, getattr(first, field.name))):
            yield flag.replace("--node-taints", "--nodepool-taints")


def add(pool: Pool, vm_size: str, least: int | str, most: int | str) -> Iterator[str]:
    """The flags of `az aks nodepool add`; it scales from `least` to `most` nodes where it scales."""
    yield f"-n {pool.name} --node-vm-size {vm_size} --max-surge 33%"
    for field in FIELDS:
        if field.group == "pool" and (flag := _flag(field, getattr(pool, field.name))):
            yield flag.replace("MIN", str(least)).replace("MAX", str(most))


def _flag(field: Field, value: Any) -> str:
    """The flags that give the setting the value; "" where AKS does so by itself, or az has none."""
    if not is_known(value) or value == () or (not is_on(value) and value == field.absent):
        return ""
    flags = field.az_create[0 if is_on(value) else 1]
    if not flags:
        return ""
    for word, filled in _FILLED.items():
        flags = flags.replace(f" {word}", f" {filled}")
    return _filled(flags, value) + _BESIDE.get(field.path, "")


def _filled(flags: str, value: Any) -> str:
    if value in REFERENCES:
        return flags.replace("{}", REFERENCES[value])
    items = [str(item) for item in (value if isinstance(value, tuple) else (value,))]
    if "{words}" in flags:
        return flags.replace("{words}", shlex.join(items))
    text = shlex.quote(",".join(items))
    return flags.replace("{lower}", text.lower()).replace("{}", text)


def _distinct(flags: list[str]) -> Iterator[str]:
    """Each once; one that a longer one begins with goes too (`--enable-defender --defender-config …`)."""
    for flag in dict.fromkeys(flags):
        if flag and not any(other.startswith(f"{flag} ") for other in flags):
            yield flag
