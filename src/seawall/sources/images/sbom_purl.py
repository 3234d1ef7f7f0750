"""Package URLs as SBOMs hold them, read without changing the case or spelling of any part."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

import msgspec


class Purl(msgspec.Struct, frozen=True, kw_only=True):
    """The parts, percent-decoded; `namespace` with its slashes."""

    type: str
    namespace: str
    name: str
    version: str
    qualifiers: Mapping[str, str]


def parse(text: str) -> Purl | None:
    """`pkg:TYPE/NAMESPACE/NAME@VERSION?QUALIFIERS#SUBPATH`; None for what has no type or no name."""
    scheme, _, rest = text.partition(":")
    rest, _, qualifiers = rest.partition("#")[0].partition("?")
    kind, _, path = rest.strip("/").partition("/")
    if scheme.lower() != "pkg" or not kind or not path:
        return None
    # an @ of a version stands behind the last slash; `@scope/` that was not encoded is of the namespace
    head, slash, last = path.rpartition("/")
    name, _, version = last.partition("@")
    if not name:
        return None
    pairs = (pair.partition("=") for pair in qualifiers.split("&") if pair)
    return Purl(
        type=kind.lower(),
        namespace="/".join(unquote(part) for part in head.split("/") if part) if slash else "",
        name=unquote(name),
        version=unquote(version),
        qualifiers={key.lower(): unquote(value) for key, _, value in pairs},
    )


def without(text: str, qualifier: str) -> str:
    """The same purl without one qualifier."""
    head, mark, qualifiers = text.partition("?")
    kept = "&".join(pair for pair in qualifiers.split("&") if not pair.startswith(f"{qualifier}="))
    return head + (mark + kept if kept else "")
