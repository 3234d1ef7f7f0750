"""Fetch or import the advisory database: one file, replaced whole, so that a broken update loses nothing.

seawall update                                    what the images scanned so far need, from OSV and the vendors
seawall update --ecosystems Debian PyPI npm       only these
seawall update --mirror URL                       the same files from a mirror
seawall update --from DIR                         from a folder of <Ecosystem>/all.zip bundles; no network
seawall update --export FILE                      the database as one file, for a site without a network
seawall update --import FILE --sha256 DIGEST      that file, at the other site
seawall update --import FILE --key minisign.pub   the same, signed by `minisign -Sm FILE` (FILE.minisig beside it)
seawall update --import FILE --key cosign.pub     the same, signed by `cosign sign-blob --key` (FILE.sig beside it)
seawall update --status                           what the database holds, how old it is, what it covers
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from seawall.cli.options import add_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--from", dest="folder", type=Path, metavar="DIR", help="import bundles from this folder")
    source.add_argument("--mirror", "--url", dest="url", default="", metavar="URL", help="fetch from this mirror")
    source.add_argument("--export", type=Path, metavar="FILE", help="write the database into one file to carry away")
    source.add_argument("--import", dest="bundle", type=Path, metavar="FILE", help="put an exported database in place")
    source.add_argument("--status", action="store_true", help="say what the database holds; change nothing")
    parser.add_argument("--ecosystems", nargs="+", default=[], metavar="NAME", help="only these, as OSV names them")
    parser.add_argument("--sha256", default="", metavar="DIGEST", help="import only the file that has this SHA-256")
    parser.add_argument(
        "--key", default="", metavar="KEY", help="import only what this key of minisign or cosign signed"
    )
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
    if args.export:
        sys.stdout.write(update.export(path, args.export, now))
        return 0
    if args.bundle:
        sys.stdout.write(update.import_bundle(args.bundle, path, args.sha256, args.key, now, bounds))
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
