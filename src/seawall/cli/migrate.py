"""Plan the way from a cluster to one that passes: ordered steps, or a new cluster and the move where that costs less.

seawall migrate prod.json                             all that fails with medium severity or worse
seawall migrate prod.json --to gold                   low severity as well: private API, egress…
seawall migrate prod.json --fix AKS-NET-001,AKS-ACC-004    these checks only, and what they need
seawall migrate prod.json --set network.outbound_type=none      this change; with --to or --fix, this one besides
seawall migrate prod.json --tool terraform            Terraform changes, and what must not be done with it
seawall migrate prod.json --manifests deploy/         in case of a new cluster: what has to move; a folder, or a file
                                                      that `kubectl get … -A -o yaml` has written
seawall migrate prod.json --as bicep -o plan.txt      and the new cluster as Bicep (or terraform, az)
seawall migrate azure --subscription ID --cluster shop      a live cluster, read only

Nothing is changed: the plan is printed, you run it. Each step says what it costs, what to check before, what does not
work meanwhile, how to verify it and the way back.

exit codes: 0 a plan is printed, or nothing is to do; 2 there is none: a value that decides is not known, and is named
"""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path

from seawall.cli.live import add_live, live
from seawall.cli.options import add_limit, add_report, limits
from seawall.cli.places import date, default_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    place = "a cluster export, a template, a configuration, or the word azure for a live cluster"
    parser.add_argument("path", metavar="CLUSTER", type=Path, help=place)
    which = "which one, where there are several"
    parser.add_argument("--cluster", "--name", "-n", default="", metavar="NAME", help=which)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--to", choices=("hardened", "gold"), help="mend medium or worse (default), or low as well")
    what.add_argument("--fix", default="", metavar="IDS", help="only these checks, by id or name, separated by commas")
    parser.add_argument("--set", action="append", default=[], metavar="SETTING=VALUE", help="a change that you want")
    parser.add_argument("--tool", choices=("az", "terraform"), help="what makes the changes (default: the input's)")
    runs = "Kubernetes manifests of what runs in it, or an export"
    parser.add_argument("--manifests", type=Path, metavar="DIR", help=runs)
    kinds = ("az", "bicep", "terraform")
    parser.add_argument("--as", dest="kind", choices=kinds, help="how to write a new cluster (default: as --tool)")
    parser.add_argument("--azurerm", type=int, choices=(4, 5), default=5, help="for --as terraform (default: 5)")
    parser.add_argument("--as-of", type=date, metavar="DATE", help="plan as of this day (default: today)")
    add_report(parser, ("text", "json"))
    add_limit(parser)
    add_live(parser)


def run(args: argparse.Namespace) -> int:
    from seawall.cli.output import progress, style, write
    from seawall.model import Tool
    from seawall.reports import plan as report
    from seawall.workflows import migrate
    from seawall.workflows.settings import Settings

    args.paths = [args.path]
    from_azure = live(args)
    request = migrate.Request(
        path=None if from_azure else args.path,
        live=from_azure,
        name=args.cluster,
        profile=args.to or "",
        fix=tuple(word.strip() for word in args.fix.split(",") if word.strip()),
        sets=migrate.pairs(args.set),
        tool=Tool(args.tool) if args.tool else None,
        manifests=args.manifests,
        kind=args.kind or "",
        azurerm=args.azurerm,
    )
    today = args.as_of or datetime.datetime.now(datetime.UTC).date()
    settings = Settings(today=today, database=default_database(), limits=limits(args.limit))
    with progress(quiet=args.quiet) as say:
        plan = migrate.plan(request, settings, say)
    write((report.json if args.format == "json" else report.text)(plan, style(args)), args.output)
    if args.output and not args.quiet:
        print(f"seawall: plan written to {args.output}", file=sys.stderr)
    return 0
