"""The options that commands share, and the way from a parsed command line to a report and an exit code."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from seawall.cli.places import date, default_database
from seawall.errors import UsageError

if TYPE_CHECKING:
    from seawall.safe.limits import Limits
    from seawall.workflows.discover import Found
    from seawall.workflows.settings import Settings

    Live: TypeAlias = Callable[[Settings, Callable[[str], None]], Found]

SEVERITIES = ("info", "low", "medium", "high", "critical")
FORMATS = ("table", "html", "json", "sarif", "cyclonedx", "spdx")
FRAMEWORKS = ("cis-aks", "guide", "mcsb")


def inputs(
    parser: argparse.ArgumentParser,
    metavar: str,
    what: str,
    *,
    kind: Callable[[str], Path | str] = Path,
    nargs: str = "+",
) -> None:
    """The positional inputs: paths, or words (`kind` str) that may be names of images in registries too."""
    parser.add_argument("paths", nargs=nargs, metavar=metavar, type=kind, help=what)


def add_framework(parser: argparse.ArgumentParser) -> None:
    """What only clusters need."""
    parser.add_argument("--framework", choices=FRAMEWORKS, default="", help="ask only what this asks, by its controls")


def add_fleet(parser: argparse.ArgumentParser) -> None:
    """What only clusters that belong together need."""
    group = parser.add_argument_group("fleet")
    what = "the estate's own words: which clusters belong together (default: ./seawall.yaml if it is there)"
    group.add_argument("--config", type=Path, metavar="FILE", help=what)
    what = "hold every cluster against that of its name or system in a file, or the only one there, or a design profile"
    group.add_argument("--baseline", default="", metavar="FILE|profile:NAME", help=what)
    what = "settings that differ (default), or all of them"
    group.add_argument("--matrix", choices=("differences", "all"), default="differences", help=what)


def add_assessment(parser: argparse.ArgumentParser) -> None:
    """The gate, the report, and the bounds."""
    gate = parser.add_argument_group("gate")
    gate.add_argument("--fail-on", choices=SEVERITIES, default="high", help="fail on this or worse (default: high)")
    fixable = gate.add_mutually_exclusive_group()
    fixable.add_argument(
        "--only-fixable", action="store_true", default=True, help="vulnerabilities with no fix do not fail (default)"
    )
    fixable.add_argument(
        "--any", dest="only_fixable", action="store_false", help="vulnerabilities fail whether they have a fix or not"
    )
    gate.add_argument("--fail-on-unknown", action="store_true", help="fail on what is undecided or was not assessed")
    gate.add_argument(
        "--as-of", type=date, metavar="DATE", help="judge retirement and support dates as of this day (default: today)"
    )
    add_report(parser, FORMATS)
    parser.add_argument("--verbose", "-v", action="store_true", help="cut no table short")
    add_database(parser)


def add_report(parser: argparse.ArgumentParser, formats: tuple[str, ...]) -> None:
    """How what was found is told; the first of `formats` is the default."""
    report = parser.add_argument_group("report")
    report.add_argument("--format", "-f", choices=formats, default=formats[0], help=f"default: {formats[0]}")
    report.add_argument("--output", "-o", type=Path, metavar="FILE", help="write it there, whole or not at all")
    report.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="default: auto")
    report.add_argument("--quiet", "-q", action="store_true", help="no progress on stderr")
    parser.set_defaults(verbose=False)


def add_database(parser: argparse.ArgumentParser) -> None:
    """The advisory database, and the bounds on hostile input."""
    group = parser.add_argument_group("data")
    group.add_argument("--db", type=Path, metavar="FILE", help=f"the advisory database (default: {default_database()})")
    add_limit(group)


def add_limit(parser: argparse._ActionsContainer) -> None:
    """The bounds on hostile input."""
    what = "raise a bound on hostile input; the error that needs it names it"
    parser.add_argument("--limit", action="append", default=[], metavar="NAME=VALUE", help=what)


def database(args: argparse.Namespace) -> Path:
    """The database that the command line names, or the default one."""
    path: Path = args.db or default_database()
    return path.expanduser()


def limits(words: list[str]) -> Limits:
    """The bounds with those that the command line raises. Raises UsageError for a name that is none."""
    import msgspec

    from seawall.safe.limits import DEFAULT

    raised = {}
    for word in words:
        name, _, value = word.partition("=")
        if name not in DEFAULT.__struct_fields__:
            names = ", ".join(DEFAULT.__struct_fields__)
            raise UsageError(f"there is no limit named {name!r}", where="--limit", hint=f"the limits are: {names}")
        if not value.replace("_", "").isdigit():
            raise UsageError(f"not a whole number: {value!r}", where=f"--limit {name}", hint=f"say --limit {name}=1000")
        raised[name] = int(value)
    return msgspec.structs.replace(DEFAULT, **raised)


def settings(args: argparse.Namespace) -> Settings:
    """The settings of a run, read once."""
    from seawall.cli.image_options import of_images, repositories
    from seawall.gate import Policy
    from seawall.model import Severity
    from seawall.workflows.settings import Settings

    return Settings(
        today=args.as_of or datetime.datetime.now(datetime.UTC).date(),
        database=database(args),
        platform=getattr(args, "platform", ""),
        framework=getattr(args, "framework", ""),
        max_age=getattr(args, "max_age", 0),
        max_image_age=getattr(args, "max_image_age", 90),
        baseline=getattr(args, "baseline", ""),
        policy=Policy(
            fail_on=Severity[args.fail_on.upper()],
            only_fixable=args.only_fixable,
            fail_on_unknown=args.fail_on_unknown,
        ),
        limits=limits(args.limit),
        outdated=getattr(args, "outdated", False),
        packages_only=getattr(args, "packages_only", False),
        repositories=repositories(args) if hasattr(args, "repository_host") else None,
        **(of_fleet(args) if hasattr(args, "matrix") else {}),
        **(of_images(args) if hasattr(args, "no_cache") else {}),
    )


def of_fleet(args: argparse.Namespace) -> dict[str, Any]:
    """The settings that only clusters need, from `seawall.yaml` where there is one. Raises UsageError."""
    from seawall.workflows import configuration

    path = args.config or Path(configuration.NAME)
    told = configuration.Configuration()
    if args.config or path.is_file():
        told = configuration.read(path, limits(args.limit))
    return {"grouping": told.fleet, "whole_matrix": args.matrix == "all"}


def assess(args: argparse.Namespace, kinds: tuple[str, ...], live: Live | None = None) -> int:
    """Run the assessment that the command line asks for, write its report, and return the exit code."""
    from seawall.cli.output import progress, style, write
    from seawall.reports import render
    from seawall.workflows.assess import assess as workflow

    with progress(quiet=args.quiet) as say:
        report = workflow(args.paths, kinds, settings(args), say, live)
    write(render(report, args.format, style(args)), args.output)
    if args.output and not args.quiet:
        print(f"seawall: report written to {args.output}; exit {report.verdict.exit_code}", file=sys.stderr)
    return report.verdict.exit_code
