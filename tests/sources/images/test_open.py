"""Every kind of image source opens, the real ones too; what cannot be read says so in one typed error."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.errors import InputError, LimitExceeded, Malformed, Unreadable, Unsupported
from seawall.safe.limits import Limits
from seawall.sources.images.opening import open_images, recognise
from seawall.sources.images.read import ImageTree, read

ALPINE = ("etc/alpine-release", "lib/apk/db/installed", "bin/busybox")
README = {"README.md": 0}
EXPECTED: dict[str, tuple[str, str, int, dict[str, int]]] = {
    "alpine-310.tar.gz": ("alpine:3.10", "linux/amd64", 1, dict.fromkeys(ALPINE, 0)),
    "dive-test-docker-image.tar": (
        "dive-test:latest",
        "linux/amd64",
        14,
        {"bin/[": 0, "bin/vi": 0, "somefile.txt": 1, "root/saved.txt": 13, "root/.saved.txt": 8},
    ),
    "dive-test-kaniko-image.tar": ("dive-test:kaniko-latest", "linux/amd64", 14, {"bin/[": 0, "root/saved.txt": 13}),
    "dive-test-oci-estargz-image.tar": ("", "linux/arm64", 1, README),
    "dive-test-oci-gzip-image.tar": ("", "linux/arm64", 1, README),
    "dive-test-oci-uncompressed-image.tar": ("", "linux/arm64", 1, README),
    "dive-test-oci-zstd-image.tar": ("", "linux/arm64", 1, README),
    "scalibr-basic.tar": ("basic:latest", "linux/amd64", 2, {"sample.txt": 0, "larger-sample.txt": 1}),
    "scalibr-overwrite-file.tar": ("overwrite-file:latest", "linux/amd64", 2, {"sample.txt": 1}),
    "scalibr-symlink-attack.tar": ("symlink-attack:latest", "linux/amd64", 1, {}),
    "scalibr-symlink-basic.tar": ("symlink-basic:latest", "linux/amd64", 1, {"dir1/sample.txt": 0}),
    "scalibr-symlink-cycle.tar": ("symlink-cycle:latest", "linux/amd64", 1, {}),
    "scalibr-symlink-dangling.tar": ("dangling-symlinks:latest", "linux/amd64", 2, {}),
    "scalibr-symlink-depth-exceeded.tar": ("symlink-depth-exceeded:latest", "linux/amd64", 1, {"dir1/sample.txt": 0}),
    "scalibr-two-files.tar": ("two-files:latest", "linux/amd64", 2, {"foo.txt": 0, "bar.txt": 1}),
}


def read_all(path: Path, **options: Any) -> list[ImageTree[bytes]]:
    everything = {"wants": lambda name: True, "visit": lambda name, content: content}
    return [read(source, **everything, **options) for source in open_images(path)]


def layers_of(image: ImageTree[bytes]) -> dict[str, int]:
    return {path: layer for path, _, layer in image.tree.results()}


def content_of(image: ImageTree[bytes]) -> dict[str, bytes]:
    return {path: content for path, content, _ in image.tree.results()}


@pytest.mark.parametrize("name", EXPECTED)
def test_real_archives(images: Path, name: str) -> None:
    tag, platform, layers, files = EXPECTED[name]
    assert recognise(images / name) == "image-archive"
    (image,) = read_all(images / name)
    assert (image.image.name, image.image.platform, len(image.image.layers)) == (
        tag or str(images / name),
        platform,
        layers,
    )
    assert image.image.not_assessed == ()
    found = layers_of(image)
    assert {path: found.get(path) for path in files} == files
    if not name.startswith(("alpine", "dive-test-docker", "dive-test-kaniko")):
        assert found == files


def test_every_real_archive_is_expected(images: Path) -> None:
    assert {path.name for path in images.iterdir()} == set(EXPECTED)


def test_the_four_packings_of_one_image_hold_the_same(images: Path) -> None:
    contents = [content_of(read_all(path)[0]) for path in sorted(images.glob("dive-test-oci-*"))]
    assert len(contents) == 4
    assert all(content == contents[0] for content in contents)


def test_whiteouts_of_a_real_image(images: Path) -> None:
    (image,) = read_all(images / "dive-test-docker-image.tar")
    assert {path for path in layers_of(image) if path.startswith(("root/", "tmp/"))} == {
        "root/.data/saved.again2.txt",
        "root/.data/tag.sh",
        "root/.data/test.sh",
        "root/.saved.txt",
        "root/saved.txt",
        "tmp/saved.again1.txt",
    }
    assert "cp /root/saved.txt /root/.saved.txt" in image.image.layers[8].created_by


def test_attacks_do_no_harm(images: Path) -> None:
    (attack,) = read_all(images / "scalibr-symlink-attack.tar")
    assert attack.tree.resolve("dir1/attack-symlink.txt") is None
    assert attack.tree.resolve("dir1/attack-symlink-absolute.txt") is None
    (cycle,) = read_all(images / "scalibr-symlink-cycle.tar")
    assert cycle.tree.resolve("dir1/sample.txt") is None
    (deep,) = read_all(images / "scalibr-symlink-depth-exceeded.tar")
    assert deep.tree.resolve("dir1/symlink7.txt") == "dir1/sample.txt"


def test_what_an_image_says_of_itself(make: SimpleNamespace, tmp_path: Path) -> None:
    layers = [make.layer(("file", "a", "1")), make.layer(("file", "b", "2"))]
    layout = make.Layout()
    entry = layout.image(layers, User="app", Cmd=["run"], Entrypoint=["/sh", "-c"], Labels={"k": "v"})
    layout.add(entry, "registry.example/app:1").write(tmp_path)
    assert recognise(tmp_path) == "oci-layout"
    (made,) = read_all(tmp_path)
    image = made.image
    assert (image.name, image.file, image.digest) == ("registry.example/app:1", str(tmp_path), entry["digest"])
    assert (image.user, image.entrypoint, image.command, image.labels) == ("app", ("/sh", "-c"), ("run",), {"k": "v"})
    assert image.created == "2026-01-02T03:04:05Z"
    assert [layer.created_by for layer in image.layers] == ["step 0", "step 1"]
    assert [layer.diff_id for layer in image.layers] == [make.digest(data) for data in layers]


@pytest.mark.parametrize("packing", ["plain", "gzip", "many gzip members", "zstd", "many zstd frames"])
@pytest.mark.parametrize("around", ["folder", "plain", "gzip", "zstd"])
def test_every_packing_inside_every_other(make: SimpleNamespace, tmp_path: Path, packing: str, around: str) -> None:
    layout = make.Layout()
    layers = [make.layer(("file", "a", "x" * 3000)), make.layer(("file", "b", "2"), ("whiteout", "a"))]
    layout.add(layout.image(layers, packing), "v1")
    path = layout.write(tmp_path / "i") if around == "folder" else layout.pack(tmp_path / "i.tar", around)
    assert recognise(path) == ("oci-layout" if around == "folder" else "image-archive")
    for verify in (True, False):
        (image,) = read_all(path, verify=verify)
        assert content_of(image) == {"b": b"2"}
        assert image.image.name == f"{path}:v1"


def test_several_images_in_one_source(make: SimpleNamespace, tmp_path: Path) -> None:
    layout = make.Layout()
    for name in ("one:1", "two:2"):
        layout.add(layout.image([make.layer(("file", name, name))]), name)
    assert [image.image.name for image in read_all(layout.write(tmp_path / "layout"))] == ["one:1", "two:2"]
    files = {"a.tar": make.layer(("file", "a", "1")), "b.tar": make.layer(("file", "b", "2"))}
    manifest = [{"Config": f"{name}.json", "RepoTags": [f"{name}:1"], "Layers": [f"{name}.tar"]} for name in "ab"]
    configs = {f"{name}.json": make.config([files[f"{name}.tar"]]) for name in "ab"}
    path = make.pack(tmp_path / "two.tar", {**files, **configs, "manifest.json": json.dumps(manifest).encode()})
    assert [content_of(image) for image in read_all(path)] == [{"a": b"1"}, {"b": b"2"}]


def platforms(make: SimpleNamespace, *names: str, nested: bool = True) -> Any:
    layout = make.Layout()
    entries = [layout.image([make.layer(("file", "which", name))], platform=name) for name in names]
    statement = layout.image([make.layer(("file", "which", "attestation"))], platform="unknown/unknown")
    if nested:
        return layout.add(layout.index(*entries, statement), "app:1")
    for entry in entries:
        layout.add(entry)
    return layout


@pytest.mark.parametrize("nested", [True, False])
def test_a_platform_is_chosen(make: SimpleNamespace, tmp_path: Path, nested: bool) -> None:
    path = platforms(make, "linux/arm64/v8", "linux/amd64", "windows/amd64", nested=nested).write(tmp_path)
    (default,) = open_images(path)
    assert default.image.platform == "linux/amd64"
    (note,) = default.image.not_assessed
    assert note.what == "image for linux/arm64/v8, windows/amd64"
    assert "--platform" in note.why
    (chosen,) = open_images(path, platform="linux/arm64")
    assert (chosen.image.platform, chosen.image.not_assessed) == ("linux/arm64/v8", ())
    with pytest.raises(
        Unsupported, match=r"no image for linux/s390x; there are linux/amd64, linux/arm64/v8, windows/amd64"
    ):
        open_images(path, platform="linux/s390x")


def test_without_a_usual_platform_none_is_guessed(make: SimpleNamespace, tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match="there are linux/arm64, linux/riscv64"):
        open_images(platforms(make, "linux/arm64", "linux/riscv64").write(tmp_path / "two"))
    (only,) = open_images(platforms(make, "linux/riscv64").write(tmp_path / "one"))
    assert only.image.platform == "linux/riscv64"


def test_a_variant_that_was_not_copied_is_reported(make: SimpleNamespace, tmp_path: Path) -> None:
    layout = make.Layout()
    here, gone = (
        layout.image([make.layer(("file", "a", name))], platform=name) for name in ("linux/amd64", "linux/arm64")
    )
    layout.add(layout.index(here, gone), "app:1")
    del layout.files[f"blobs/{str(gone['digest']).replace(':', '/')}"]
    (image,) = open_images(layout.write(tmp_path))
    assert image.image.platform == "linux/amd64"
    assert [note.why for note in image.image.not_assessed] == ["linux/arm64 is listed but not there"]


def test_artifacts_and_foreign_layers_are_reported(make: SimpleNamespace, tmp_path: Path) -> None:
    layout = make.Layout()
    base, top = make.layer(("file", "windows", "1")), make.layer(("file", "app", "2"))
    entry = layout.image([base, top], "plain")
    name = f"blobs/{str(entry['digest']).replace(':', '/')}"
    manifest = json.loads(layout.files.pop(name))
    manifest["layers"][0]["mediaType"] = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
    del layout.files[f"blobs/{make.digest(base).replace(':', '/')}"]
    kind = "application/vnd.oci.image.manifest.v1+json"
    layout.add(layout.blob(json.dumps(manifest).encode(), kind), "app:1")
    chart = {"schemaVersion": 2, "config": layout.blob(b"{}", "application/vnd.cncf.helm.config.v1+json"), "layers": []}
    layout.add(layout.blob(json.dumps(chart).encode(), kind), "chart:1")
    (image,) = read_all(layout.write(tmp_path))
    assert content_of(image) == {"app": b"2"}
    assert [(note.what, note.why.split(" (")[0]) for note in image.image.not_assessed] == [
        ("image", "chart:1 is no container image"),
        ("image layer", "it is kept elsewhere by its vendor"),
    ]


@pytest.mark.parametrize("what", ["manifest", "config", "layer"])
def test_a_blob_that_is_not_what_its_digest_says(make: SimpleNamespace, tmp_path: Path, what: str) -> None:
    layout = make.Layout()
    entry = layout.image([make.layer(("file", "a", "1"))], "plain")
    manifest = json.loads(layout.files[f"blobs/{str(entry['digest']).replace(':', '/')}"])
    digest = {
        "manifest": entry["digest"],
        "config": manifest["config"]["digest"],
        "layer": manifest["layers"][0]["digest"],
    }
    name = f"blobs/{digest[what].replace(':', '/')}"
    layout.files[name] = layout.files[name].replace(b"step 0", b"step 9") + (b"\0" if what == "layer" else b" ")
    with pytest.raises(Malformed, match=f"digest is sha256:[0-9a-f]+, not {digest[what]}"):
        read_all(layout.add(entry).write(tmp_path))


def test_a_layer_that_is_not_what_its_diff_id_says(make: SimpleNamespace, tmp_path: Path) -> None:
    honest, other = make.layer(("file", "a", "1")), make.layer(("file", "b", "2"))
    files = {"l.tar": other, "c.json": make.config([honest])}
    manifest = [{"Config": "c.json", "Layers": ["l.tar"]}]
    path = make.pack(tmp_path / "x.tar", {**files, "manifest.json": json.dumps(manifest).encode()})
    with pytest.raises(Malformed, match=f"diffID is {make.digest(other)}, not {make.digest(honest)} as claimed"):
        read_all(path)
    layout = make.Layout()
    entry = layout.image([honest], "gzip")
    name = f"blobs/{str(entry['digest']).replace(':', '/')}"
    manifest_of = json.loads(layout.files[name])
    manifest_of["layers"] = [layout.blob(other, "application/vnd.oci.image.layer.v1.tar")]
    layout.add(layout.blob(json.dumps(manifest_of).encode(), str(entry["mediaType"])))
    with pytest.raises(Malformed, match="diffID"):
        read_all(layout.write(tmp_path / "layout"))


def test_layers_that_old_docker_wrote_as_links(make: SimpleNamespace, tmp_path: Path) -> None:
    data = make.layer(("file", "a", "1"))
    manifest = json.dumps([{"Config": "c.json", "Layers": ["one/layer.tar", "two/layer.tar"]}]).encode()
    outer = make.layer(
        ("file", "one/layer.tar", data.decode()),
        ("symlink", "two/layer.tar", "../one/layer.tar"),
        ("file", "c.json", make.config([data, data]).decode()),
        ("file", "manifest.json", manifest.decode()),
    )
    (tmp_path / "old.tar").write_bytes(outer)
    (image,) = read_all(tmp_path / "old.tar")
    assert layers_of(image) == {"a": 1}


def test_an_archive_for_another_platform(make: SimpleNamespace, tmp_path: Path) -> None:
    path = make.docker_archive(tmp_path / "i.tar", [make.layer(("file", "a", "1"))])
    assert len(open_images(path, platform="linux")) == 1
    with pytest.raises(Unsupported, match="no image for linux/arm64; there are linux/amd64"):
        open_images(path, platform="linux/arm64")


BAD_MANIFESTS = [
    b"",
    b"[]",
    b"{}",
    b"[{}]",
    b'[{"Config":"nowhere.json","Layers":[]}]',
    b'[{"Config":"c.json","Layers":["nowhere.tar"]}]',
    b'[{"Config":"c.json","Layers":[]}]',
    b'[{"Config":"c.json","Layers":{"0":"l.tar"}}]',
    b'[{"Config":"../../etc/hostname","Layers":["l.tar"]}]',
    b"[" * 10_000,
]


@pytest.mark.parametrize("manifest", BAD_MANIFESTS)
def test_documents_of_the_wrong_shape(make: SimpleNamespace, tmp_path: Path, manifest: bytes) -> None:
    data = make.layer(("file", "a", "1"))
    files = {"l.tar": data, "c.json": make.config([data]), "manifest.json": manifest}
    with pytest.raises(InputError):
        read_all(make.pack(tmp_path / "x.tar", files))


BAD_INDEXES = [
    b"null",
    b'{"manifests":[{"digest":"sha256:../../../etc/passwd"}]}',
    b'{"manifests":[{"digest":7}]}',
    b'{"manifests":[{"digest":"sha256:' + b"0" * 64 + b'"}]}',
    b'{"manifests":[]}',
]


@pytest.mark.parametrize("index", BAD_INDEXES)
def test_indexes_of_the_wrong_shape(tmp_path: Path, index: bytes) -> None:
    (tmp_path / "oci-layout").write_bytes(b"{}")
    (tmp_path / "index.json").write_bytes(index)
    with pytest.raises(InputError):
        read_all(tmp_path)


def test_an_index_inside_itself_many_times(make: SimpleNamespace, tmp_path: Path) -> None:
    layout = make.Layout()
    entry = layout.image([make.layer(("file", "a", "1"))])
    for _ in range(6):
        entry = layout.index(entry)
    with pytest.raises(Unsupported, match="deep"):
        open_images(layout.add(entry).write(tmp_path))


def test_indexes_that_fan_out_are_read_once(make: SimpleNamespace, tmp_path: Path) -> None:
    layout = make.Layout()
    entry = layout.image([make.layer(("file", "a", "1"))])
    for _ in range(3):
        entry = layout.index(*[entry] * 2000)
    assert len(open_images(layout.add(entry).write(tmp_path))) == 1


def test_what_is_no_image(tmp_path: Path, make: SimpleNamespace) -> None:
    (tmp_path / "text").write_text("blobs/sha256 " * 100)
    (tmp_path / "empty").touch()
    source = make.pack(tmp_path / "source.tar.gz", {"src/main.c": b"", "README": b""}, "gzip")
    old = make.pack(tmp_path / "old.tar", {"repositories": b"{}"})
    os.mkfifo(tmp_path / "pipe")
    assert [recognise(tmp_path / name) for name in ("text", "empty", "pipe", "nowhere", "")] == [None] * 5
    assert recognise(source) is None
    for path, error in (
        (source, Unsupported),
        (old, Unsupported),
        (tmp_path, Unsupported),
        (tmp_path / "text", Malformed),
        (tmp_path / "empty", Unsupported),
        (tmp_path / "pipe", Unreadable),
        (tmp_path / "nowhere", Unreadable),
    ):
        with pytest.raises(error):
            open_images(path)


def test_links_in_a_layout_that_lead_out_of_it_are_not_followed(make: SimpleNamespace, tmp_path: Path) -> None:
    layout = make.Layout()
    layout.add(layout.image([make.layer(("file", "a", "1"))])).write(tmp_path / "layout")
    (tmp_path / "layout/index.json").rename(tmp_path / "elsewhere.json")
    (tmp_path / "layout/index.json").symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(Unsupported):
        open_images(tmp_path / "layout")


def test_cut_short_at_every_block(images: Path, tmp_path: Path) -> None:
    whole = (images / "scalibr-basic.tar").read_bytes()
    cut = tmp_path / "cut.tar"
    complete = 0
    for end in [*range(0, len(whole), 512), *range(100, len(whole), 1777)]:
        cut.write_bytes(whole[:end])
        try:
            complete += sum(
                1 for image in read_all(cut) if layers_of(image) == {"sample.txt": 0, "larger-sample.txt": 1}
            )
        except InputError:
            continue
        assert end > whole.index(b"manifest.json")
    assert complete


@pytest.mark.parametrize("name", ["alpine-310.tar.gz", "dive-test-oci-zstd-image.tar"])
def test_cut_short_anywhere(images: Path, tmp_path: Path, name: str) -> None:
    whole = (images / name).read_bytes()
    cut = tmp_path / name
    for tenth in range(10):
        cut.write_bytes(whole[: len(whole) * tenth // 10])
        with pytest.raises(InputError):
            read_all(cut)


@settings(max_examples=150)
@given(st.lists(st.tuples(st.integers(0, 14_000), st.integers(0, 255)), min_size=1, max_size=3))
@pytest.mark.parametrize("name", ["scalibr-symlink-dangling.tar", "dive-test-oci-estargz-image.tar"])
def test_damaged_images_are_refused_or_read(
    images: Path, workplace: Path, name: str, damage: list[tuple[int, int]]
) -> None:
    data = bytearray((images / name).read_bytes())
    for at, value in damage:
        data[at % len(data)] = value
    (workplace / name).write_bytes(data)
    with contextlib.suppress(InputError):
        read_all(workplace / name)


def test_a_bomb_inside_an_image(make: SimpleNamespace, tmp_path: Path) -> None:
    layout = make.Layout()
    layout.add(layout.image([make.layer(("file", "a", "x" * 100_000))]))
    (source,) = open_images(layout.write(tmp_path))
    with pytest.raises(LimitExceeded, match="layer_bytes"):
        read(source, wants=lambda path: False, visit=lambda path, data: data, limits=Limits(layer_bytes=50_000))
