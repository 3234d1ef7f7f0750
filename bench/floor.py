"""The least that a scan of an OCI layout can do: inflate every layer and walk its headers, in two threads."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from seawall.safe import tar
from seawall.safe.compression import open_stream
from seawall.safe.limits import DEFAULT


def walk(layer: Path) -> int:
    with closing(layer.open("rb")) as file:
        return sum(1 for _ in tar.walk(open_stream(file, where=str(layer)), where=str(layer), limits=DEFAULT))


def main(layout: Path) -> None:
    def blob(digest: str) -> Path:
        return layout / "blobs/sha256" / digest.removeprefix("sha256:")

    index = json.loads((layout / "index.json").read_text())
    manifest = json.loads(blob(index["manifests"][0]["digest"]).read_text())
    with ThreadPoolExecutor(2) as pool:
        print(sum(pool.map(walk, [blob(layer["digest"]) for layer in manifest["layers"]])))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
