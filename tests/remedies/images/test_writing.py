"""The image writer: what is removed is gone from every blob, what is not touched stays as it is."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.errors import Malformed, UsageError
from seawall.remedies.images.rewrite import Added, Rewrite
from seawall.remedies.images.writing import write
from seawall.safe.compression import open_stream
from seawall.safe.packing import Entry, write_tar
from seawall.sources.images.image import ImageSource
from seawall.sources.images.opening import open_images
from seawall.sources.images.read import read

NAMES = ("bin/sh", "bin/curl", "etc/passwd", "usr/lib/libc.so", "usr/lib/deep/er/file", "opt/app/main")


def secret(name: str, layer: int) -> bytes:
    return (hashlib.sha256(f"{name} {layer}".encode()).hexdigest() * 4).encode()


def tar_of(entries: list[tuple[str, str, Any]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as out:
        for kind, name, value in entries:
            info = tarfile.TarInfo(name)
            info.mtime, info.uid, info.mode = 1234567890, 1000, 0o755
            if kind == "file":
                info.size = len(value)
                info.pax_headers = {"SCHILY.xattr.security.capability": "\x01capability"}
            else:
                info.type = {"hardlink": tarfile.LNKTYPE, "symlink": tarfile.SYMTYPE, "device": tarfile.CHRTYPE}[kind]
                info.linkname = value
            out.addfile(info, io.BytesIO(value) if kind == "file" else None)
    return buffer.getvalue()


def image(folder: Path, layers: list[bytes], packed: bool = True) -> ImageSource:
    import gzip

    def sha(data: bytes) -> str:
        return f"sha256:{hashlib.sha256(data).hexdigest()}"

    def blob(data: bytes, kind: str) -> dict[str, Any]:
        (folder / "blobs/sha256").mkdir(parents=True, exist_ok=True)
        (folder / "blobs" / sha(data).replace(":", "/")).write_bytes(data)
        return {"mediaType": kind, "digest": sha(data), "size": len(data)}

    config = {
        "os": "linux", "architecture": "amd64", "created": "2026-01-01T00:00:00Z", "x-unknown": {"kept": True},
        "config": {"User": "root", "Env": ["PATH=/bin", "A=1"], "Labels": {"a": "1"}, "Cmd": ["/bin/sh"]},
        "rootfs": {"type": "layers", "diff_ids": [sha(layer) for layer in layers]},
        "history": [{"created_by": f"step {at}"} for at in range(len(layers))],
    }  # fmt: skip
    stored = [gzip.compress(layer) if packed else layer for layer in layers]
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": blob(json.dumps(config).encode(), "application/vnd.oci.image.config.v1+json"),
        "layers": [blob(layer, "application/vnd.oci.image.layer.v1.tar+gzip") for layer in stored],
    }
    entry = blob(json.dumps(manifest).encode(), "application/vnd.oci.image.manifest.v1+json")
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    return open_images(folder)[0]


def unpacked(folder: Path) -> list[bytes]:
    """Every blob of a layout, unpacked."""
    contents = []
    for path in sorted((folder / "blobs/sha256").iterdir()):
        with path.open("rb") as file:
            stream = open_stream(file, where=str(path))
            contents.append(b"".join(iter(lambda s=stream: s.read(1 << 20), b"")))  # type: ignore[misc]
    return contents


def files(source: ImageSource) -> dict[str, bytes]:
    tree = read(source, wants=lambda path: True, visit=lambda path, content: content).tree
    return {path: content for path, content, _ in tree.results()}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sets(st.sampled_from(NAMES), min_size=1), min_size=1, max_size=3),
    st.sets(st.sampled_from((*NAMES, "usr/lib", "bin", "no/such")), max_size=3),
    st.sampled_from(["gzip-fast", "gzip", "zstd", "plain"]),
)
def test_exactly_what_is_removed_is_gone(
    tmp_path_factory: pytest.TempPathFactory, layers: list[set[str]], removed: set[str], packing: Any
) -> None:
    folder = tmp_path_factory.mktemp("image")
    made = [tar_of([("file", n, secret(n, at)) for n in sorted(names)]) for at, names in enumerate(layers)]
    source = image(folder / "in", made)
    before = files(source)
    written = write(source, Rewrite(remove=frozenset(removed), packing=packing), folder / "out")
    after = files(open_images(folder / "out")[0])

    def goes(name: str) -> bool:
        return any(name == path or name.startswith(f"{path}/") for path in removed)

    assert after == {path: content for path, content in before.items() if not goes(path)}
    blobs = unpacked(folder / "out")
    for at, names in enumerate(layers):
        touched = any(goes(name) for name in names)
        assert written.layers[at].changed == touched
        assert touched or written.layers[at].digest == source.image.layers[at].digest
        for name in names:
            assert any(secret(name, at) in blob for blob in blobs) != goes(name)


def test_headers_are_kept_byte_for_byte(tmp_path: Path) -> None:
    long = "a/" * 90 + "file"
    entries = [
        ("file", "gone", b"x" * 700),
        ("file", long, b"kept"),
        ("device", "dev/null", ""),
        ("symlink", "l", long),
    ]
    whole = tar_of(entries)
    out = tmp_path / "out"
    write(image(tmp_path / "in", [whole]), Rewrite(remove=frozenset({"gone"}), packing="plain"), out)
    kept = tar_of(entries[1:]).rstrip(b"\0")
    assert any(blob.rstrip(b"\0") == kept for blob in unpacked(out))


def test_hard_links_inherit_what_they_name(tmp_path: Path) -> None:
    entries = [("file", "one", b"content" * 100), ("hardlink", "two", "one"), ("hardlink", "b/" * 80 + "three", "one")]
    source = image(tmp_path / "in", [tar_of(entries)])
    write(source, Rewrite(remove=frozenset({"one"}), packing="plain"), tmp_path / "out")
    layer = max(unpacked(tmp_path / "out"), key=len)
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        first, second = archive.getmembers()
        assert (first.name, first.isfile(), second.islnk(), second.linkname) == ("two", True, True, "two")
        assert archive.extractfile(first).read() == b"content" * 100  # type: ignore[union-attr]
        assert first.pax_headers["SCHILY.xattr.security.capability"] == "\x01capability"
        assert (first.uid, first.mtime, first.mode) == (1000, 1234567890, 0o755)


def test_a_link_of_a_lower_layer_leads_to_what_is_removed(tmp_path: Path) -> None:
    layers = [tar_of([("symlink", "bin", "usr/bin")]), tar_of([("file", "bin/curl", secret("curl", 1))])]
    write(image(tmp_path / "in", layers), Rewrite(remove=frozenset({"usr/bin/curl"})), tmp_path / "out")
    assert not any(secret("curl", 1) in blob for blob in unpacked(tmp_path / "out"))


def changes() -> Rewrite:
    added = Added(write=lambda sink: write_tar([Entry(name="etc/new", content=b"new")], sink), created_by="seawall")
    return Rewrite(
        remove=frozenset({"bin/curl"}), add=(added,), user="65532:65532", entrypoint=("/opt/app/main",), command=(),
        environment={"A": "2"}, labels={"b": "2"}, annotations={"n": "v"}, created="2026-02-02T00:00:00Z",
        name="registry.example/app:1", note="seawall harden", provenance={"buildDefinition": {"buildType": "x"}},
    )  # fmt: skip


def two_layers(folder: Path) -> ImageSource:
    return image(folder, [tar_of([("file", n, secret(n, at)) for n in NAMES]) for at in range(2)])


@pytest.mark.parametrize("form", ["oci", "archive"])
def test_the_configuration_is_changed_where_it_is_said(tmp_path: Path, form: Any) -> None:
    out = tmp_path / "out"
    written = write(two_layers(tmp_path / "in"), changes(), out, form=form)
    again = open_images(out)[0]
    assert again.image.digest == written.digest
    assert again.image.name == "registry.example/app:1"
    assert (again.image.user, again.image.entrypoint, again.image.command) == ("65532:65532", ("/opt/app/main",), ())
    assert again.image.labels == {"a": "1", "b": "2"}
    assert again.config["x-unknown"] == {"kept": True}
    assert again.config["config"]["Env"] == ["PATH=/bin", "A=2"]
    assert [layer.created_by for layer in again.image.layers] == ["step 0", "step 1", "seawall"]
    assert files(again)["etc/new"] == b"new"
    assert "bin/curl" not in files(again)


def test_the_statement_is_on_the_image_that_was_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    written = write(two_layers(tmp_path / "in"), changes(), out)
    (listed,) = json.loads((out / "referrers.json").read_bytes())["manifests"]
    assert listed["digest"] == written.statement
    manifest = json.loads((out / "blobs" / listed["digest"].replace(":", "/")).read_bytes())
    assert manifest["subject"]["digest"] == written.digest
    statement = json.loads((out / "blobs" / manifest["layers"][0]["digest"].replace(":", "/")).read_bytes())
    assert statement["subject"] == [
        {"name": "registry.example/app:1", "digest": {"sha256": written.digest.removeprefix("sha256:")}}
    ]
    assert statement["predicate"] == {"buildDefinition": {"buildType": "x"}}


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    source = two_layers(tmp_path / "in")
    for name in ("a", "b"):
        write(source, changes(), tmp_path / name, form="archive")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_nothing_is_overwritten_unless_forced(tmp_path: Path) -> None:
    source, out = two_layers(tmp_path / "in"), tmp_path / "out"
    first = write(source, Rewrite(), out)
    with pytest.raises(UsageError, match="there already"):
        write(source, changes(), out)
    assert open_images(out)[0].image.digest == first.digest
    assert write(source, changes(), out, force=True).digest != first.digest
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine").write_text("x")
    with pytest.raises(UsageError, match="something else"):
        write(source, changes(), other, force=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "other", "out"]


def test_a_damaged_or_interrupted_image_leaves_nothing(tmp_path: Path) -> None:
    source = two_layers(tmp_path / "in")
    blob = tmp_path / "in/blobs" / source.image.layers[1].digest.replace(":", "/")
    content = blob.read_bytes()
    blob.write_bytes(content[:-20] + bytes(20))
    with pytest.raises(Malformed):
        write(source, Rewrite(), tmp_path / "out")
    blob.write_bytes(content)

    def interrupted(sink: object) -> None:
        raise KeyboardInterrupt

    def full(sink: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(KeyboardInterrupt):
        write(source, Rewrite(add=(Added(write=interrupted, created_by=""),)), tmp_path / "out")
    with pytest.raises(UsageError, match="No space left"):
        write(source, Rewrite(add=(Added(write=full, created_by=""),)), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


@pytest.mark.skipif(not shutil.which("skopeo"), reason="skopeo is not there")
@pytest.mark.parametrize("form", ["oci", "archive"])
def test_skopeo_reads_it(tmp_path: Path, form: Any) -> None:
    out = tmp_path / "out"
    written = write(two_layers(tmp_path / "in"), changes(), out, form=form)
    names = {"oci": [f"oci:{out}:1"], "archive": [f"oci-archive:{out}:1", f"docker-archive:{out}"]}[form]
    for name in names:
        command = ["skopeo", "inspect", name]
        shown = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)
        assert shown["Labels"] == {"a": "1", "b": "2"}
        assert len(shown["Layers"]) == 3
    command = ["skopeo", "--insecure-policy", "copy", names[0], f"dir:{tmp_path / 'copy'}"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    manifest = (tmp_path / "copy/manifest.json").read_bytes()
    assert f"sha256:{hashlib.sha256(manifest).hexdigest()}" == written.digest
