"""Rewrite a Dockerfile so that what runs holds only what it needs, as a diff; nothing is changed.

seawall harden Dockerfile                 what it would be, and what could not be done
seawall harden Dockerfile | git apply     take it over
seawall harden Dockerfile -o Dockerfile.hardened

The stages that build stay as they are. The last one moves onto a base without shell and package manager that fits the
language, gets only what is copied, a user that is not root, and starts the program itself. The diff is on stdout; what
could not be done, and what has to be looked at, on stderr.

exit codes: 0 a rewrite is printed, or nothing can be made better; 2 the file cannot be read
"""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path

from seawall.cli.options import limits
from seawall.cli.places import date, default_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="DOCKERFILE", type=Path, help="a Dockerfile or Containerfile")
    parser.add_argument(
        "--output", "-o", type=Path, metavar="FILE", help="write the rewrite there, whole or not at all"
    )
    parser.add_argument(
        "--as-of", type=date, metavar="DATE", help="judge support dates as of this day (default: today)"
    )
    parser.add_argument("--limit", action="append", default=[], metavar="NAME=VALUE", help="raise a bound on input")


def run(args: argparse.Namespace) -> int:
    from seawall.cli.output import write
    from seawall.safe.terminal import printable
    from seawall.workflows.dockerfiles import harden
    from seawall.workflows.settings import Settings

    today = args.as_of or datetime.datetime.now(datetime.UTC).date()
    settings = Settings(today=today, database=default_database(), limits=limits(args.limit))
    hardened, diff = harden(args.path, settings)
    write(hardened.text if args.output else diff, args.output)
    for note in hardened.notes:
        print(f"seawall: {printable(note)}", file=sys.stderr)
    return 0
