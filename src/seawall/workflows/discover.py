"""Walks what the user named, and says what each thing is: a cluster export, an image, or something not read yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from seawall.errors import SeawallError
from seawall.model import Cluster, NotAssessed
from seawall.safe import files
from seawall.safe.limits import Limits

FOLDERS_LEFT_OUT = (".git", ".venv", "node_modules", ".terraform")
"""Folders that tools fill; the user can name one to have it read."""

NOT_READ_YET = {
    ".bicep": ("cluster", "Bicep file"),
    ".bicepparam": ("cluster", "Bicep parameter file"),
    ".tf": ("cluster", "Terraform configuration"),
    ".tfvars": ("cluster", "Terraform variables"),
    ".dockerfile": ("image", "Dockerfile"),
    "dockerfile": ("image", "Dockerfile"),
    "containerfile": ("image", "Dockerfile"),
}
"""What is known by its ending or its name, and not read yet: the kind that it belongs to, and what it is called."""


class Found(msgspec.Struct, kw_only=True):
    """What was found. `failed` are sentences on inputs that the user named and that are of no use."""

    clusters: list[Cluster] = []
    images: list[Path] = []
    not_assessed: list[NotAssessed] = []
    failed: list[str] = []
    files: int = 0

    def add(self, other: Found) -> None:
        """Take in what was found elsewhere."""
        self.clusters += other.clusters
        self.images += other.images
        self.not_assessed += other.not_assessed
        self.failed += other.failed
        self.files += other.files


def discover(paths: Sequence[Path], kinds: Sequence[str], limits: Limits, say: Callable[[str], None]) -> Found:
    """Everything of `kinds` ("cluster", "image") in `paths`, folders walked.

    A file in a folder that turns out unreadable is reported as not assessed; what the user named must be of use.
    """
    found = Found()
    for path in paths:
        before = len(found.clusters) + len(found.images) + len(found.not_assessed)
        try:
            if path.is_dir() and not _is_image(path):
                _walk(path, kinds, found, limits, say)
            else:
                _look(path, kinds, found, limits)
        except SeawallError as error:
            found.failed.append(str(error))
            found.not_assessed.append(_not_assessed("input", path, error))
        else:
            if len(found.clusters) + len(found.images) + len(found.not_assessed) == before:
                found.failed.append(f"{path}: no {' and no '.join(kinds)} in it")
    return found


def _walk(root: Path, kinds: Sequence[str], found: Found, limits: Limits, say: Callable[[str], None]) -> None:
    def unreadable(path: Path, why: str) -> None:
        found.not_assessed.append(NotAssessed(what="file or folder", where=str(path), why=why))

    for path in files.walk(root, on_error=unreadable, skip=FOLDERS_LEFT_OUT, whole=_is_image, limits=limits):
        say(f"looking at {path}")
        try:
            _look(path, kinds, found, limits)
        except SeawallError as error:
            found.not_assessed.append(_not_assessed("file", path, error))


def _look(path: Path, kinds: Sequence[str], found: Found, limits: Limits) -> None:
    """Put `path` where it belongs; what belongs to no kind that was asked for is left alone."""
    found.files += 1
    if path.suffix.lower() == ".json":
        _look_at_json(path, kinds, found, limits)
    elif known := NOT_READ_YET.get(path.suffix.lower()) or NOT_READ_YET.get(path.name.lower()):
        kind, what = known
        if kind in kinds:
            found.not_assessed.append(NotAssessed(what=what, where=str(path), why="Seawall does not read these yet"))
    elif "image" in kinds and _is_image(path):
        found.images.append(path)


def _is_image(path: Path) -> bool:
    from seawall.sources.images.opening import recognise

    return recognise(path) is not None


def _look_at_json(path: Path, kinds: Sequence[str], found: Found, limits: Limits) -> None:
    from seawall.sources.clusters import arm_text, az_json

    data = files.read(path, limits=limits)
    value, _ = arm_text.load(data, where=str(path), limits=limits)
    if "cluster" in kinds and az_json.recognises(value):
        reading = az_json.read_file(path, data, limits=limits)
        found.clusters += reading.clusters
        found.not_assessed += reading.not_assessed
    elif isinstance(value, dict):
        for kind, what, mark in (
            ("image", "CycloneDX SBOM", "bomFormat"),
            ("image", "SPDX SBOM", "spdxVersion"),
            ("cluster", "Terraform plan", "planned_values"),
        ):
            if mark in value and kind in kinds:
                why = "Seawall does not read these yet"
                found.not_assessed.append(NotAssessed(what=what, where=str(path), why=why))


def _not_assessed(what: str, path: Path, error: SeawallError) -> NotAssessed:
    hint = f" ({error.hint})" if error.hint else ""
    return NotAssessed(what=what, where=error.where or str(path), why=error.message + hint)
