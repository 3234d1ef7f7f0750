"""Scan container images: the packages in them, their known vulnerabilities, and the version to upgrade to.

And Dockerfiles: what is wrong in them, line by line.

seawall scan image.tar layout/                  archives (`docker save`), OCI layouts, folders that hold some
seawall scan registry.example.io/team/app:1.2   an image in a registry; nothing is written to the disk
seawall scan acr://NAME/team/app --newest 5     the newest five tags of a repository in Azure Container Registry
seawall scan acr://NAME --all                   everything in it
seawall scan docker://nginx:1.27                an image of Docker's daemon (DOCKER_HOST), or docker:// --all
seawall scan /var/lib/containerd                the images of a node, without containerd; --image NAME for one of them
seawall scan /var/lib/docker                    the same for the folder of Docker
seawall scan --rootfs /mnt/disk                 an unpacked root file system
seawall scan image.tar --vex vex.json           flaws that its statements call not_affected or fixed are waived
seawall scan bom.json                           an SBOM: CycloneDX or SPDX, in JSON
seawall scan Dockerfile                         a Dockerfile or Containerfile
seawall scan Dockerfile --fix                   the same, after the safe fixes are written (the diff is on stderr)
seawall scan image.tar --outdated               and which packages have something newer, be it safe or not
seawall scan image.tar --outdated --mirror pypi=https://pypi.example.com/simple
seawall scan image.tar -f cyclonedx -o bom.json writes one (or -f spdx)

What is there on the disk is a path. Any other word names an image in a registry if it has a tag or a digest
(nginx:1.27), or begins with a host (ghcr.io/org/app, localhost:5000/app) or with acr://. A registry's login is that of
`docker login` (DOCKER_CONFIG names the folder), of podman (REGISTRY_AUTH_FILE names the file) or a credential helper;
for Azure also a client secret, workload identity, `az login` or a managed identity.

`# seawall: ignore=IMG-DF-028 REASON` above an instruction accepts what a check finds there, and the report shows it.
With --outdated the distro's own repositories (Debian, Ubuntu, Alpine, Azure Linux; the suites that the image itself
uses), the registries of PyPI, npm, Maven, Go, crates.io, NuGet and RubyGems, and the registry of the base image are
asked. Indexes count only with a good signature by a known key. It fails no gate.

Without an advisory database (see `seawall update`) only the built-in set of famous flaws is looked for.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from seawall.cli.image_options import add_images, add_repositories
from seawall.cli.options import add_assessment, assess, inputs, settings
from seawall.errors import UsageError
from seawall.safe.terminal import printable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = "archives, OCI layouts, Dockerfiles, folders that hold some, or names of images in registries"
    inputs(parser, "IMAGE", what, kind=str, nargs="*")
    parser.add_argument("--rootfs", action="append", default=[], type=Path, metavar="DIR", help="a root file system")
    parser.add_argument("--fix", action="store_true", help="write the safe fixes of Dockerfiles first")
    parser.add_argument("--dry-run", "-n", action="store_true", help="with --fix: show the diff, write nothing")
    what = "leave out what is in an image beside packages (tools, secrets, rights); it is told as not assessed"
    parser.add_argument("--packages-only", action="store_true", help=what)
    what = "ask repositories and registries for newer versions of packages, and of the base image"
    parser.add_argument("--outdated", action="store_true", help=what)
    add_images(parser)
    add_repositories(parser)
    add_assessment(parser)


def run(args: argparse.Namespace) -> int:
    if not args.paths and not args.rootfs:
        raise UsageError("no image is named", where="scan", hint="name an image, or say --rootfs DIR")
    if args.dry_run and not args.fix:
        raise UsageError("this is for --fix", where="--dry-run", hint="seawall scan Dockerfile --fix --dry-run")
    if args.fix:
        mend(args)
    return assess(args, kinds=("image", "dockerfile"))


def mend(args: argparse.Namespace) -> None:
    """Write the safe fixes, and show them on stderr, for stdout is the report."""
    from seawall.workflows.dockerfiles import mend as workflow

    paths = [Path(word) for word in args.paths if Path(word).exists()]
    diff = workflow(paths, settings(args), lambda _: None, dry_run=args.dry_run)
    sys.stderr.write("".join(f"{printable(line)}\n" for line in diff.splitlines()))
