"""AKS-FLT-002."""

from __future__ import annotations

from collections import defaultdict

from seawall.checks.check import Fail, Undecided, Verdicts, check
from seawall.checks.gold import gold
from seawall.checks.groups import PRODUCTION, Fleet, Member
from seawall.model import Finding, Severity, Status, Unknown

_PROD, _STAGING = gold({"name": "contoso-prod"}), gold({"name": "contoso-staging"})


@check(
    "AKS-FLT-002",
    severity=Severity.HIGH,
    sets={},
    refs=["https://learn.microsoft.com/azure/well-architected/operational-excellence/safe-deployments"],
    passes=[
        (_STAGING, _PROD),
        (gold({"name": "contoso-staging", "protection.defender": False}), _PROD),
        (
            gold({"name": "contoso-dev", "protection.defender": False}),
            gold({"name": "contoso-prod", "protection.defender": False}),
        ),
    ],
    fails=[
        (_STAGING, gold({"name": "contoso-prod", "protection.defender": False})),
        (_STAGING, gold({"name": "contoso-prod", "pool.host_encryption": False})),
        (
            gold({"name": "one", "tags": {"app": "shop", "env": "qa"}}),
            gold({"name": "two", "tags": {"app": "shop", "env": "production"}, "access.entra": False}),
        ),
    ],
    unknowns=[
        (_STAGING, gold({"name": "contoso-prod", "protection.defender": Unknown()})),
        (
            gold({"name": "contoso-staging", "protection.defender": Unknown()}),
            gold({"name": "contoso-prod", "protection.defender": False}),
        ),
    ],
)
def production_weaker(fleet: Fleet) -> Verdicts:
    """Production is weaker than a lower environment.

    ## Why it matters
    A protection that the same system has on dev, test or staging is missing where the data is. Somebody chose it, it
    works there, and it was forgotten or taken back in production.

    ## Fix
    Make the change that the lower environment already has. It was tried there, so its effects are known; what it costs
    is told with the finding.
    """
    lower = [(member.cluster.name, _verdicts(member)) for member in fleet.members if 0 <= member.rank < PRODUCTION]
    certain: dict[str, list[tuple[str, Member, Finding]]] = defaultdict(list)
    unsettled: dict[str, list[str]] = defaultdict(list)
    untold: set[str] = set()
    for member in fleet.members:
        for rule, finding in _verdicts(member).items() if member.rank == PRODUCTION else ():
            passing = [other for other, verdicts in lower if rule not in verdicts]
            silent = [other for other, verdicts in lower if rule in verdicts and not _failed(verdicts[rule])]
            if passing and _failed(finding):
                words = f"{finding.subject.name} fails {rule} ({finding.message}), passed by {', '.join(passing)}"
                certain[finding.field].append((words, member, finding))
            elif passing or (silent and _failed(finding)):
                unsettled[finding.field].append(f"{member.cluster.name} than {', '.join(passing + silent)} in {rule}")
            elif silent:
                untold.add(finding.field)
    for field, found in certain.items():
        text, members, findings = zip(*found, strict=True)
        yield Fail(
            "; ".join(text),
            field=field,
            severity=min(Severity.HIGH, max(Severity.MEDIUM, *(finding.severity for finding in findings))),
            cluster=members[0].cluster,
            change=findings[0].change,
        )
    for field, pairs in unsettled.items():
        if field not in certain:
            yield Undecided(f"cannot be decided whether weaker: {'; '.join(pairs)}", field=field)
    if rest := sorted(untold - set(certain) - set(unsettled)):
        yield Undecided(f"cannot be decided whether weaker: no cluster's input tells {', '.join(rest)}", field=rest[0])


def _failed(finding: Finding) -> bool:
    return finding.status is Status.FAIL


def _verdicts(member: Member) -> dict[str, Finding]:
    """For every check that the cluster did not pass, by id, one finding: a failure where there is one."""
    return {finding.rule: finding for finding in sorted(member.findings, key=_failed)}
