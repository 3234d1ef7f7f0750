"""A real registry with TLS and a password, filled by skopeo, through the command line."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import socket
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from .conftest import Seawall

PROGRAMS = ("docker-registry", "skopeo", "htpasswd", "openssl")
MISSING = [name for name in PROGRAMS if not shutil.which(name)]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")

SECRET = "pa55-Xy72"
APK = "P:{0}\nV:{1}\nA:x86_64\no:{0}\n\n"


class Registry(NamedTuple):
    host: str
    certificate: Path
    docker: Path
    log: Path

    def layers_sent(self) -> int:
        """Blobs that were handed out so far."""
        return sum("blobs/sha256" in line and "GET" in line and "status=200" in line for line in self._lines())

    def _lines(self) -> list[str]:
        return self.log.read_text().splitlines()


def image(path: Path, *packages: tuple[str, str]) -> Path:
    """A docker archive: a layer with an Alpine, one with a package database for each list."""
    layers = []
    for names in (packages[:1], packages):
        installed = "".join(APK.format(*package) for package in names)
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as out:
            release = "ID=alpine\nVERSION_ID=3.20.1\n"
            for name, text in (("etc/os-release", release), ("lib/apk/db/installed", installed)):
                info = tarfile.TarInfo(name)
                info.size = len(text)
                out.addfile(info, io.BytesIO(text.encode()))
        layers.append(buffer.getvalue())
    diff_ids = [f"sha256:{hashlib.sha256(data).hexdigest()}" for data in layers]
    config = json.dumps({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": diff_ids}})
    manifest = [{"Config": "c.json", "RepoTags": [], "Layers": [f"{index}.tar" for index in range(len(layers))]}]
    files = {f"{index}.tar": data for index, data in enumerate(layers)}
    with tarfile.open(path, "w") as out:
        for name, data in {**files, "c.json": config.encode(), "manifest.json": json.dumps(manifest).encode()}.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))
    return path


def run(*command: object, cwd: Path) -> str:
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    home = tmp_path_factory.mktemp("registry")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    run(
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=registry.test"),
        *("-addext", "subjectAltName=IP:0.0.0.0", "-keyout", "key.pem", "-out", "cert.pem"),
        cwd=home,
    )
    (home / "htpasswd").write_text(run("htpasswd", "-Bbn", "robot", SECRET, cwd=home))
    settings = {
        "version": 0.1,
        "storage": {"filesystem": {"rootdirectory": str(home / "store")}},
        "http": {"addr": f"127.0.0.1:{port}", "tls": {"certificate": "cert.pem", "key": "key.pem"}},
        "auth": {"htpasswd": {"realm": "test", "path": "htpasswd"}},
    }
    (home / "config.yml").write_text(json.dumps(settings))
    login = base64.b64encode(f"robot:{SECRET}".encode()).decode()
    (home / "docker").mkdir()
    auths = {f"{host}:{port}": {"auth": login} for host in ("localhost", "0.0.0.0")}
    (home / "docker/config.json").write_text(json.dumps({"auths": auths}))
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(("docker-registry", "serve", "config.yml"), cwd=home, stdout=log, stderr=log)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        for name, *packages in (
            ("team/app:1", ("musl", "1.2.4-r1"), ("zlib", "1.2.12-r0")),
            ("team/app:2", ("musl", "1.2.4-r1"), ("zlib", "1.3.1-r1"), ("curl", "8.9.0-r0")),
            ("tools/cli:9", ("musl", "1.2.4-r1")),
        ):
            archive = image(home / "image.tar", *packages)
            target = f"docker://localhost:{port}/{name}"
            run(
                *("skopeo", "--insecure-policy", "copy", "-q", "--dest-tls-verify=false"),
                *("--dest-creds", f"robot:{SECRET}", f"docker-archive:{archive}", target),
                cwd=home,
            )
            archive.unlink()
        yield Registry(f"localhost:{port}", home / "cert.pem", home / "docker", home / "log")
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def scan(seawall: Seawall, registry: Registry, tmp_path: Path) -> Callable[..., tuple[int, dict[str, object], str]]:
    """Scan with the registry's login; the answer's code, report and stderr, in which the password never is."""

    def scan(*words: object, **env: str) -> tuple[int, dict[str, object], str]:
        cache = ("--cache", tmp_path / "cache")
        done = seawall("scan", *words, "-f", "json", *cache, **{"DOCKER_CONFIG": str(registry.docker), **env})
        said = done.stdout + done.stderr
        for form in (SECRET, base64.b64encode(f"robot:{SECRET}".encode()).decode()):
            assert form not in said
        return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr

    return scan


def packages(report: dict[str, object]) -> set[str]:
    return {f"{package['name']} {package['version']}" for package in report["packages"]}  # type: ignore[attr-defined]


def test_cold_then_warm(scan: Callable[..., tuple[int, dict[str, object], str]], registry: Registry) -> None:
    name, before = f"{registry.host}/team/app:1", registry.layers_sent()
    code, report, _ = scan(name)
    assert code in (0, 1)
    assert packages(report) == {"musl 1.2.4-r1", "zlib 1.2.12-r0"}
    (found,) = report["coverage"]["images"]  # type: ignore[index]
    assert (found["name"], found["layers"], found["distro"]) == (name, 2, "alpine 3.20.1")
    assert registry.layers_sent() - before == 3  # two layers and a configuration
    _, again, _ = scan(name)
    assert again == report
    assert registry.layers_sent() - before == 4
    _, other, _ = scan(f"{registry.host}/team/app:2")
    assert "curl 8.9.0-r0" in packages(other)
    assert registry.layers_sent() - before == 6  # the lower layer is known


def test_all_tags_of_all_repositories(
    scan: Callable[..., tuple[int, dict[str, object], str]], registry: Registry
) -> None:
    _, report, _ = scan(f"acr://{registry.host}", "--all")
    names = [image["name"] for image in report["coverage"]["images"]]  # type: ignore[index]
    assert names == [f"{registry.host}/{name}" for name in ("team/app:1", "team/app:2", "tools/cli:9")]
    _, report, _ = scan(f"{registry.host}/team/app", "--newest", 1)
    assert len(report["coverage"]["images"]) == 1  # type: ignore[index]
    code, report, _ = scan(f"acr://{registry.host}")
    assert code == 2
    assert "--all" in " ".join(report["verdict"]["reasons"])  # type: ignore[index]


def test_what_fails_is_said_beside_what_was_read(
    scan: Callable[..., tuple[int, dict[str, object], str]], registry: Registry
) -> None:
    code, report, _ = scan(f"{registry.host}/team/app:1", f"{registry.host}/team/app:7")
    assert code == 2
    assert packages(report)
    (gap,) = [gap for gap in report["not_assessed"] if gap["what"] == "image"]  # type: ignore[attr-defined]
    assert "no image 7 in team/app" in gap["why"]
    assert "there are 1, 2" in " ".join(report["verdict"]["reasons"])  # type: ignore[index]


def test_no_login_or_a_wrong_one(
    scan: Callable[..., tuple[int, dict[str, object], str]], registry: Registry, tmp_path: Path
) -> None:
    code, report, _ = scan(f"{registry.host}/team/app:1", DOCKER_CONFIG=str(tmp_path))
    assert code == 2
    assert f"docker login {registry.host}" in " ".join(report["verdict"]["reasons"])  # type: ignore[index]
    wrong = {"auths": {registry.host: {"auth": base64.b64encode(b"robot:wr0ng-Kk31").decode()}}}
    (tmp_path / "config.json").write_text(json.dumps(wrong))
    code, report, said = scan(f"{registry.host}/team/app:1", DOCKER_CONFIG=str(tmp_path))
    assert code == 2
    assert "wr0ng" not in json.dumps(report) + said


def test_tls_is_checked_but_where_the_user_says_not_to(
    scan: Callable[..., tuple[int, dict[str, object], str]], registry: Registry
) -> None:
    host = registry.host.replace("localhost", "0.0.0.0")  # leads to the same place, but is no loopback address
    code, report, _ = scan(f"{host}/team/app:1")
    assert code == 2
    assert "no trusted TLS connection" in " ".join(report["verdict"]["reasons"])  # type: ignore[index]
    assert packages(scan(f"{host}/team/app:1", "--registry-ca", registry.certificate)[1])
    assert packages(scan(f"{host}/team/app:1", "--insecure-registry", host)[1])
    assert not packages(scan(f"{host}/team/app:1", "--insecure-registry", "0.0.0.0:1")[1])


def test_a_folder_beats_a_name(seawall: Seawall, tmp_path: Path) -> None:
    (tmp_path / "registry.io").mkdir()
    done = seawall("scan", "registry.io/image:1")
    assert done.returncode == 2
    assert "registry.io/image:1" in done.stdout + done.stderr
    done = seawall("scan", "nginx")
    assert done.returncode == 2
    assert "nginx:TAG" in done.stdout + done.stderr
