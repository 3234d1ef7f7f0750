"""Make an image hard to exploit: take out what it does not need, or rewrite its Dockerfile so that it never gets in.

seawall harden image.tar                          what would go and why, what stays and why; nothing is written
seawall harden image.tar -o hardened/             write it as an OCI layout, and scan it again: before and after
seawall harden registry.example.io/app:1 -o app.tar   the same as an archive, which `docker load` reads
seawall harden image.tar --keep /opt/tools        these stay
seawall harden image.tar --remove curl --remove /opt/old   these go, whatever needs them
seawall harden image.tar -o out/ --minimal        only what the program needs stays
seawall harden Dockerfile                         the Dockerfile, rewritten, as a diff
seawall harden Dockerfile | git apply             take it over
seawall harden --manifests k8s                    start-up work, probes, hooks that need tools, moved out of containers
seawall harden image.tar --manifests k8s          the same of one image, by what its scripts do, and bases that fit
seawall harden Dockerfile --manifests k8s --named shop   both together: the Dockerfile then starts the program itself

An image. What runs is followed from Entrypoint and Cmd, through scripts, loaders and runtimes. What it needs stays.
By default go: shells, package managers, network clients, interpreters, compilers, debuggers and privilege tools that
nothing needs, with the rest of their packages; caches, leftovers, manuals, and secrets that only lower layers still
ship. Removed bytes are gone from every layer; a layer that is not touched keeps its digest. Setuid bits go where
nothing runs the file, the user becomes 65532 where that is safe, and dpkg's and apk's databases stay true.
Where something could not be followed (Java code, a command in a variable), tools stay: it could reach them. Then
--aggressive says that it does not. No daemon is needed. Try the result before you ship it.

A Dockerfile. The stages that build stay as they are. The last one moves onto a base without shell and package manager
that fits the language, gets only what is copied, a user that is not root, and starts the program itself. The diff is on
stdout; what could not be done, and what has to be looked at, on stderr.

With --manifests the diff changes Kubernetes manifests: what a start script does before the program begins becomes an
init container with the volumes that both need, the container starts the program itself, `gosu` becomes
securityContext, and probes and hooks by curl, wget, nc, grpc_health_probe or sleep become the kubelet's own. What
cannot be moved safely stays, and stderr says why. docs/advise.md says more.

exit codes: 0 it is done, or nothing can be made better; 2 it could not be done, and nothing was written
"""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from seawall.cli.image_options import add_images, of_images
from seawall.cli.options import add_database
from seawall.cli.places import date
from seawall.errors import UsageError

if TYPE_CHECKING:
    from seawall.workflows.settings import Settings

_ONLY_IMAGES = ("dry_run", "minimal", "aggressive", "keep", "remove", "force")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = "an image (archive, OCI layout, or a name in a registry), a Dockerfile, or with --manifests nothing"
    parser.add_argument("path", metavar="IMAGE|DOCKERFILE", nargs="?", help=what)
    what = "Kubernetes manifests that run it: a folder or file"
    parser.add_argument("--manifests", type=Path, metavar="DIR", help=what)
    what = "what manifests call the image (default: the image's own name)"
    parser.add_argument("--named", default="", metavar="IMAGE", help=what)
    parser.add_argument("--output", "-o", type=Path, metavar="OUT", help="write it there, whole or not at all")
    image = parser.add_argument_group("images")
    image.add_argument("--dry-run", "-n", action="store_true", help="write nothing, even with -o")
    image.add_argument("--minimal", action="store_true", help="keep only what the program needs")
    image.add_argument("--aggressive", action="store_true", help="nothing that could not be followed needs a tool")
    image.add_argument("--keep", action="append", default=[], metavar="PATH", help="this stays, with all in it")
    what = "this goes, whatever needs it: a path that begins with /, or a tool by name"
    image.add_argument("--remove", action="append", default=[], metavar="PATH|TOOL", help=what)
    image.add_argument("--force", action="store_true", help="replace what is at OUT")
    image.add_argument("--format", "-f", choices=("table", "json"), default="table", help="default: table")
    image.add_argument("--verbose", "-v", action="store_true", help="cut nothing short")
    image.add_argument("--quiet", "-q", action="store_true", help="no progress on stderr")
    what = "judge support dates as of this day (default: today)"
    parser.add_argument("--as-of", type=date, metavar="DATE", help=what)
    add_images(parser, sweep=False)
    add_database(parser)


def run(args: argparse.Namespace) -> int:
    from seawall.workflows.harden import is_image

    if not args.path and not args.manifests:
        hint = "name an image or a Dockerfile, or say --manifests DIR"
        raise UsageError("nothing is named", where="harden", hint=hint)
    if not args.manifests and is_image(args.path):
        return _image(args)
    if asked := [name for name in _ONLY_IMAGES if getattr(args, name)]:
        hint = "name an image, and no manifests"
        raise UsageError("this is for images", where=f"--{asked[0].replace('_', '-')}", hint=hint)
    return _manifests(args) if args.manifests else _dockerfile(args)


def _image(args: argparse.Namespace) -> int:
    from seawall.cli.output import progress
    from seawall.reports import hardening as report
    from seawall.workflows.harden import Wish, harden

    wish = Wish(minimal=args.minimal, aggressive=args.aggressive, keep=tuple(args.keep), remove=tuple(args.remove))
    out = None if args.dry_run else args.output
    with progress(quiet=args.quiet) as say:
        done = harden(args.path, out, wish, _settings(args), say, force=args.force)
    sys.stdout.write(report.render_json(done) if args.format == "json" else report.render(done, verbose=args.verbose))
    return 0


def _dockerfile(args: argparse.Namespace) -> int:
    from seawall.cli.output import write
    from seawall.workflows.dockerfiles import harden

    hardened, diff = harden(Path(args.path), _settings(args))
    write(hardened.text if args.output else diff, args.output)
    _tell(hardened.notes)
    return 0


def _manifests(args: argparse.Namespace) -> int:
    """The diff of the manifests, and of the Dockerfile where one is named."""
    from seawall.cli.output import write
    from seawall.workflows.advise import harden_manifests

    advice = harden_manifests(args.path, args.manifests, args.named, _settings(args))
    write(advice.diff, args.output)
    _tell(advice.notes)
    _tell(f"not read: {each.where}: {each.why}" for each in advice.not_assessed)
    _tell([f"{advice.changed} of {advice.looked} containers change"])
    return 0


def _tell(notes: Iterable[str]) -> None:
    from seawall.safe.terminal import printable

    for note in notes:
        print(f"seawall: {printable(note)}", file=sys.stderr)


def _settings(args: argparse.Namespace) -> Settings:
    from seawall.cli.options import database, limits
    from seawall.workflows.settings import Settings

    return Settings(
        today=args.as_of or datetime.datetime.now(datetime.UTC).date(),
        database=database(args),
        platform=args.platform,
        max_age=args.max_age,
        limits=limits(args.limit),
        **of_images(args),
    )
