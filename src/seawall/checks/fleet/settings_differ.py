"""AKS-FLT-001."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold
from seawall.checks.groups import Fleet, Member
from seawall.model import Cluster, Severity, Status, Unknown
from seawall.model.paths import get

VERSION = "upkeep.kubernetes_version"
_TOGETHER = {"network.policy": ("network.policy", "network.dataplane")}
"""AKS takes the Cilium engine and its dataplane in one call only."""

SETTINGS = (
    "access.rbac",
    "access.entra",
    "access.azure_rbac",
    "access.local_accounts_disabled",
    "identity.type",
    "identity.oidc_issuer",
    "identity.workload_identity",
    "identity.pod_identity",
    "api_server.private",
    "api_server.vnet_integration",
    "api_server.authorized_ranges",
    "api_server.public_fqdn",
    "api_server.run_command_disabled",
    "network.plugin",
    "network.plugin_mode",
    "network.policy",
    "network.outbound_type",
    "network.load_balancer_sku",
    "addons.http_application_routing",
    "addons.kube_dashboard",
    "addons.azure_policy",
    "addons.key_vault_secrets",
    "addons.secret_rotation",
    "protection.defender",
    "protection.image_cleaner",
    "protection.kms",
    "protection.node_resource_group_restriction",
    VERSION,
    "upkeep.upgrade_channel",
    "upkeep.node_os_channel",
    "upkeep.support_plan",
    "pool.node_public_ip",
    "pool.host_encryption",
)
"""What the clusters of a system should have in common. Names, addresses, sizes and the like are each cluster's own."""

_GROUP = {name: gold({"name": f"contoso-{name}"}) for name in ("dev", "staging", "prod")}


@check(
    "AKS-FLT-001",
    severity=Severity.MEDIUM,
    sets={},
    refs=["https://learn.microsoft.com/azure/well-architected/operational-excellence/safe-deployments"],
    passes=[
        tuple(_GROUP.values()),
        (gold({"name": "contoso-dev", "upkeep.kubernetes_version": "1.36.2"}), _GROUP["prod"]),
        (gold({"name": "contoso-dev", "protection.defender": False}), gold({"name": "fabrikam-prod"})),
    ],
    fails=[
        (_GROUP["dev"], _GROUP["staging"], gold({"name": "contoso-prod", "network.policy": "calico"})),
        (gold({"name": "contoso-dev", "protection.defender": False}), _GROUP["prod"]),
        (gold({"name": "contoso-dev", "pool.host_encryption": False}), _GROUP["prod"]),
    ],
    unknowns=[(gold({"name": "contoso-dev", "protection.defender": Unknown()}), _GROUP["prod"])],
)
def settings_differ(fleet: Fleet) -> Verdicts:
    """Clusters of one system have different settings.

    ## Why it matters
    What was tested on staging is not what runs in prod: a change that passes there can break here, or open a door that
    was closed there. A weaker sister cluster is also the way in to what they share.

    Clusters belong together by a tag (`seawall-group`, else `application`, `app`, `system`, `workload`), else by their
    name without the word that tells the environment: contoso-dev, contoso-staging and contoso-prod.

    ## Fix
    Give the clusters one definition and let only sizes and addresses differ. The change shown brings the weaker cluster
    to the value of the others; where none is weaker, the one that is alone with its value, or the least precious one.
    Some settings cannot be made equal without a new cluster.
    """
    for path in SETTINGS:
        holders: dict[str, list[Member]] = defaultdict(list)
        for member in fleet.members:
            holders[value_of(member.cluster, path)].append(member)
        silent = holders.pop("", [])
        found = "; ".join(f"{value} in {_names(members)}" for value, members in holders.items())
        missing = f"not known in {_names(silent)}" if silent else ""
        if len(holders) > 1:
            changed, sets = _alignment(path, list(holders.values()))
            odd = f" ({changed.cluster.name} is the odd one out)" if _alone(changed, holders) else ""
            text = "; ".join(part for part in (found, missing) if part)
            # A version is ahead of the others while an upgrade is rolled out.
            severity = Severity.LOW if path == VERSION else None
            yield Fail(f"{path} differs: {text}{odd}", path, sets=sets, severity=severity, cluster=changed.cluster)
        elif silent:
            text = "; ".join(part for part in (missing, found) if part)
            yield Undecided(f"cannot be decided: {path} is {text}", field=path)


def _names(members: Sequence[Member]) -> str:
    return ", ".join(member.cluster.name for member in members)


def _alone(changed: Member, holders: Mapping[str, Sequence[Member]]) -> bool:
    others = [members for members in holders.values() if changed not in members]
    return len(others) == 1 and len(others[0]) > 1 and [changed] in holders.values()


def _alignment(path: str, sides: Sequence[Sequence[Member]]) -> tuple[Member, Mapping[str, object]]:
    """The cluster to change and its new settings: never to a value that fails a check, nor to an older version."""
    members = sorted((member for side in sides for member in side), key=lambda member: member.rank)
    weak = [member for member in members if _fails(member, path)]
    if path == VERSION:
        newest = max(_version(member) for member in members)
        weak = [member for member in members if _version(member) < newest]
    if 0 < len(weak) < len(members):
        changed, model = weak[-1], next(member for member in reversed(members) if member not in weak)
    else:
        ranked = sorted(sides, key=lambda side: (len(side), side[-1].rank))
        changed, model = ranked[0][-1], ranked[-1][-1]
    pools = model.cluster.pools
    pool = None if isinstance(pools, Unknown) or not pools else pools[0]
    values = {path: get(model.cluster, path, pool) for path in _TOGETHER.get(path, (path,))}
    return changed, {path: value for path, value in values.items() if not isinstance(value, Unknown)}


def _fails(member: Member, path: str) -> bool:
    return any(finding.field == path and finding.status is Status.FAIL for finding in member.findings)


def _version(member: Member) -> list[int]:
    """Numbers to compare; what is no version comes first."""
    parts = value_of(member.cluster, VERSION).split(".")
    return [int(part) for part in parts if part.isdecimal() and len(part) < 5]


def value_of(cluster: Cluster, path: str) -> str:
    """The setting in words that can be compared, "" where it is not known; of pools, all values that they have."""
    if not path.startswith("pool."):
        return _word(path, get(cluster, path))
    if isinstance(cluster.pools, Unknown):
        return ""
    words = {_word(path, get(cluster, path, pool)) for pool in cluster.pools}
    return "" if "" in words else " and ".join(sorted(words)) or "none"


def _word(path: str, value: object) -> str:
    match value:
        case Unknown():
            return ""
        case bool():
            return "true" if value else "false"
        case tuple():
            return "set" if value else "none"
        case _ if path == VERSION:
            return ".".join(str(value or "none").split(".")[:2])
        case _:
            return str(value or "none").lower()
