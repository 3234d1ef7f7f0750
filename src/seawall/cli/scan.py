"""Scan container images: the packages in them, their known vulnerabilities, and the version to upgrade to.

Reads docker archives (`docker save`), OCI layouts as a folder or a tar, with plain, gzip or zstd layers.
Without an advisory database (see `seawall update`) only the built-in set of famous flaws is looked for.
"""

from __future__ import annotations

import argparse

from seawall.cli.options import add_assessment, add_images, assess, inputs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    inputs(parser, "IMAGE", "image archives or OCI layouts, or folders that hold some")
    add_images(parser)
    add_assessment(parser)


def run(args: argparse.Namespace) -> int:
    return assess(args, kinds=("image",))
