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
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from seawall.cli.options import add_assessment, add_fleet, add_framework, assess, inputs
from seawall.errors import UsageError

if TYPE_CHECKING:
    from seawall.cli.options import Live

AZURE = Path("azure")
CLOUDS = ("AzureCloud", "AzureChinaCloud", "AzureUSGovernment")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    inputs(
        parser,
        "PATH",
        "cluster exports (JSON), templates, Bicep, Terraform, folders of them, or the word azure for live clusters",
    )
    add_live(parser)
    add_framework(parser)
    what = "hold every cluster against that of its name or system in a file, or the only one there, or a design profile"
    parser.add_argument("--baseline", default="", metavar="FILE|profile:NAME", help=what)
    add_fleet(parser)
    add_assessment(parser)


def add_live(parser: argparse.ArgumentParser) -> None:
    """Which live clusters: what `live` reads."""
    group = parser.add_argument_group("live Azure")
    for flags, metavar, what in (
        (["--subscription"], "ID", "the clusters of these subscriptions"),
        (["--resource-group", "-g"], "NAME", "only those of these resource groups"),
        (["--management-group"], "ID", "the clusters of all subscriptions below these"),
    ):
        group.add_argument(*flags, nargs="+", action="extend", default=[], metavar=metavar, help=what)
    group.add_argument("--all", action="store_true", help="the clusters of all subscriptions that the login sees")
    group.add_argument("--cloud", choices=CLOUDS, default=CLOUDS[0], help="default: AzureCloud")
    group.add_argument("--device-code", action="store_true", help="log in by entering a code in a browser")


def run(args: argparse.Namespace) -> int:
    return assess(args, kinds=("cluster",), live=live(args))


def live(args: argparse.Namespace) -> Live | None:
    """The live clusters that the command line asks for, if it does; `azure` is then no path. Raises UsageError."""
    asked = args.subscription or args.resource_group or args.management_group or args.all or args.device_code
    if not asked and (AZURE not in args.paths or AZURE.exists()):
        return None
    if AZURE not in args.paths:
        raise UsageError("these options are for live clusters", hint="name them azure: azure --subscription ID")
    from seawall.cli.update import proxies
    from seawall.workflows.azure import Azure, Scope

    args.paths.remove(AZURE)
    scope = Scope(
        subscriptions=tuple(args.subscription),
        resource_groups=tuple(args.resource_group),
        management_groups=tuple(args.management_group),
        everything=args.all,
    )
    return Azure(
        scope=scope,
        cloud=args.cloud,
        device_code=args.device_code,
        show=lambda text: print(f"seawall: {text}", file=sys.stderr, flush=True),
        proxies=proxies(),
        ca_file=os.environ.get("SSL_CERT_FILE"),
    )
