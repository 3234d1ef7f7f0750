"""What the words of a command line are: paths, or names of images in registries."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from seawall.sources.images.registry.reference import Reference, is_reference, parse
from seawall.sources.images.stores.opening import DOCKER, Stored

Place: TypeAlias = Path | Reference | Stored


def told_apart(words: Sequence[str | Path]) -> tuple[list[Path], list[Place]]:
    """Paths, and names of images elsewhere, each in their order; see `is_reference` for the rule. Raises UsageError."""
    afar = [str(word) for word in words if str(word).startswith(DOCKER) or is_reference(str(word), os.path.lexists)]
    return [Path(word) for word in words if str(word) not in afar], [
        Stored(name=word.removeprefix(DOCKER)) if word.startswith(DOCKER) else parse(word) for word in afar
    ]
