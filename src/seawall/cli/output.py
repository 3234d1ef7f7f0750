"""What reaches the terminal: the report on stdout or in a file, progress on stderr."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seawall.reports import Style

PATIENCE = 1.0  # seconds before the first word of progress: what is quick is silent


@contextlib.contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A function that shows what is being done, once the work has taken a second; on a terminal, one rewritten line."""
    started = time.monotonic()
    stream = sys.stderr
    terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
    shown = last = 0.0

    def say(text: str) -> None:
        nonlocal shown, last
        now = time.monotonic()
        if quiet or now - started < PATIENCE or now - last < (0.1 if terminal else 5.0):
            return
        last, shown = now, now
        if terminal:
            width = shutil.get_terminal_size().columns
            stream.write(f"\r\x1b[2K{text[: width - 1]}")
        else:
            stream.write(f"seawall: {text}\n")
        stream.flush()

    try:
        yield say
    finally:
        if shown and terminal:
            stream.write("\r\x1b[2K")
            stream.flush()


def style(args: argparse.Namespace) -> Style:
    """How the table looks: colour and width as stdout, `NO_COLOR` and the options have it."""
    from seawall.reports import Style

    terminal = args.output is None and sys.stdout.isatty()
    color = args.color == "always" or (
        args.color == "auto" and terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )
    width = shutil.get_terminal_size().columns if terminal else 0
    now = datetime.datetime.now(datetime.UTC)
    if args.as_of:
        now = datetime.datetime.combine(args.as_of, datetime.time(), datetime.UTC)
    return Style(color=color, width=width, verbose=args.verbose, now=now)


def write(text: str, path: Path | None) -> None:
    """Print a report, or write it to a file whole or not at all."""
    if path is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    from seawall.safe import files

    with files.replace(path) as temporary:
        temporary.write_text(text)
