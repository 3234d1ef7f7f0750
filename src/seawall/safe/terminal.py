"""Text from hostile inputs, made fit for a terminal: names of images and packages are chosen by strangers."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""`text` on one line, with what a terminal would obey or hide (escapes, bidi marks, newlines) as `\x1b`."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
