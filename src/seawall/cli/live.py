"""Live clusters, for the commands that take the word azure: the options, and what they ask for."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from seawall.errors import UsageError

if TYPE_CHECKING:
    from seawall.cli.options import Live

AZURE = Path("azure")
CLOUDS = ("AzureCloud", "AzureChinaCloud", "AzureUSGovernment")


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
