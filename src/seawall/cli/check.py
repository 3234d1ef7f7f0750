"""Check everything found in folders, cluster exports and images, and give one verdict.

Folders are walked; what is recognised but cannot be read is listed as not assessed, never skipped in silence.
Read today: `az aks show` and `az aks list` output, ARM GET bodies, docker archives, OCI layouts.
"""

from __future__ import annotations

import argparse

from seawall.cli.options import add_assessment, add_framework, add_images, assess, inputs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    inputs(parser, "PATH", "folders, cluster exports (JSON), image archives or OCI layouts")
    add_images(parser)
    add_framework(parser)
    add_assessment(parser)


def run(args: argparse.Namespace) -> int:
    return assess(args, kinds=("cluster", "image", "manifest"))
