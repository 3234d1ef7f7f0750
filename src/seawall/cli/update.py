"""Fetch or import the advisory database: one file, replaced whole, so that a broken update loses nothing.

seawall update                                    every ecosystem, from OSV's public bucket
seawall update --ecosystems Debian PyPI npm       only these
seawall update --from DIR                         from a folder of <Ecosystem>/all.zip bundles; no network
seawall update --status                           what the database holds, and how old it is
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from seawall.cli.options import add_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--from", dest="folder", type=Path, metavar="DIR", help="import bundles from this folder")
    source.add_argument("--url", default="", metavar="URL", help="fetch from this mirror of OSV's bucket")
    source.add_argument("--status", action="store_true", help="say what the database holds; change nothing")
    parser.add_argument("--ecosystems", nargs="+", default=[], metavar="NAME", help="only these, as OSV names them")
    parser.add_argument("--quiet", "-q", action="store_true", help="no progress on stderr")
    add_database(parser)


def run(args: argparse.Namespace) -> int:
    import datetime
    import sys

    from seawall.cli.options import database, limits
    from seawall.cli.output import progress
    from seawall.workflows import update

    path, bounds = database(args), limits(args.limit)
    now = datetime.datetime.now(datetime.UTC)
    if args.status:
        sys.stdout.write(update.status(path, now))
        return 0
    with progress(quiet=args.quiet) as say:
        if args.folder:
            text, code = update.from_folder(args.folder, path, args.ecosystems, now, bounds, say)
        else:
            ca_file = os.environ.get("SSL_CERT_FILE")
            text, code = update.fetch(args.url, path, args.ecosystems, now, bounds, say, proxies(), ca_file)
    sys.stdout.write(text)
    return code


def proxies() -> dict[str, str]:
    """The proxies that the environment names, as everywhere: http_proxy, HTTPS_PROXY, all_proxy, no_proxy…"""
    names = {scheme: f"{scheme}_proxy" for scheme in ("http", "https", "all", "no")}
    return {scheme: os.environ.get(name) or os.environ.get(name.upper(), "") for scheme, name in names.items()}
