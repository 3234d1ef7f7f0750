"""Dockerfiles mended and rewritten: read, ask the checks, show the difference, write it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from seawall.checks import dockerfile_checks
from seawall.errors import Unsupported
from seawall.model import Dockerfile
from seawall.remedies.dockerfile_fix import diff, fix
from seawall.remedies.dockerfile_harden import Hardened
from seawall.remedies.dockerfile_harden import harden as rewrite
from seawall.safe import files
from seawall.sources.dockerfile import parse, read
from seawall.workflows.discover import discover
from seawall.workflows.settings import Settings

Say = Callable[[str], None]


def mend(paths: Sequence[Path], settings: Settings, say: Say, *, dry_run: bool) -> str:
    """The safe fixes of all Dockerfiles in `paths` as a diff, written unless `dry_run`. Raises SeawallError."""
    shown = []
    for dockerfile in discover(paths, ("dockerfile",), settings.limits, say).dockerfiles:
        before = _text(Path(dockerfile.file), settings)
        after = fix(before, _parse(dockerfile), dockerfile_checks(), today=settings.today)
        shown.append(diff(before, after, dockerfile.file))
        if after != before and not dry_run:
            with files.replace(Path(dockerfile.file)) as new:
                new.write_bytes(after.encode())
    return "".join(shown)


def harden(path: Path, settings: Settings, begun: str = "") -> tuple[Hardened, str]:
    """The rewrite of one Dockerfile, from `begun` where some of it is done, and the diff to it. Raises SeawallError."""
    dockerfile = read(path, limits=settings.limits)
    if dockerfile.faults:
        first = dockerfile.faults[0]
        hint = "mend it first: what is not understood is not rewritten"
        raise Unsupported(first.message, where=f"{path}:{first.line}", hint=hint)
    before = _text(path, settings)
    hardened = rewrite(begun or before, _parse(dockerfile), dockerfile_checks(), today=settings.today)
    return hardened, diff(before, hardened.text, str(path))


def _text(path: Path, settings: Settings) -> str:
    return files.read(path, limit="dockerfile_bytes", limits=settings.limits).decode()


def _parse(dockerfile: Dockerfile) -> Callable[[str], Dockerfile]:
    return partial(parse, file=dockerfile.file, ignored=dockerfile.ignored)
