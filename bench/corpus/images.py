"""The images of the bench, by name, each with the layers that could be built here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from corpus import debian, java, node, programs, python
from corpus.layer import Build, Layer, Truth, image, layer

LAYERS: dict[str, Build] = {
    "debian": debian.base,
    "debian-ruby": debian.ruby,
    "python": python.python,
    "node": node.node,
    "java": java.java,
    "go": programs.go,
    "rust": programs.rust,
}
IMAGES = {
    "debian": ("debian",),
    "ruby": ("debian-ruby",),
    "python": ("debian", "python"),
    "node": ("debian", "node"),
    "java": ("debian", "java"),
    "go": ("go",),
    "rust": ("rust",),
    "big": ("debian", "python", "node", "java", "go"),
}
NOT_ASSESSED = {
    "PHP, .NET": "packagist and NuGet are asked by no builder yet",
    "rpm, apk": "no mirror of theirs is asked; tests/catalogers reads real databases",
}


class Image(NamedTuple):
    """An OCI layout with what is in it."""

    name: str
    path: Path
    layers: list[Layer]

    @property
    def truth(self) -> Truth:
        found: Truth = {}
        for each in self.layers:
            for kind, packages in each.truth.items():
                found.setdefault(kind, []).extend(packages)
        return found

    @property
    def told(self) -> str:
        size, files = sum(each.size for each in self.layers), sum(each.files for each in self.layers)
        return f"{self.name}, {size >> 20} MiB packed, {files:,} entries, {len(self.layers)} layers"


def images(names: tuple[str, ...] = tuple(IMAGES)) -> Iterator[Image]:
    """Each image of which every layer can be built here, else a word on stderr."""
    for name in names:
        layers = [each for part in IMAGES[name] if (each := layer(part, LAYERS[part]))]
        if len(layers) == len(IMAGES[name]):
            yield Image(name, image(name, layers), layers)
