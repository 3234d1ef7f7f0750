"""What a word of the command line may be, and where this user's files are."""

from __future__ import annotations

import argparse
import datetime
import os
from pathlib import Path


def date(text: str) -> datetime.date:
    """A day, `YYYY-MM-DD`."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a date such as 2026-11-23: {text!r}") from None


def count(text: str) -> int:
    """A number from 1."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"not a number from 1: {text!r}")
    return int(text)


def user_cache() -> Path:
    """Seawall's folder in the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path("~/.cache")) / "seawall"


def default_database() -> Path:
    """`SEAWALL_DB`, else a file in the user's cache folder."""
    if path := os.environ.get("SEAWALL_DB"):
        return Path(path)
    return user_cache() / "advisories.db"
