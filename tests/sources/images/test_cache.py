"""What is known of layers: kept by digests that were computed, shared by processes, bounded, not trusted blindly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.errors import Malformed
from seawall.sources.images.cache import LayerCache
from seawall.sources.images.image import ImageSource
from seawall.sources.images.layer import LayerFacts, Unread
from seawall.sources.images.opening import open_images
from seawall.sources.images.read import read

ROOT = Path(__file__).resolve().parents[3]
D = "sha256:" + "d" * 64


class Found(msgspec.Struct, tag=True):
    text: str


@pytest.fixture
def cache(tmp_path: Path) -> Callable[..., LayerCache[Found]]:
    def cache(fingerprint: str = "1", size: int = 1 << 20) -> LayerCache[Found]:
        return LayerCache(tmp_path / "cache", fingerprint=fingerprint, kind=Found, size=size)

    return cache


def files(source: ImageSource, kept: LayerCache[Found] | None = None, verify: bool = False) -> dict[str, str]:
    found = read(
        source,
        wants=lambda path: path.endswith("wanted"),
        visit=lambda path, content: Found(content.decode()),
        exact=("lib/one",),
        verify=verify,
        kept=kept,
    )
    return {path: result.text for path, result, _ in found.tree.results()}


def unreadable(source: ImageSource) -> ImageSource:
    """The same image, whose layers cannot be opened."""
    layers = tuple(layer and msgspec.structs.replace(layer, open=_forbidden) for layer in source.layers)
    return msgspec.structs.replace(source, layers=layers)


def _forbidden() -> None:
    raise AssertionError("a layer was opened")


@pytest.fixture
def image(make: SimpleNamespace, tmp_path: Path) -> ImageSource:
    lower = make.layer(("file", "usr/lib/one", "1"), ("symlink", "lib", "usr/lib"), ("file", "a/wanted", "A"))
    upper = make.layer(("file", "b/wanted", "B"), ("whiteout", "a/wanted"), ("symlink", "c/wanted", "../usr/lib/one"))
    layout = make.Layout()
    (tmp_path / "layout").mkdir()
    (source,) = open_images(layout.add(layout.image((lower, upper))).write(tmp_path / "layout"))
    return source


def test_a_warm_scan_reads_no_layer(image: ImageSource, cache: Callable[..., LayerCache[Found]]) -> None:
    cold = files(image, cache())
    assert cold == {"b/wanted": "B", "c/wanted": "1", "lib/one": "1"}
    assert files(unreadable(image), cache()) == cold
    with pytest.raises(AssertionError):
        files(unreadable(image), cache(fingerprint="2"))
    with pytest.raises(AssertionError):
        files(unreadable(image), cache(), verify=True)


def test_only_what_was_verified_is_kept(image: ImageSource, cache: Callable[..., LayerCache[Found]]) -> None:
    claims = tuple(layer and msgspec.structs.replace(layer, digest=D) for layer in image.layers)
    with pytest.raises(Malformed):
        files(msgspec.structs.replace(image, layers=claims), cache())
    assert cache().get(D) is None
    unnamed = tuple(layer and msgspec.structs.replace(layer, digest="") for layer in image.layers)
    files(msgspec.structs.replace(image, layers=unnamed), cache())
    assert not list(cache()._folder.glob("*"))


def test_a_claimed_diff_id_poisons_nothing(
    make: SimpleNamespace, tmp_path: Path, cache: Callable[..., LayerCache[Found]]
) -> None:
    """An image that claims the diffIDs of another for its own layers changes nothing for that other."""
    good = make.layer(("file", "x/wanted", "good"))
    evil = make.layer(("file", "x/wanted", "evil"))
    sources = []
    for name, content, claim in (("evil", evil, good), ("good", good, good)):
        layout = make.Layout()
        entry = layout.image((content,))
        manifest = layout.files[f"blobs/{entry['digest'].replace(':', '/')}"]
        lying = manifest.replace(
            make.digest(make.config((content,))).encode(), make.digest(make.config((claim,))).encode()
        )
        layout.blob(make.config((claim,)), "")
        entry |= layout.blob(lying, "application/vnd.oci.image.manifest.v1+json")
        (tmp_path / name).mkdir()
        sources += open_images(layout.add(entry).write(tmp_path / name))
    assert sources[0].layers[0].diff_id == sources[1].layers[0].diff_id
    assert files(sources[0], cache()) == {"x/wanted": "evil"}
    assert files(sources[1], cache()) == {"x/wanted": "good"}
    with pytest.raises(Malformed, match="diffID"):
        files(sources[0], cache(), verify=True)


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0/"), max_size=8).map(
    lambda text: text.encode().replace(b"x", b"\xff\x80").decode("utf-8", "surrogateescape")
)


@given(st.dictionaries(NAMES, NAMES, max_size=4), st.booleans())
def test_facts_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, names: dict[str, str], bad: bool
) -> None:
    folder = tmp_path_factory.getbasetemp() / "facts"
    cache = LayerCache[Found](folder, fingerprint="1", kind=Found, size=1 << 30)
    facts = LayerFacts[Found](
        folders={"": dict.fromkeys(names, "file")},
        symlinks=names,
        whiteouts=list(names),
        results=dict.fromkeys(names, Unread("why") if bad else Found("x")),
        notes=["a note"],
        digest=D,
    )
    cache.put(D, facts)
    assert cache.get(D) == facts
    assert cache.get(D, "another part") is None


@given(st.integers(0), st.binary(min_size=1, max_size=40), st.booleans())
def test_a_damaged_entry_is_as_good_as_absent(
    tmp_path_factory: pytest.TempPathFactory, at: int, garbage: bytes, cut: bool
) -> None:
    folder = tmp_path_factory.getbasetemp() / "damaged"
    cache = LayerCache[Found](folder, fingerprint="1", kind=Found, size=1 << 30)
    facts = LayerFacts(results={"a": Found("b")}, digest=D)
    cache.put(D, facts)
    (path,) = folder.glob("*.layer")
    entry = path.read_bytes()
    at %= len(entry)
    damaged = entry[:at] if cut else entry[:at] + garbage + entry[at + len(garbage) :]
    path.write_bytes(damaged)
    assert cache.get(D) == (facts if damaged == entry else None)
    cache.put(D, facts)
    assert cache.get(D) == facts


def test_an_entry_under_another_name_is_not_taken(cache: Callable[..., LayerCache[Found]], tmp_path: Path) -> None:
    other = "sha256:" + "e" * 64
    cache().put(D, LayerFacts(digest=D))
    (mine,) = (tmp_path / "cache").glob("*")
    cache().put(other, LayerFacts(digest=other))
    (theirs,) = set((tmp_path / "cache").glob("*")) - {mine}
    mine.replace(theirs)
    assert cache().get(other) is None


def test_the_folder_is_bounded_and_the_least_used_goes(cache: Callable[..., LayerCache[Found]], tmp_path: Path) -> None:
    kept = cache(size=20_000)
    digests = [f"sha256:{number:064x}" for number in range(12)]
    for age, digest in enumerate(digests):
        kept.put(digest, LayerFacts(results={"a": Found("x" * 3_000)}))
        for path in (tmp_path / "cache").glob("*.layer"):
            if path.stat().st_mtime > 1_000_000:
                os.utime(path, (1_000 + age, 1_000 + age))
        kept.get(digests[0])
    kept.put("sha256:" + "f" * 64, LayerFacts())
    kept.prune()
    assert sum(path.stat().st_size for path in (tmp_path / "cache").iterdir()) <= 20_000
    assert kept.get(digests[0])
    assert kept.get(digests[1]) is None
    assert kept.get(digests[-1])


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = LayerCache[Found](tmp_path / "file/cache", fingerprint="1", kind=Found, size=1 << 20)
    cache.put(D, LayerFacts())
    assert cache.get(D) is None
    cache.prune()


WRITER = """
import sys
from pathlib import Path
from seawall.sources.images.cache import LayerCache
from seawall.sources.images.layer import LayerFacts
cache = LayerCache(Path(sys.argv[1]), fingerprint="1", kind=str, size=50_000_000)
print("ready", flush=True)
while True:
    for number in range(40):
        text = str(number) * (number * 20_000)
        cache.put(f"sha256:{number:064x}", LayerFacts(notes=[text], digest=str(number)))
        known = cache.get(f"sha256:{number:064x}")
        assert known is None or (known.digest == str(number) and set(known.notes[0]) <= set(str(number)))
"""


def test_processes_that_write_at_once_and_are_killed_leave_it_sound(tmp_path: Path) -> None:
    command = (sys.executable, "-c", WRITER, str(tmp_path / "cache"))
    for _ in range(2):
        writers = [
            subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, stdout=subprocess.PIPE)
            for _ in range(3)
        ]
        ready = [writer.stdout and writer.stdout.readline() for writer in writers]
        time.sleep(0.6)
        running = [writer.poll() for writer in writers]
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
            writer.communicate()
        assert (ready, running) == ([b"ready\n"] * 3, [None] * 3)
    cache = LayerCache[str](tmp_path / "cache", fingerprint="1", kind=str, size=1)
    sound = 0
    for number in range(40):
        known = cache.get(f"sha256:{number:064x}")
        sound += known is not None
        assert known is None or len(known.notes[0]) == len(str(number)) * number * 20_000
    assert sound > 20
    left = list((tmp_path / "cache").glob("*.new"))
    for path in left:
        os.utime(path, (1, 1))
    cache.put(D, LayerFacts())
    cache.prune()
    assert not list((tmp_path / "cache").glob("*.new"))
