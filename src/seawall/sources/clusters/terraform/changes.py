"""What a plan of Terraform does to clusters and node pools: each as it is now and as it will be, and what forces what.

Source: https://developer.hashicorp.com/terraform/internals/json-format#change-representation
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from seawall.model import Cluster, Location, NotAssessed
from seawall.safe.limits import Limits
from seawall.sources.clusters.fields import FIELDS
from seawall.sources.clusters.plan import POOL as POOL_GROUP
from seawall.sources.clusters.terraform import made_of, plan
from seawall.sources.clusters.terraform.resource import AUTOMATIC, AZAPI, CLUSTER, POOL

CYCLED = frozenset(
    [
        *("enable_host_encryption", "enable_node_public_ip", "fips_enabled", "host_encryption_enabled"),
        *("kubelet_config", "kubelet_disk_type", "linux_os_config", "max_pods", "node_public_ip_enabled"),
        *("os_disk_size_gb", "os_disk_type", "pod_subnet_id", "snapshot_id"),
        *("ultra_ssd_enabled", "vm_size", "vnet_subnet_id", "zones"),
    ]
)
"""Attributes for which azurerm updates a node pool by making another.

Each is named in the note on `temporary_name_for_rotation` in website/docs/r/kubernetes_cluster_node_pool.html.markdown
of hashicorp/terraform-provider-azurerm (006f87e316); `enable_…` are the names of two of them in azurerm 3.
"""

CYCLED_FIRST = CYCLED | {"only_critical_addons_enabled", "os_sku"}
"""Those of the default pool: cycleNodePoolProperties of azurerm 5.2.0 (internal/services/containers).

It has two more than the others; `os_sku` is one only where either side is no Ubuntu and no Azure Linux.
"""
_SWAPPED_IN_PLACE = ("Ubuntu", "AzureLinux")

_ACTIONS = frozenset(
    {("no-op",), ("read",), ("create",), ("update",), ("delete",), ("delete", "create"), ("create", "delete")}
)
_ARM_CLUSTER = "microsoft.containerservice/managedclusters"
_REASONS = {
    "replace_because_tainted": "it is marked as tainted",
    "replace_by_request": "it was asked for (-replace)",
    "replace_by_triggers": "replace_triggered_by asks for it",
    "delete_because_no_resource_config": "the configuration no longer has it",
    "delete_because_no_module": "the configuration no longer has its module",
    "delete_because_count_index": "its count no longer reaches it",
    "delete_because_wrong_repetition": "count or for_each was added or removed, so that its address is another",
    "delete_because_each_key": "for_each no longer has its key",
    "delete_because_no_move_target": "it was moved to an address that the configuration does not have",
}


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """One attribute of Terraform and what becomes of it; `text` is `name: false → true`, without the values of secrets.

    `paths` are the settings of the model that it holds, if it holds any.
    """

    attribute: str
    text: str
    paths: tuple[str, ...] = ()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to one cluster, or to one node pool (`pool`, "" for a cluster).

    `actions` are Terraform's: `("delete", "create")` is a replacement. `forced` are the attributes that force it,
    `cycled` those for which azurerm updates a pool by making another; `reason` is Terraform's own, in words.
    `before` and `after` are the cluster, or the one that the pool belongs to; None where there is none, or where the
    plan does not hold it. `name` is the cluster's.
    """

    address: str
    name: str
    pool: str = ""
    actions: tuple[str, ...]
    location: Location
    reason: str = ""
    forced: tuple[Moved, ...] = ()
    cycled: tuple[Moved, ...] = ()
    before: Cluster | None = None
    after: Cluster | None = None

    @property
    def replaced(self) -> bool:
        """True where the thing is destroyed and made anew."""
        return {"delete", "create"} <= set(self.actions)

    @property
    def destroyed(self) -> bool:
        """True where it is destroyed for good."""
        return self.actions == ("delete",)


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """`touched` counts the resources of AKS, settings beside a cluster included, that the plan changes at all."""

    changes: tuple[Change, ...]
    touched: int
    not_assessed: tuple[NotAssessed, ...] = ()


def read(data: bytes, file: str, limits: Limits) -> Changes:
    """The changes of clusters and pools in a plan (`terraform show -json`), also of those that it leaves as they are.

    Raises Malformed (also for a state), Unsupported, LimitExceeded.
    """
    before, after, found = plan.read_changes(data, file, limits)
    (had, old_notes), (will, notes) = made_of(before), made_of(after)
    told = {note.what for note in notes}
    ours = [one for one in found if _is_cluster(one) or _is_pool(one)]
    unjudged = [
        NotAssessed(what=str(one.get("address")), where=str(Location(file=file, line=one["line"])), why=why)
        for one in ours
        if (why := _why_unjudged(_actions(one)))
    ]
    return Changes(
        changes=tuple(_change(one, file, had, will) for one in ours),
        touched=sum(_actions(one) not in (("no-op",), ("read",)) for one in found),
        not_assessed=(*notes, *(note for note in old_notes if note.what not in told), *unjudged),
    )


def _change(found: dict[str, Any], file: str, had: Mapping[str, Cluster], will: Mapping[str, Cluster]) -> Change:
    address, change = str(found.get("address")), found["change"] if isinstance(found.get("change"), dict) else {}
    of_pool = _is_pool(found)
    old, new = _owner(found, had, of_pool), _owner(found, will, of_pool)
    owner = old or new
    deposed = f" (deposed {found['deposed']})" if found.get("deposed") else ""
    return Change(
        address=address + deposed,
        name=owner.name if owner else (_cluster_id(change).rpartition("/")[2] if of_pool else _name(change)) or address,
        pool=_name(change) or address if of_pool else "",
        actions=_actions(found),
        location=Location(file=file, line=found["line"]),
        reason=_REASONS.get(str(found.get("action_reason")), ""),
        forced=tuple(_moved(change, tuple(path), of_pool) for path in _lists(change.get("replace_paths"))),
        cycled=tuple(_cycled(change, of_pool)) if _actions(found) == ("update",) else (),
        before=old,
        after=new,
    )


def _owner(found: dict[str, Any], clusters: Mapping[str, Cluster], of_pool: bool) -> Cluster | None:
    """The cluster that the change is about, or that the pool belongs to by its id or else by being the only one."""
    if not of_pool:
        return None if found.get("deposed") else clusters.get(str(found.get("address")))
    link = _cluster_id(found.get("change") or {}).lower()
    of_id = [each for each in clusters.values() if link and each.id.lower() == link]
    named = of_id or [each for each in clusters.values() if link and each.name.lower() == link.rpartition("/")[2]]
    return named[0] if len(named) == 1 else None


def _cluster_id(change: Mapping[str, Any]) -> str:
    """The id that a pool names its cluster by, "" where it is known only later."""
    for side in ("before", "after"):
        values = change.get(side)
        for link in ("kubernetes_cluster_id", "parent_id"):
            held = values.get(link) if isinstance(values, dict) else None
            if isinstance(held, str) and "/managedclusters/" in held.lower():
                return held
    return ""


def _name(change: Mapping[str, Any]) -> str:
    sides = (change.get(side) for side in ("before", "after"))
    names = (side.get("name") for side in sides if isinstance(side, dict))
    return next((name for name in names if isinstance(name, str)), "")


def _moved(change: Mapping[str, Any], path: Sequence[object], of_pool: bool) -> Moved:
    attribute = ".".join(str(part) for part in path if isinstance(part, str))
    old, new = (_word(change, side, path) for side in ("before", "after"))
    text = f"{attribute}: {old} → {new}" if old and new else attribute
    return Moved(attribute=attribute, text=text, paths=tuple(_settings(attribute, of_pool)))


def _settings(attribute: str, of_pool: bool) -> Iterator[str]:
    """The settings of the model that stand at the attribute, or below it where it is a block."""
    whose = "default_node_pool."
    in_pool = of_pool or attribute.startswith(whose)
    attribute = attribute.removeprefix(whose)
    for field in FIELDS:
        names = (field.terraform.removeprefix(whose), *field.terraform_older)
        if (field.group == POOL_GROUP) is in_pool and any(f"{name}.".startswith(f"{attribute}.") for name in names):
            yield field.path


def _cycled(change: Mapping[str, Any], of_pool: bool) -> Iterator[Moved]:
    start: tuple[object, ...] = () if of_pool else ("default_node_pool", 0)
    for name in sorted(CYCLED if of_pool else CYCLED_FIRST):
        path = (*start, name)
        old, new = (_at(change.get(side), path) for side in ("before", "after"))
        if name == "os_sku" and all(str(each).startswith(_SWAPPED_IN_PLACE) for each in (old or "Ubuntu", new)):
            continue
        if _at(change.get("after_unknown"), path) is True or (old or None) != (new or None):
            yield _moved(change, path, of_pool)


def _word(change: Mapping[str, Any], side: str, path: Sequence[object]) -> str:
    """The value in a word; "" for what is secret or has many parts."""
    if side == "after" and _at(change.get("after_unknown"), path) is True:
        return "known after apply"
    value = _at(change.get(side), path)
    if _at(change.get(f"{side}_sensitive"), path) is True or (isinstance(value, list | dict) and value):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value in (None, "", [], {}) else str(value)


def _at(value: Any, path: Sequence[object]) -> Any:
    """What is at the path; None where nothing is, True where the whole around it is marked so."""
    for part in path:
        if isinstance(value, dict) and isinstance(part, str):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value):
            value = value[part]
        else:
            return True if value is True else None
    return value


def _actions(found: Mapping[str, Any]) -> tuple[str, ...]:
    change = found.get("change")
    actions = change.get("actions") if isinstance(change, dict) else None
    return tuple(map(str, actions)) if isinstance(actions, list) else ()


def _why_unjudged(actions: tuple[str, ...]) -> str:
    if "forget" in actions:
        return "Terraform lets go of it without destroying it: what becomes of it is not in this plan"
    return "" if actions in _ACTIONS else f"Seawall does not know these actions: {', '.join(actions) or 'none'}"


def _lists(value: Any) -> list[list[Any]]:
    return [each for each in value if isinstance(each, list)] if isinstance(value, list) else []


def _is_cluster(found: Mapping[str, Any]) -> bool:
    return found.get("type") in (CLUSTER, AUTOMATIC) or _arm_kind(found) == _ARM_CLUSTER


def _is_pool(found: Mapping[str, Any]) -> bool:
    return found.get("type") == POOL or _arm_kind(found) == f"{_ARM_CLUSTER}/agentpools"


def _arm_kind(found: Mapping[str, Any]) -> str:
    change = found.get("change")
    if found.get("type") != AZAPI or not isinstance(change, dict):
        return ""
    sides = [side for side in (change.get("before"), change.get("after")) if isinstance(side, dict)]
    return str(sides[0].get("type")).partition("@")[0].lower() if sides else ""
