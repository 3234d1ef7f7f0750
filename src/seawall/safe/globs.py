"""Globs of paths as regular expressions."""

from __future__ import annotations

import re


def regex(glob: str) -> str:
    """The regular expression that a whole path must match."""
    folders, rest = ("(?:.*/)?", glob[3:]) if glob.startswith("**/") else ("", glob)
    return folders + "[^/]*".join(re.escape(part) for part in rest.split("*"))
