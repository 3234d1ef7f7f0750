"""Judge a Terraform plan before it is applied: what it would do to clusters and node pools.

terraform plan -out tfplan
terraform show -json tfplan > plan.json
seawall guard plan.json

It fails on a cluster or node pool that would be replaced (with the attribute that forces it, and the way in place
where there is one) or destroyed, on a one-way door being passed, and on a security setting getting weaker. What is
known only after it is applied is told as undecided; --fail-on-unknown fails on that, too.
`seawall explain AKS-PLN-001` tells more.
"""

from __future__ import annotations

import argparse
import sys

from seawall.cli.options import add_assessment, inputs, settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    inputs(parser, "PLAN.json", "plans as `terraform show -json` prints them")
    add_assessment(parser)


def run(args: argparse.Namespace) -> int:
    from seawall.cli.output import progress, style, write
    from seawall.reports import render
    from seawall.workflows.guard import guard

    with progress(quiet=args.quiet) as say:
        report = guard(args.paths, settings(args), say)
    write(render(report, args.format, style(args)), args.output)
    if args.output and not args.quiet:
        print(f"seawall: report written to {args.output}; exit {report.verdict.exit_code}", file=sys.stderr)
    return report.verdict.exit_code
