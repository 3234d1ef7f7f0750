"""Images where Docker and containerd keep them: their folders as written by them, and Docker's socket."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from bolt_files import Tree, database
from seawall.errors import SeawallError, Unreadable, Unsupported, UsageError
from seawall.safe.limits import DEFAULT, Limits
from seawall.sources.images.read import read
from seawall.sources.images.stores.containerd import Containerd, chains
from seawall.sources.images.stores.docker_daemon import DockerDaemon
from seawall.sources.images.stores.docker_folder import DockerFolder
from seawall.sources.images.stores.opening import is_store, open_folder
from seawall.sources.images.stores.store import Store, completed

NAME = "shop.example/team/app:2"
LOWER = (("file", "keep/a", "1"), ("file", "gone/b", "1"), ("file", "hidden/c", "1"), ("file", "hidden/d", "1"))
UPPER = (("whiteout", "gone/b"), ("opaque", "hidden"), ("file", "hidden/e", "2"), ("file", "new", "2"))
VISIBLE = ["hidden/e", "keep/a", "new"]


def visible(store: Store, name: str = NAME, platform: str | None = None) -> list[str]:
    (source,) = store.open(name, platform)
    assert len(source.image.layers) == 2
    assert all(source.layers)
    found = read(source, wants=lambda path: True, visit=lambda path, content: content, verify=False)
    return [path for path, _, _ in found.tree.results()]


@pytest.fixture(scope="module")
def archive(make: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "app.tar"
    image: Path = make.docker_archive(path, [make.layer(*LOWER), make.layer(*UPPER)], tag=NAME)
    return image


def started(command: list[str], ready: Callable[[], object], log: Path) -> Iterator[None]:
    """A daemon of our own, for as long as the tests need it."""
    if not shutil.which(command[0]) or os.geteuid():
        pytest.skip(f"{command[0]} is not installed, or this is not root")
    with log.open("wb") as out:
        daemon = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
    try:
        for _ in range(150):
            if ready():
                break
            if daemon.poll() is not None:
                pytest.skip(f"{command[0]} does not run here: {log.read_text()[-300:]}")
            time.sleep(0.1)
        else:
            pytest.skip(f"{command[0]} does not answer here")
        yield
    finally:
        if daemon.poll() is None:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(20)


def ran(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def docker(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a daemon that has the image; its socket is `socket` in it."""
    folder = tmp_path_factory.mktemp("docker")
    client = ["docker", "-H", f"unix://{folder}/socket"]
    command = ["dockerd", "--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver=overlay2"]
    places = ["--data-root", f"{folder}/data", "--exec-root", f"{folder}/run", "-p", f"{folder}/pid"]
    command += [*places, "-H", f"unix://{folder}/socket"]
    for _ in started(command, lambda: ran(*client, "version"), folder / "log"):
        assert ran(*client, "load", "-i", str(archive))
        yield folder


@pytest.fixture(scope="module")
def node(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("containerd")
    client = ["ctr", "-a", f"{folder}/socket", "-n", "k8s.io"]
    command = ["containerd", "--root", f"{folder}/data", "--state", f"{folder}/run", "-a", f"{folder}/socket"]
    for _ in started(command, lambda: ran(*client, "version"), folder / "log"):
        assert ran(*client, "images", "import", str(archive))
        yield folder / "data"


def test_the_folder_of_docker(docker: Path) -> None:
    store = open_folder(docker / "data", DEFAULT)
    assert store.names() == (NAME,)
    assert visible(store) == VISIBLE
    (source,) = store.open(NAME, None)
    assert (source.image.platform, source.image.layers[1].created_by) == ("linux/amd64", "step 1")
    with pytest.raises(Unsupported, match="no image for linux/arm64"):
        store.open(NAME, "linux/arm64")
    with pytest.raises(Unreadable, match="no image app:3"):
        store.open("app:3", None)


def test_the_daemon_of_docker(docker: Path) -> None:
    daemon = DockerDaemon(f"unix://{docker}/socket", DEFAULT, user_agent="test")
    assert daemon.names() == (NAME,)
    assert visible(daemon) == VISIBLE
    with pytest.raises(Unreadable, match="no image nope") as caught:
        daemon.open("nope", None)
    assert NAME in caught.value.hint
    small = DockerDaemon(f"unix://{docker}/socket", Limits(http_bytes=2000), user_agent="test")
    with pytest.raises(SeawallError, match="http_bytes"):
        small.open(NAME, None)
    daemon.close()


def test_a_node_of_kubernetes(node: Path) -> None:
    assert is_store(node)
    store = open_folder(node, DEFAULT)
    assert store.names() == (NAME,)
    assert visible(store) == VISIBLE


def test_a_node_that_throws_archives_away(node: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    assert ran("cp", "-a", str(node), str(copy))
    (source,) = Containerd(copy, DEFAULT).open(NAME, None)
    for layer in source.image.layers:
        (copy / "io.containerd.content.v1.content/blobs" / layer.digest.replace(":", "/")).unlink()
    assert visible(Containerd(copy, DEFAULT)) == VISIBLE
    shutil.rmtree(copy / "io.containerd.snapshotter.v1.overlayfs/snapshots")
    (source,) = Containerd(copy, DEFAULT).open(NAME, None)
    assert source.layers == (None, None)
    assert [gap.what for gap in source.image.not_assessed] == ["image layer", "image layer"]


def test_the_records_of_containerd(make: SimpleNamespace, tmp_path: Path) -> None:
    """Without containerd: one image under the three names that a kubelet's runtime gives, and one in two namespaces."""
    layout = make.Layout()
    first, second = (layout.image([make.layer(("file", name, "1"))]) for name in ("a", "b"))
    layout.write(tmp_path / "io.containerd.content.v1.content")

    def image(entry: dict[str, object]) -> Tree:
        return {b"target": {b"digest": str(entry["digest"]).encode(), b"mediatype": str(entry["mediaType"]).encode()}}

    k8s: Tree = {b"docker.io/library/nginx:1": image(first), b"sha256:" + b"0" * 64: image(first)}
    k8s[b"docker.io/library/nginx@sha256:" + b"1" * 64] = image(first)
    spaces: Tree = {b"k8s.io": {b"images": k8s}, b"moby": {b"images": {b"docker.io/library/nginx:1": image(second)}}}
    records = tmp_path / "io.containerd.metadata.v1.bolt/meta.db"
    records.parent.mkdir()
    records.write_bytes(database({b"v1": spaces}))
    store = Containerd(tmp_path, DEFAULT)
    assert store.names() == ("docker.io/library/nginx:1", "docker.io/library/nginx:1 (moby)")
    (source,) = store.open("nginx:1", None)
    assert (source.image.name, source.image.digest) == ("docker.io/library/nginx:1", first["digest"])


@pytest.mark.parametrize("driver", ["vfs", "btrfs"])
def test_a_folder_of_docker_without_layers(driver: str, tmp_path: Path) -> None:
    (tmp_path / "image" / driver).mkdir(parents=True)
    (tmp_path / "image" / driver / "repositories.json").write_text("{}")
    assert is_store(tmp_path)
    with pytest.raises(Unsupported, match=driver):
        DockerFolder(tmp_path, DEFAULT)


@pytest.mark.parametrize("host", ["ssh://me@there", "tcp://there:2376", "npipe:////./pipe/docker_engine"])
def test_ways_to_a_daemon_that_are_not_taken(host: str) -> None:
    with pytest.raises(UsageError, match="not supported"):
        DockerDaemon(host, DEFAULT, user_agent="test")


def test_nobody_at_the_socket(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no Docker daemon answers") as caught:
        DockerDaemon(f"unix://{tmp_path}/none", DEFAULT, user_agent="test")
    assert "DOCKER_HOST" in caught.value.hint


def test_names_and_chains() -> None:
    assert completed("nginx") == completed("docker.io/library/nginx:latest")
    assert completed("nginx@sha256:1") != completed("nginx")
    zeros, ones = "sha256:" + "0" * 64, "sha256:" + "1" * 64
    both = hashlib.sha256(f"{zeros} {ones}".encode()).hexdigest()
    assert list(chains([zeros, ones])) == [zeros, f"sha256:{both}"]
