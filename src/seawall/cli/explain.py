"""Explain a check: what it looks for, why it matters, how to fix what it finds, and what the fix costs.

seawall explain                 every check, a line each
seawall explain AKS-NET-003     the page of one (its name will do: network_policy_off)
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", nargs="?", metavar="ID", help="a check's id or name; without one, all are listed")
    parser.add_argument("--write-docs", type=Path, metavar="DIR", help="write every page and an index into this folder")


def run(args: argparse.Namespace) -> int:
    from seawall.workflows import explain

    if args.write_docs:
        explain.write_docs(args.write_docs)
    else:
        sys.stdout.write(explain.page(args.id) if args.id else explain.listing())
    return 0
