"""ARM templates as people write them: JSON with comments, and with texts that go over several lines.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax#comments-and-metadata
"""

from __future__ import annotations

import re
from typing import Any

from seawall.errors import Malformed
from seawall.safe import json
from seawall.safe.limits import DEFAULT, Limits

_MARK = re.compile(rb"schemas/[^\"]{1,40}/[a-z]*deployment(Template|Parameters)", re.IGNORECASE)
_ODD = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|//[^\n]*+|/\*.*?\*/', re.DOTALL)


def load(data: bytes, *, where: str, limits: Limits = DEFAULT) -> tuple[Any, bytes]:
    """The JSON value in `data`, and the data in strict JSON, in which every value keeps its line.

    Only templates and files of parameters may stray from JSON. Raises as `json.load` does.
    """
    try:
        return json.load(data, where=where, limits=limits), data
    except Malformed:
        if not _MARK.search(data):
            raise
        strict = _ODD.sub(_strict, data)
        if strict == data:
            raise
        return json.load(strict, where=where, limits=limits), strict


def _strict(found: re.Match[bytes]) -> bytes:
    """Comments leave their line breaks behind; a text goes on with a space, and its line breaks follow it."""
    token = found[0]
    breaks = b"\n" * token.count(b"\n")
    if not token.startswith(b'"'):
        return b" " + breaks
    return token.replace(b"\r", b"").replace(b"\n", b" ") + breaks if breaks else token
