"""Which of an image's layers its base image brought: told by labels, guessed from the history, or known from before.

Labels are https://github.com/opencontainers/image-spec/blob/main/annotations.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from seawall.errors import SeawallError
from seawall.model import Base, Image
from seawall.safe import files, json

NAME = "org.opencontainers.image.base.name"
DIGEST = "org.opencontainers.image.base.digest"

_ENDS_AN_IMAGE = re.compile(r"(?:/bin/sh -c #\(nop\) +)?(?:CMD|ENTRYPOINT)\b")
_MOST = 4096  # images that are remembered


def guess(labels: Mapping[str, str], steps: Sequence[tuple[str, bool]]) -> Base | None:
    """The base image by the image's own word. `steps` is the history: what was run, and whether it made a layer.

    Images end in a CMD or ENTRYPOINT. One that has steps with layers after it is a base's: what stands before it, and
    the layers up to there, came with the base.
    """
    name, digest = labels.get(NAME, ""), labels.get(DIGEST, "")
    last = max((number for number, (_, made_layer) in enumerate(steps) if made_layer), default=0)
    ends = [n for n, (run, made_layer) in enumerate(steps[:last]) if not made_layer and _ENDS_AN_IMAGE.match(run)]
    layers = sum(made_layer for _, made_layer in steps[: ends[-1]]) if ends else 0
    if not (name or digest or layers):
        return None
    why = " and ".join((["its labels"] if name or digest else []) + (["its history"] if layers else []))
    return Base(name=name, digest=digest, layers=layers, why=why)


class KnownImages:
    """The images scanned before, by the diffIDs of all their layers: a file in the folder of the layer cache.

    It is a help to name things, and no more: what it says of a base is what somebody called an image of these layers.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "images.json"
        self._names: dict[str, str] = {}
        with suppress(SeawallError):
            self._names = json.decode(files.read(self._path), dict[str, str], where=str(self._path))
        self._new: dict[str, str] = {}

    def base_of(self, image: Image) -> Base | None:
        """The largest known image whose layers are this one's lowest, or what the image says of itself."""
        *below, whole = _chains(image)
        self._new[whole] = image.name
        for layers, chain in reversed(list(enumerate(below, start=1))):
            if name := self._new.get(chain) or self._names.get(chain):
                return Base(name=name, layers=layers, why="an image scanned before")
        return image.base

    def save(self) -> None:
        """Remember the images of this run. A folder that cannot be written to is no error."""
        names = {key: name for key, name in self._names.items() if key not in self._new} | self._new
        if names == self._names:
            return
        with suppress(SeawallError, OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with files.replace(self._path) as new:
                new.write_bytes(msgspec.json.encode(dict(list(names.items())[-_MOST:])))


def _chains(image: Image) -> list[str]:
    """A digest for each number of layers, from the lowest on."""
    chain, chains = hashlib.sha256(), list[str]()
    for layer in image.layers:
        chain.update(f"{layer.diff_id}\n".encode())
        chains.append(chain.hexdigest())
    return chains or [chain.hexdigest()]
