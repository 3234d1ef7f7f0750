"""What an image's administrator told dpkg: diversions, other rights, paths that are not to be unpacked."""

from __future__ import annotations

from collections.abc import Iterator

from seawall.remedies.patch.dpkg_database import FOLDER
from seawall.remedies.patch.present import Present


def lines(content: bytes) -> list[str]:
    """The lines that say something."""
    found = (line.strip() for line in content.decode("utf-8", "replace").splitlines())
    return [line for line in found if line and not line.startswith("#")]


def diversions(present: Present) -> dict[str, tuple[str, str]]:
    """Where files go instead, and the package that says so (`:` for the administrator): three lines each."""
    said = present.text(f"{FOLDER}/diversions").decode("utf-8", "surrogateescape").splitlines()
    triples = zip(said[0::3], said[1::3], said[2::3], strict=False)
    return {name.lstrip("/"): (to.lstrip("/"), by) for name, to, by in triples}


def overrides(present: Present) -> Iterator[tuple[str, tuple[int, int, int] | None]]:
    """`user group mode path`, one a line; None where a user or group is not known."""
    for line in lines(present.text(f"{FOLDER}/statoverride")):
        user, group, mode, path = (*line.split(None, 3), "", "", "", "")[:4]
        ids = _number(present, "etc/passwd", user), _number(present, "etc/group", group)
        known = ids[0] is not None and ids[1] is not None and mode.isdigit()
        yield path.lstrip("/"), (int(mode, 8), ids[0] or 0, ids[1] or 0) if known else None


def _number(present: Present, file: str, name: str) -> int | None:
    if name.startswith("#") and name[1:].isdigit():
        return int(name[1:])
    for line in lines(present.text(file)):
        parts = line.split(":")
        if parts[0] == name and len(parts) > 2 and parts[2].isdigit():
            return int(parts[2])
    return None


def exclusions(present: Present) -> list[tuple[bool, str]]:
    """`path-exclude` and `path-include` in the order of dpkg.cfg.d; the last that fits counts."""
    names = sorted(present.names("etc/dpkg/dpkg.cfg.d"))
    found = []
    for path in (*(f"etc/dpkg/dpkg.cfg.d/{name}" for name in names), "etc/dpkg/dpkg.cfg"):
        for line in lines(present.text(path)):
            word, _, pattern = line.replace("=", " ", 1).partition(" ")
            if word in ("path-exclude", "path-include"):
                found.append((word == "path-exclude", pattern.strip().strip("\"'")))
    return found
