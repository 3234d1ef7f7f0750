"""Check everything found in folders, cluster exports and images, and give one verdict.

Folders are walked; what is recognised but cannot be read is listed as not assessed, never skipped in silence.
Read today: clusters as `az aks show` and `list` print them, ARM templates, Bicep, Terraform and its plans; images as
docker archives, OCI layouts, root file systems, and in registries (see `seawall scan --help`); Dockerfiles.
Folders that tools fill (.git, .venv, node_modules, .terraform) are left out.
"""

from __future__ import annotations

import argparse

from seawall.cli.options import add_assessment, add_framework, add_images, assess, inputs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = "folders, cluster exports, templates, Bicep or Terraform, image archives, layouts or names in registries"
    inputs(parser, "PATH", what, kind=str)
    add_images(parser)
    add_framework(parser)
    add_assessment(parser)


def run(args: argparse.Namespace) -> int:
    return assess(args, kinds=("cluster", "image", "dockerfile", "manifest"))
