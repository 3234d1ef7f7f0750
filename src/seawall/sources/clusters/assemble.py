"""One cluster out of the body of its resource and of those that belong to it, by the plan of the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from seawall.model import UNKNOWN, Cluster, Pool, Unknown
from seawall.model.paths import GROUPS
from seawall.sources.clusters.attached import read_attached
from seawall.sources.clusters.documents import Resource
from seawall.sources.clusters.plan import POOL, Creation, Plan, cluster_plan, pool_plan
from seawall.sources.clusters.values import pick, pool_name, puzzled, text

Wrong = list[tuple[str, str]]
"""Path and reason of each setting that is there and tells nothing."""

_GROUP_TYPES: dict[str, Any] = {group: type(getattr(Cluster(name=""), group)) for group in GROUPS}


def assemble(
    resource: Resource,
    attached: Sequence[Resource],
    *,
    file: str,
    lines: Mapping[str, int],
    created_by: str | None = None,
) -> tuple[Cluster, Wrong]:
    """The cluster, and what in its body could not be read.

    `created_by` is the API version with which a template creates it ("" where that is unknown), None for a cluster
    that exists: what a property left out means differs.
    """
    created = created_by is not None
    creation = Creation(api_version=created_by or "", left_out=_automatic(resource) if created else None)
    values, wrong = cluster_plan(created=created).read(resource.body, flat=resource.flat, creation=creation)
    for field, value in read_attached(attached):
        values[field.group][field.name] = value
    pools = _Pools(pool_plan(created=created), msgspec.structs.replace(creation, cluster=values), wrong)
    cluster = Cluster(
        name=resource.name or "(no name)",
        resource_group=_resource_group(resource),
        id=resource.id,
        region=text(resource.body, "location"),
        tags=_tags(resource.body),
        file=file,
        lines=lines,
        pools=pools.read(resource, attached),
        **{group: made(**values[group]) for group, made in _GROUP_TYPES.items()},
    )
    return cluster, wrong


class _Pools:
    """The node pools of one cluster being read; what could not be is added to `wrong`."""

    def __init__(self, plan: Plan, creation: Creation, wrong: Wrong) -> None:
        self._plan = plan
        self._creation = creation
        self._wrong = wrong

    def read(self, resource: Resource, attached: Sequence[Resource]) -> Any:
        profiles = pick(resource.properties, "agentPoolProfiles")
        own = [item for item in attached if item.kind.endswith("/agentpools")]
        if profiles is None and not own:
            return UNKNOWN
        if not isinstance(profiles, list | None):
            answer = puzzled("a list of node pools", profiles)
            self._wrong.append(("pools", answer.reason))
            return answer
        pools = list(self._profiles(profiles or []))
        named = {pool.name for pool in pools}
        for item in own:
            if item.name not in named:
                # az writes the resource's type where ARM has the pool's
                body = {key: value for key, value in item.body.items() if key.lower() != "type"}
                pools.append(self._pool(item.name, body, flat=item.flat))
        return tuple(pools)

    def _profiles(self, profiles: list[Any]) -> Iterator[Pool]:
        for index, profile in enumerate(profiles):
            if isinstance(profile, dict):
                yield self._pool(pool_name(profile, index), profile, flat=True)
            else:
                self._wrong.append(("pools", puzzled(f"an object for pool #{index + 1}", profile).reason))
                yield Pool(name=pool_name(profile, index))

    def _pool(self, name: str, body: dict[str, Any], *, flat: bool) -> Pool:
        values, puzzles = self._plan.read(body, flat=flat, creation=self._creation)
        self._wrong.extend((path.replace("pool.", f"pools[{name}].", 1), reason) for path, reason in puzzles)
        return Pool(name=name, **values[POOL])  # type: ignore[arg-type] # the table's readers give the types


def _automatic(resource: Resource) -> Unknown | None:
    """What a property means that the template of an AKS Automatic cluster leaves out: Azure sets most of them itself.

    Source: https://learn.microsoft.com/azure/aks/intro-aks-automatic
    """
    sku = pick(resource.body, "sku")
    name = sku if isinstance(sku, Unknown) else pick(sku, "name")
    if isinstance(name, Unknown):
        return Unknown(f"AKS Automatic has defaults of its own, and it is not known whether this is one: {name.reason}")
    return Unknown("AKS Automatic sets it by itself") if str(name).lower() == "automatic" else None


def _resource_group(resource: Resource) -> str:
    after = resource.id.lower().partition("/resourcegroups/")[2]
    if after:
        start = len(resource.id) - len(after)
        return resource.id[start:].partition("/")[0]
    return text(resource.body, "resourceGroup", "resourceGroupName")


def _tags(body: dict[str, Any]) -> dict[str, str]:
    tags = pick(body, "tags")
    known = tags.items() if isinstance(tags, dict) else ()
    return {key: str(value) for key, value in known if not isinstance(value, Unknown)}
