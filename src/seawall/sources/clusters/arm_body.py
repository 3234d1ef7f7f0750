"""A cluster of the model as the body that ARM would answer: the table walked the other way."""

from __future__ import annotations

from typing import Any

from seawall.model import Cluster, Pool, is_known
from seawall.model.paths import GROUPS, get
from seawall.sources.clusters.attached import write_attached
from seawall.sources.clusters.field import Field, Kind
from seawall.sources.clusters.fields import FIELDS
from seawall.sources.clusters.plan import POOL
from seawall.sources.clusters.values import write


def to_arm(cluster: Cluster) -> dict[str, Any]:
    """The ARM resource of `cluster`. Unknown settings are left out, which a reader takes for their defaults."""
    body: dict[str, Any] = {
        "type": "Microsoft.ContainerService/managedClusters",
        "name": cluster.name,
        "location": cluster.region,
        "tags": dict(cluster.tags),
    }
    body |= {"id": cluster.id} if cluster.id else {"resourceGroup": cluster.resource_group}
    children: list[dict[str, Any]] = []
    for field in FIELDS:
        if field.group in GROUPS and is_known(value := get(cluster, field.path)):
            if not field.resource:
                _put(body, field, value)
            elif field.kind is Kind.WINDOWS:
                children.extend(write_attached(field, name) for name in value or ("",))
            else:
                children.append(write_attached(field, value))
    if is_known(cluster.pools):
        body.setdefault("properties", {})["agentPoolProfiles"] = [_pool(pool) for pool in cluster.pools]
    return body | ({"resources": children} if children else {})


def _pool(pool: Pool) -> dict[str, Any]:
    body: dict[str, Any] = {"name": pool.name}
    for field in FIELDS:
        if field.group == POOL and is_known(value := getattr(pool, field.name)):
            _put(body, field, value)
    return body


def _put(body: dict[str, Any], field: Field, value: object) -> None:
    *way, last = field.arm[0].split(".")
    for name in way:
        body = body.setdefault(name, {})
    body[last] = write(field, value)
