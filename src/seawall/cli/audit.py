"""Audit clusters: each by itself, and those of one group (dev, staging, production) against each other.

seawall audit prod.json staging.json              as `az aks show` or `az aks list -o json` prints them
seawall audit dev.json --baseline prod.json       and what differs from another, which of the two is weaker
seawall audit fleet.json --baseline profile:prod  and what differs from what `seawall design` would write
seawall audit fleet.json --matrix all             with every setting of every group, equal ones too
seawall audit fleet.json -f html -o report.html   a page to show: problems, fleet matrix, what was not looked at
seawall audit infra/                              ARM templates, Bicep, Terraform: before it is deployed
seawall audit azure --subscription ID             live, read only; several may be named
seawall audit azure --subscription ID -g GROUP    only those of a resource group
seawall audit azure --management-group ID         every subscription below it
seawall audit azure --all                         every subscription that the login sees
seawall audit azure main.json --subscription ID   live clusters beside files, in one report

Clusters belong together by a tag (application, app…), else by their names (shop-dev, shop-prod); `fleet: groups:` in a
seawall.yaml says it otherwise, by tag, name pattern or list (docs/fleet.md).

Live clusters need `pip install 'seawall[azure]'` and a login: `az login`, a workload identity, a managed identity or a
service principal in the environment. The role Reader is enough; deploy/azure-role.json holds the least that is.

Every finding says what its fix costs: nothing, a restart, reimaged nodes, a new pool, or a new cluster.
"""

from __future__ import annotations

import argparse

from seawall.cli.live import add_live, live
from seawall.cli.options import add_assessment, add_fleet, add_framework, assess, inputs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    inputs(
        parser,
        "PATH",
        "cluster exports (JSON), templates, Bicep, Terraform, folders of them, or the word azure for live clusters",
    )
    add_live(parser)
    add_framework(parser)
    add_fleet(parser)
    add_assessment(parser)


def run(args: argparse.Namespace) -> int:
    return assess(args, kinds=("cluster",), live=live(args))
