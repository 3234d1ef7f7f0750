"""Rewrite a Dockerfile so that what runs holds only what it needs, as a diff; nothing is changed.

seawall harden Dockerfile                 what it would be, and what could not be done
seawall harden Dockerfile | git apply     take it over
seawall harden Dockerfile -o Dockerfile.hardened
seawall harden --manifests k8s            start-up work, probes and hooks that need tools, moved out of the containers
seawall harden image.tar --manifests k8s  the same of one image, by what its start scripts do
seawall harden Dockerfile --manifests k8s --named shop    both together: the Dockerfile then starts the program itself

The stages that build stay as they are. The last one moves onto a base without shell and package manager that fits the
language, gets only what is copied, a user that is not root, and starts the program itself. The diff is on stdout; what
could not be done, and what has to be looked at, on stderr.

With --manifests the diff changes Kubernetes manifests: what a start script does before the program begins becomes an
init container with the volumes that both need, the container starts the program itself, `gosu` becomes
securityContext, and probes and hooks by curl, wget, nc, grpc_health_probe or sleep become the kubelet's own. What
cannot be moved safely stays, and stderr says why. docs/advise.md says more.

exit codes: 0 a rewrite is printed, or nothing can be made better; 2 the file cannot be read
"""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from seawall.cli.options import date, default_database, limits
from seawall.errors import UsageError

if TYPE_CHECKING:
    from seawall.workflows.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = "a Dockerfile or Containerfile; with --manifests also an image archive or OCI layout, or nothing"
    parser.add_argument("path", metavar="DOCKERFILE", type=Path, nargs="?", help=what)
    parser.add_argument(
        "--manifests", type=Path, metavar="DIR", help="Kubernetes manifests that run it: a folder or file"
    )
    what = "what manifests call the image (default: the image's own name)"
    parser.add_argument("--named", default="", metavar="IMAGE", help=what)
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
    if args.manifests:
        return of_manifests(args, settings)
    if not args.path:
        raise UsageError("nothing is named", where="harden", hint="name a Dockerfile, or say --manifests DIR")
    hardened, diff = harden(args.path, settings)
    write(hardened.text if args.output else diff, args.output)
    for note in hardened.notes:
        print(f"seawall: {printable(note)}", file=sys.stderr)
    return 0


def of_manifests(args: argparse.Namespace, settings: Settings) -> int:
    """The diff of the manifests, and of the Dockerfile where one is named."""
    from seawall.cli.output import write
    from seawall.safe.terminal import printable
    from seawall.workflows.advise import harden_manifests

    advice = harden_manifests(args.path, args.manifests, args.named, settings)
    write(advice.diff, args.output)
    gaps = [f"not read: {each.where}: {each.why}" for each in advice.not_assessed]
    total = f"{advice.changed} of {advice.looked} containers change"
    for note in (*advice.notes, *gaps, total):
        print(f"seawall: {printable(note)}", file=sys.stderr)
    return 0
