"""What the small programs print with which scripts find their own place."""

from __future__ import annotations

import posixpath

from seawall.contents.shell_builtins import Host
from seawall.contents.shell_values import Field, State
from seawall.contents.trace_files import join, read, real


def output(words: list[str], state: State, host: Host) -> Field:
    """The output of a command, its last newlines cut off; None where it is not worked out."""
    name, plain = posixpath.basename(words[0]), [word for word in words[1:] if not word.startswith("-")]
    if name == "echo":
        return " ".join(words[1:]) if words[1:2] != ["-e"] and words[1:2] != ["-n"] else " ".join(words[2:])
    if name == "printf":
        return words[2] if len(words) == 3 and words[1] in ("%s", r"%s\n") else None
    if name == "pwd":
        return f"/{state.folder}"
    if name == "uname":
        return "Linux" if words[1:] in ([], ["-s"]) else None
    if name in ("which", "command") and plain:
        found = host.find(plain[-1], state)
        return "" if found is None else f"/{found}"
    if name in ("dirname", "basename") and plain:
        return _part(name, plain)
    if name in ("readlink", "realpath") and plain:
        path = real(host.files, join(state.folder, plain[-1]))
        return f"/{path}" if path is not None else None
    if name == "cat" and len(plain) == 1:
        text = read(host.files, join(state.folder, plain[0]))
        return text.rstrip("\n") if text is not None else None
    return None


def _part(name: str, plain: list[str]) -> str:
    path = plain[0].rstrip("/") or "/"
    if name == "dirname":
        return posixpath.dirname(path) or "."
    base = posixpath.basename(path)
    return base.removesuffix(plain[1]) if len(plain) > 1 else base
