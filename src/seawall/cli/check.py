"""Check everything found in folders, cluster exports and images, and give one verdict.

Folders are walked; what is recognised but cannot be read is listed as not assessed, never skipped in silence.
Read today: clusters as `az aks show` and `list` print them, ARM templates, Bicep, Terraform and its plans; images as
docker archives, OCI layouts, root file systems, and in registries (see `seawall scan --help`); Dockerfiles.
Folders that tools fill (.git, .venv, node_modules, .terraform) are left out.

seawall check . -f html -o report.html    one page to show: problems with filters, fleet matrix, what was not looked at

Clusters of one system are held against each other; a seawall.yaml in the current folder, or --config FILE, says which
belong together (docs/fleet.md).
"""

from __future__ import annotations

import argparse

from seawall.cli.image_options import add_images
from seawall.cli.options import add_assessment, add_fleet, add_framework, assess, inputs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = "folders, cluster exports, templates, Bicep or Terraform, image archives, layouts or names in registries"
    inputs(parser, "PATH", what, kind=str)
    add_images(parser)
    add_framework(parser)
    add_fleet(parser)
    add_assessment(parser)


def run(args: argparse.Namespace) -> int:
    return assess(args, kinds=("cluster", "image", "dockerfile", "manifest"))
