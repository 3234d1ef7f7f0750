"""Put the distro's fixed packages over an image, as one layer, without a daemon.

seawall patch image.tar --dry-run             what would be upgraded, what not, and why; nothing is written
seawall patch image.tar -o patched            an OCI layout in a folder
seawall patch acr://NAME/app:1 -o new.tar --format archive     one file, which `docker load` reads too
seawall patch image.tar -o patched --package openssl --package libssl3
seawall patch image.tar -o patched --severity high             only for flaws that are high or critical
seawall patch image.tar -o patched --all                       everything that has something newer

Debian, Ubuntu and Alpine images, distroless ones too. Packages come from the repositories that the image itself uses,
verified by signature and digest; what they need comes along. Configuration that was changed stays. Scripts of packages
are read, never run: a package whose script would do what cannot be honoured is refused, with the line. The databases
of dpkg and apk stay true. Layers that were there stay as they are, so bytes of old versions still ship below.
The new image is scanned again. docs/patch.md says what is honoured and what is refused.

exit codes: 0 patched, or nothing to do; 1 what fails the gate (--fail-on) remains; 2 it could not be done
"""

from __future__ import annotations

import argparse
from pathlib import Path

from seawall.cli.image_options import add_images, add_repositories
from seawall.cli.options import SEVERITIES, add_database, settings
from seawall.cli.places import date
from seawall.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("image", metavar="IMAGE", help="an archive, an OCI layout, or the name of one in a registry")
    parser.add_argument(
        "--output", "-o", type=Path, metavar="OUT", help="where the new image goes, whole or not at all"
    )
    parser.add_argument("--format", choices=("oci", "archive"), default="oci", help="folder or file (default: oci)")
    parser.add_argument("--force", action="store_true", help="replace what is at OUT")
    parser.add_argument("--dry-run", "-n", action="store_true", help="the plan only")
    parser.add_argument("--all", action="store_true", help="all that has something newer, not only what has a fix")
    parser.add_argument("--package", action="append", default=[], metavar="NAME", help="only this one")
    parser.add_argument("--severity", choices=SEVERITIES, default="", help="only for flaws as bad as this or worse")
    what = "take this package although its scripts cannot be honoured; they are left unrun"
    parser.add_argument("--allow-scripts", action="append", default=[], metavar="NAME", help=what)
    parser.add_argument("--write-vex", type=Path, metavar="FILE", help="write what was mended, as OpenVEX")
    parser.add_argument("--fail-on", choices=SEVERITIES, default="high", help="exit 1 for what remains (default: high)")
    parser.add_argument("--as-of", type=date, metavar="DATE", help="judge support dates as of this day")
    parser.add_argument("--quiet", "-q", action="store_true", help="no progress on stderr")
    parser.set_defaults(only_fixable=True, fail_on_unknown=False)
    add_images(parser, sweep=False)
    add_repositories(parser)
    add_database(parser)


def run(args: argparse.Namespace) -> int:
    from seawall.cli.output import progress, write
    from seawall.model import Severity
    from seawall.workflows.patch import Wish, patch
    from seawall.workflows.patch_wording import told

    if not args.output and not args.dry_run:
        raise UsageError("nothing says where the new image goes", where="patch", hint="say -o OUT, or --dry-run")
    wish = Wish(
        out=None if args.dry_run else args.output,
        form=args.format,
        force=args.force,
        everything=args.all,
        packages=tuple(args.package),
        severity=Severity[args.severity.upper()] if args.severity else Severity.UNKNOWN,
        allowed=frozenset(args.allow_scripts),
        vex=args.write_vex,
    )
    with progress(quiet=args.quiet) as say:
        patched = patch(args.image, wish, settings(args), say)
    write(told(patched), None)
    return patched.verdict.exit_code
