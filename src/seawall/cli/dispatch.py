"""Finds the subcommand, runs it, and turns every error raised on purpose into one message and exit code 2."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from typing import Protocol, cast

from seawall.cli import COMMANDS
from seawall.errors import SeawallError
from seawall.safe.terminal import printable
from seawall.version import __version__

EPILOG = """\
examples:
  seawall check .                         clusters and images below this folder, one verdict
  seawall audit prod.json staging.json    clusters as `az aks show` or `az aks list` prints them
  seawall scan image.tar --format sarif   an image archive or OCI layout
  seawall scan Dockerfile                 what is wrong in it, line by line
  seawall update                          fetch the advisories (without them, only famous flaws are found)

exit codes: 0 nothing fails the gate, 1 the gate failed, 2 the work could not be done
"""


class Command(Protocol):
    """What a file of this folder offers; its docstring is the command's help."""

    __doc__: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


def load(name: str) -> Command:
    """The module of a subcommand."""
    return cast(Command, importlib.import_module(f"seawall.cli.{name}"))


def build_parser(only: str | None = None) -> argparse.ArgumentParser:
    """The parser; with `only`, the other subcommands are named but neither imported nor given their options."""
    parser = argparse.ArgumentParser(
        prog="seawall",
        description="Is this AKS estate fit to run, what is not, and what is the cheapest way to fix it?",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", "-V", action="version", version=f"seawall {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for name, summary in COMMANDS.items():
        doc = load(name).__doc__ if only in (None, name) else ""
        subparser = subparsers.add_parser(
            name,
            help=summary,
            description=doc,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        if doc:
            load(name).add_arguments(subparser)
    return parser


def dispatch(words: list[str]) -> int:
    """Parse `words` and run the command they name."""
    # A command is one short process that keeps nearly all that it makes: looking for cycles takes a fifth of its time.
    gc.set_threshold(200_000)
    chosen = next((word for word in words if not word.startswith("-")), "")
    parser = build_parser(only=chosen)
    args = parser.parse_args(words)
    if not args.command:
        parser.print_help()
        return 2
    try:
        return load(args.command).run(args)
    except SeawallError as error:
        complain(error)
    except BrokenPipeError:
        # the reader of our output has gone (`| head`): no message, and none at interpreter exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print("seawall: stopped", file=sys.stderr)
        return 130
    return 2


def complain(error: SeawallError) -> None:
    """Say on stderr what happened, to what, and what to do."""
    print(f"seawall: error: {printable(str(error))}", file=sys.stderr)
    if error.hint:
        print(f"  hint: {printable(error.hint)}", file=sys.stderr)
