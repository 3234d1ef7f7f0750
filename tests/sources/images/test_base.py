"""Which layers the base image brought, by what the image says and by what was scanned before."""

from __future__ import annotations

from pathlib import Path

import pytest

from seawall.model import Base, Image, Layer
from seawall.sources.images.base import DIGEST, NAME, KnownImages, guess

NOP = "/bin/sh -c #(nop) "
DEBIAN = ((NOP + "ADD file:1 in /", True), (NOP + ' CMD ["bash"]', False))
PYTHON = (("RUN apt-get install", True), ("ENV PATH=/usr/local/bin", False), ('CMD ["python3"]', False))
APP = (("COPY . /app # buildkit", True), ("USER 65532", False), ('ENTRYPOINT ["/app/run"]', False))


def image(*layers: str, base: Base | None = None) -> Image:
    return Image(name=f"app of {len(layers)}", base=base, layers=tuple(Layer(diff_id=each) for each in layers))


@pytest.mark.parametrize(
    ("steps", "layers"),
    [
        (DEBIAN, 0),
        (DEBIAN + PYTHON, 1),
        (DEBIAN + PYTHON + APP, 2),
        (DEBIAN + APP[:1], 1),
        (APP, 0),
        ((), 0),
        ((("COPY cmd /CMD", True), ("RUN echo CMD", True)), 0),
    ],
)
def test_the_last_command_before_further_layers_ends_the_base(steps: tuple[tuple[str, bool], ...], layers: int) -> None:
    found = guess({}, steps)
    assert (found.layers if found else 0) == layers
    assert found is None or found.why == "its history"


def test_labels_name_the_base_and_the_history_counts_its_layers() -> None:
    labels = {NAME: "docker.io/library/python:3.12", DIGEST: "sha256:1"}
    both = guess(labels, DEBIAN + PYTHON + APP)
    expected = Base(name=labels[NAME], digest="sha256:1", layers=2, why="its labels and its history")
    assert both == expected
    assert guess(labels, ()) == Base(name=labels[NAME], digest="sha256:1", why="its labels")


def test_an_image_scanned_before_is_a_base_of_those_whose_lowest_layers_are_its_own(tmp_path: Path) -> None:
    known = KnownImages(tmp_path)
    assert known.base_of(image("a", "b")) is None
    known.save()

    later = KnownImages(tmp_path)
    assert later.base_of(image("a", "b", "c")) == Base(name="app of 2", layers=2, why="an image scanned before")
    assert later.base_of(image("a", "b", "c", "d")) == Base(name="app of 3", layers=3, why="an image scanned before")
    said = Base(layers=1, why="its history")
    assert later.base_of(image("b", "a", "c", base=said)) == said
    assert later.base_of(image("a", "b", base=said)) == said
    assert later.base_of(image()) is None


def test_a_damaged_memory_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "images.json").write_text('{"cut')
    known = KnownImages(tmp_path)
    known.base_of(image("a"))
    known.save()
    assert KnownImages(tmp_path).base_of(image("a", "b")) == Base(
        name="app of 1", layers=1, why="an image scanned before"
    )
