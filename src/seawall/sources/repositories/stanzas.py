"""Stanzas of `Field: value` lines, as Debian writes its indexes and control files."""

from __future__ import annotations

import re
from collections.abc import Iterator

_STANZA = re.compile(r"(?:[^\n]+(?:\n|\Z))+")


def fields(stanza: str) -> dict[str, str]:
    """The fields of one stanza, by name in lower case; lines that go on keep their breaks, comments are left out."""
    found: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line.startswith("#"):
            continue
        if line[:1] in (" ", "\t"):
            if name:
                found[name] += "\n" + line.strip()
            continue
        key, colon, value = line.partition(":")
        name = key.strip().lower() if colon else ""
        if name:
            found[name] = value.strip()
    return found


def stanzas(text: str) -> Iterator[dict[str, str]]:
    """The stanzas of a file, which empty lines separate."""
    for match in _STANZA.finditer(re.sub(r"^[ \t\r]+$", "", text.replace("\r\n", "\n"), flags=re.MULTILINE)):
        if found := fields(match[0]):
            yield found


def listed(value: str) -> tuple[str, ...]:
    """The members of a field that commas separate."""
    return tuple(part.strip() for part in value.replace("\n", " ").split(",") if part.strip())
