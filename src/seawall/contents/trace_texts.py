"""Which texts the trace reads beside programs: settings of loaders and runtimes, and an application's own code."""

from __future__ import annotations

import re

TEXT_MAX = 256 << 10
"""Bytes of one text that are kept to be read."""

_SETTINGS = re.compile(
    r"etc/(ld\.so\.conf(\.d/[^/]+)?|ld-musl-[^/]+\.path|passwd)|(.*/)?(pyvenv\.cfg|package\.json|supervisord\.conf)"
    r"|etc/supervisor(d)?(/conf)?\.d/[^/]+|etc/(default|sysconfig|conf\.d)/[^/]+"
)
_SOURCE = re.compile(r".*\.(py|js|mjs|cjs|rb|ru|php|pl|sh)")
_LIBRARY = re.compile(
    r"(usr/)?(local/)?(lib|lib64|share|include)/|.*/(node_modules|site-packages|dist-packages|gems|perl5?)/"
)


def wants_text(path: str) -> bool:
    """Whether the trace reads the text at a path: settings of loaders and runtimes, and an application's own code."""
    return bool(_SETTINGS.fullmatch(path)) or (bool(_SOURCE.fullmatch(path)) and not _LIBRARY.match(path))
