"""A number of any length as bytes that sort as numbers do: no int, so no limit and no cost of long ones."""

from __future__ import annotations

from seawall.errors import Malformed


def number(digits: str) -> bytes:
    """ASCII digits, "" being 0: their count, then the digits, leading zeros dropped. 255 digits at most."""
    significant = digits.lstrip("0")
    if len(significant) > 255:
        raise Malformed(f"a number of {len(significant):,} digits", where=f"{digits[:40]}…")
    return bytes((len(significant),)) + significant.encode()
