"""What the words of a command line are: paths, or names of images in registries."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from seawall.sources.images.registry.reference import Reference, is_reference, parse

Place: TypeAlias = Path | Reference


def told_apart(words: Sequence[str | Path]) -> tuple[list[Path], list[Reference]]:
    """Paths and references, each in their order; see `is_reference` for the rule. Raises UsageError."""
    afar = [str(word) for word in words if is_reference(str(word), os.path.lexists)]
    return [Path(word) for word in words if str(word) not in afar], [parse(word) for word in afar]
