"""Audit clusters: each by itself, and those of one group (dev, staging, production) against each other.

Get the input with `az aks show -g GROUP -n NAME -o json > prod.json`, or `az aks list -o json > fleet.json`.
Every finding says what its fix costs: nothing, a restart, reimaged nodes, a new pool, or a new cluster.
"""

from __future__ import annotations

import argparse

from seawall.cli.options import add_assessment, assess, inputs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    inputs(parser, "PATH", "cluster exports (JSON), or folders that hold some")
    add_assessment(parser)


def run(args: argparse.Namespace) -> int:
    return assess(args, kinds=("cluster",))
