"""Which network policy engines AKS can run with what, and which one to ask for.

Read in the AKS documentation (`use-network-policies`, `update-azure-cni`, `migrate-from-npm-to-cilium-network-policy`)
on 2026-08-21.
"""

from __future__ import annotations

from collections.abc import Mapping

from seawall.model import UNKNOWN, Cluster, Maybe, Unknown, is_known, known
from seawall.model.paths import get


def has_windows(cluster: Cluster) -> Maybe[bool]:
    """Whether any node pool runs Windows; unknown where no pool is known to and one of them is not known."""
    if isinstance(cluster.pools, Unknown):
        return cluster.pools
    systems = [pool.os_type for pool in cluster.pools]
    if any(word(system) == "windows" for system in systems):
        return True
    return next((system for system in systems if isinstance(system, Unknown)), False)


def engine_for(cluster: Cluster) -> Mapping[str, object]:
    """The settings of the best engine that the cluster can run: Cilium, or Calico on kubenet and beside Windows."""
    if has_windows(cluster) is True or word(cluster.network.plugin) == "kubenet":
        return {"network.policy": "calico", "network.dataplane": "azure"}
    if word(cluster.network.plugin) == "none":
        return {"network.policy": None, "network.dataplane": "azure"}
    return {"network.policy": "cilium", "network.dataplane": "cilium"}


def word(value: Maybe[str | None]) -> Maybe[str]:
    """The value in lower case, "none" where the source says that there is none."""
    return (value or "none").lower() if is_known(value) else UNKNOWN


_BROKEN: tuple[tuple[str, Mapping[str, frozenset[str]]], ...] = (
    (
        "kubenet runs Calico or no engine",
        {"plugin": frozenset({"kubenet"}), "policy": frozenset({"azure", "cilium"})},
    ),
    (
        "kubenet cannot run the Cilium dataplane",
        {"plugin": frozenset({"kubenet"}), "dataplane": frozenset({"cilium"})},
    ),
    (
        "the Cilium dataplane needs the Cilium policy engine",
        {"dataplane": frozenset({"cilium"}), "policy": frozenset({"azure", "calico", "none"})},
    ),
    (
        "the Cilium policy engine needs the Cilium dataplane",
        {"policy": frozenset({"cilium"}), "dataplane": frozenset({"azure", "none"})},
    ),
    (
        "a cluster that brings its own CNI takes no policy engine from AKS",
        {"plugin": frozenset({"none"}), "policy": frozenset({"azure", "calico", "cilium"})},
    ),
)
"""What each setting has to be for the sentence to be true."""


def broken_rules(cluster: Cluster) -> list[str]:
    """What AKS cannot run together here, as sentences. Raises UnknownValue where nothing is certain yet."""
    broken: list[str] = []
    unsettled: list[Maybe[object]] = []
    for sentence, conditions in _BROKEN:
        values = {name: get(cluster, f"network.{name}") for name in conditions}
        if all(word(value) in conditions[name] for name, value in values.items() if is_known(value)):
            unknown = [value for value in values.values() if not is_known(value)]
            unsettled += unknown
            broken += [] if unknown else [sentence]
    if "cilium" in (word(cluster.network.policy), word(cluster.network.dataplane)):
        windows = has_windows(cluster)
        unsettled += [] if is_known(windows) else [windows]
        broken += ["Cilium does not run on Windows nodes"] if windows is True else []
    if not broken:
        for value in unsettled:
            known(value)
    return broken
