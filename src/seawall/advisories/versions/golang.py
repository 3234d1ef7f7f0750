"""Go: SemVer 2 with `v`, and the releases of Go itself (`go1.22rc1`, `1.21`), by which `stdlib` is versioned.

`+incompatible` is build metadata, and pseudo-versions are pre-releases, so they need nothing of their own.
`1.22rc1` is `1.22-rc.1`, which is the same order.
Sources: https://go.dev/ref/mod#versions, https://go.dev/doc/toolchain#version
"""

from __future__ import annotations

import re

from seawall.advisories.versions import semver
from seawall.errors import Malformed

_RELEASE = re.compile(r"(?:go)?([0-9]+(?:\.[0-9]+){0,2})(?:(alpha|beta|rc)([0-9]+))?(?:-(?![0-9]).*|[ +].*)?")
_NONE = ("(devel)", "(unknown)")


def key(version: str) -> bytes:
    """Raises Malformed for `(devel)`, which is any version, and as SemVer does.

    What a vendor puts behind a release (`go1.22.1 X:boringcrypto`, `go1.21.3-custom`) is no part of it.
    """
    if version in _NONE:
        raise Malformed("built from a working copy: its version is not known", where=version)
    release = _RELEASE.fullmatch(version)
    if release and (release[2] or version.startswith("go")):
        numbers, word, count = release.groups()
        return semver.key(f"{numbers}-{word}.{count}" if word else numbers)
    return semver.key(version)
