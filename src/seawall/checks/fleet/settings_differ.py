"""AKS-FLT-001."""

from __future__ import annotations

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold
from seawall.checks.groups import Fleet, some
from seawall.checks.sides import SETTINGS, VERSION, Side, alignment, differing, odd_one_out, sides, values_like
from seawall.model import Severity, Unknown

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
    name without the word that tells the environment: contoso-dev, contoso-staging and contoso-prod. `fleet: groups:` in
    a `seawall.yaml` says it otherwise (docs/fleet.md).

    ## Fix
    Give the clusters one definition and let only sizes and addresses differ. The change shown brings the weaker cluster
    to the value of the others; where none is weaker, the one that is alone with its value, or the least precious one.
    Some settings cannot be made equal without a new cluster.
    """
    for path in SETTINGS:
        found = sides(fleet, path)
        text = "; ".join(map(_told, found))
        if differing(found):
            changed, model = alignment(found)
            odd = odd_one_out(found)
            if odd:
                text += f" ({odd.cluster.name} is the odd one out)"
            # A version is ahead of the others while an upgrade is rolled out.
            severity = Severity.LOW if path == VERSION else None
            sets = values_like(model, path)
            yield Fail(f"{path} differs: {text}", path, sets=sets, severity=severity, cluster=changed.cluster)
        elif not found[-1].value:
            yield Undecided(f"cannot be decided: {path} is {'; '.join(map(_told, reversed(found)))}", field=path)


def _told(side: Side) -> str:
    if not side.value:
        return f"not known in {some(side.members)}"
    return f"{side.value} in {some(side.members)}{', the weaker side' if side.weaker else ''}"
