"""An image of real, older Debian packages patched from the machine's own mirror, and judged by dpkg and by chroot."""

from __future__ import annotations

import functools
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from layouts import image_of, layer_of, unpack
from seawall.advisories.versions import compare

from .conftest import SHARED, Seawall

NAMES = ("libc6", "libgcc-s1", "gcc-12-base", "dash", "debianutils", "libexpat1", "tzdata", "openssl", "libssl3")


def call(words: Sequence[object], cwd: Path) -> str:
    return subprocess.run(list(map(str, words)), cwd=cwd, check=True, capture_output=True, text=True, timeout=90).stdout


def older() -> dict[str, str]:
    """An older version of openssl and libexpat1 that the machine's repositories still have."""
    found = {}
    for name in ("openssl", "libexpat1"):
        versions = [line.split("|")[1].strip() for line in call(["apt-cache", "madison", name], Path("/")).splitlines()]
        if len(set(versions)) > 1:
            found[name] = min(versions, key=functools.cmp_to_key(lambda a, b: compare("Debian", a, b)))
    return found


def apt_check(root: Path) -> list[str]:
    """What apt says is missing for the packages of a root: the same before and after."""
    words = ["apt-get", "check", "-o", f"Dir::State::status={root}/var/lib/dpkg/status", "-o", "Debug::NoLocking=1"]
    said = subprocess.run(words, capture_output=True, text=True, check=False)
    return [line for line in (said.stdout + said.stderr).splitlines() if "Depends:" in line]


@pytest.fixture(scope="module")
def old_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Packages unpacked by dpkg itself; as it configures nothing outside of a chroot, their state is set."""
    release = Path("/etc/os-release")
    if not (release.is_file() and 'VERSION_ID="12"' in release.read_text() and os.geteuid() == 0):
        pytest.skip("this machine is no Debian 12, or this is not root")
    folder = tmp_path_factory.mktemp("debian")
    try:
        versions = older()
        versions["libssl3"] = versions["openssl"]
        call(["apt-get", "download", *(f"{n}={versions[n]}" if n in versions else n for n in NAMES)], folder)
    except (KeyError, OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"no older packages are to be had here: {error}")
    root = folder / "root"
    for name in ("bin", "lib", "lib64", "sbin"):
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    (root / "etc").mkdir()
    (root / "var/cache/debconf").mkdir(parents=True)
    shutil.copy("/etc/debconf.conf", root / "etc/debconf.conf")
    for name in ("info", "updates"):
        (root / "var/lib/dpkg" / name).mkdir(parents=True)
    status = root / "var/lib/dpkg/status"
    status.touch()
    forced = ("--force-all", "--force-script-chrootless", "--log=/dev/null")
    call(["dpkg", f"--root={root}", *forced, "--unpack", *sorted(folder.glob("*.deb"))], folder)
    status.write_text(status.read_text().replace("Status: install ok unpacked", "Status: install ok installed"))
    (root / "etc/debconf.conf").unlink()
    shutil.rmtree(root / "var/cache/debconf")
    for path in (root / "etc").rglob("*.dpkg-new"):
        path.rename(path.with_suffix(""))
    known = {f"/{p.relative_to(root)}": hashlib.md5(p.read_bytes()).hexdigest() for p in (root / "etc").rglob("*.c*nf")}
    text = re.sub(r"^ (/\S+) newconffile$", lambda m: f" {m[1]} {known[m[1]]}", status.read_text(), flags=re.MULTILINE)
    status.write_text(text)
    (root / "usr/bin/sh").exists() or (root / "usr/bin/sh").symlink_to("dash")
    (root / "etc/apt/sources.list.d").mkdir(parents=True)
    for path in Path("/etc/apt/sources.list.d").glob("*.sources"):
        text = "\n\n".join(part for part in path.read_text().split("\n\n") if "debian.org" in part)
        (root / "etc/apt/sources.list.d" / path.name).write_text(text)
    shutil.copy("/etc/os-release", root / "etc/os-release")
    return root


@pytest.fixture
def image(old_root: Path, tmp_path: Path) -> Path:
    image_of(tmp_path / "image", layer_of(old_root))
    return tmp_path / "image"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if SHARED is None:
        pytest.skip("no ../shared/data beside this checkout")
    from seawall.cli import main

    path = tmp_path_factory.mktemp("db") / "advisories.db"
    assert main(["update", "--from", str(SHARED / "osv"), "--ecosystems", "Debian", "--db", str(path)]) == 0
    return path


def test_what_was_fixable_is_gone_and_dpkg_agrees(
    seawall: Seawall, image: Path, old_root: Path, database: Path, tmp_path: Path
) -> None:
    conf = old_root / "etc/ssl/openssl.cnf"
    mine = "".join(f"# {line}" for line in conf.read_text().splitlines(keepends=True))
    changed = tmp_path / "changed"
    (changed / "etc/ssl").mkdir(parents=True)
    (changed / "etc/ssl/openssl.cnf").write_text(mine)
    source = tmp_path / "changed-image"
    image_of(source, layer_of(old_root), layer_of(changed))
    dry = seawall("patch", source, "--dry-run", "--db", database)
    assert "Would patch" in dry.stdout
    assert not (tmp_path / "out").exists()
    done = seawall("patch", source, "-o", tmp_path / "out", "--db", database, "--write-vex", tmp_path / "vex.json")
    assert done.returncode == 0, done.stdout + done.stderr
    before, after = (int(n) for n in re.search(r"^fixable +(\d+) +(\d+)$", done.stdout, re.MULTILINE).groups())  # type: ignore[union-attr]
    assert before > 5
    assert after == 0
    assert (tmp_path / "vex.json").read_text().count('"fixed"') >= before

    root = tmp_path / "root"
    unpack(tmp_path / "out", root)
    verified = call(["dpkg", f"--root={root}", "--verify"], tmp_path)
    assert verified.splitlines() == ["??5?????? c /etc/ssl/openssl.cnf"]
    assert (root / "etc/ssl/openssl.cnf").read_text() == mine
    assert call(["dpkg", f"--root={root}", "--audit"], tmp_path) == ""
    shown = call(["dpkg-query", f"--admindir={root}/var/lib/dpkg", "-W", "openssl", "libssl3"], tmp_path)
    (one, two) = {line.split("\t")[1] for line in shown.splitlines()} | {"x"}
    version = one if two == "x" else two
    told = call(["chroot", root, "/usr/bin/openssl", "version"], tmp_path)
    assert version.partition("-")[0] in told
    faults = [apt_check(each) for each in (old_root, root)]
    assert faults[0] == faults[1]
    if shutil.which("skopeo"):
        assert "seawall" not in call(["skopeo", "inspect", f"oci:{tmp_path / 'out'}"], tmp_path).lower().split("env")[1]
    again = seawall("patch", tmp_path / "out", "--dry-run", "--db", database)
    assert "Nothing to patch" in again.stdout


def test_a_script_that_cannot_be_honoured_is_told_with_its_line(
    seawall: Seawall, old_root: Path, tmp_path: Path
) -> None:
    status = old_root / "var/lib/dpkg/status"
    aged = tmp_path / "aged/var/lib/dpkg"
    aged.mkdir(parents=True)
    text = re.sub(r"(Package: tzdata\n(?:.+\n)*?Version: )\S+", r"\g<1>2020a-1", status.read_text())
    (aged / "status").write_text(text)
    image_of(tmp_path / "image", layer_of(old_root), layer_of(tmp_path / "aged"))
    words = ("patch", tmp_path / "image", "-o", tmp_path / "out", "--package", "tzdata")
    done = seawall(*words)
    assert "tzdata: its postinst cannot be honoured, line " in done.stdout
    assert not (tmp_path / "out").exists()
    done = seawall(*words, "--allow-scripts", "tzdata")
    assert "left unrun as you allowed" in done.stdout
    assert (tmp_path / "out/index.json").is_file()


def test_nothing_is_written_without_its_repositories(seawall: Seawall, image: Path, tmp_path: Path) -> None:
    done = seawall("patch", image, "-o", tmp_path / "out", "--all", "--mirror", "debian=http://127.0.0.1:9/debian",
                   "--mirror", "debian-security=http://127.0.0.1:9/s")  # fmt: skip
    assert done.returncode == 2
    assert "no repository of its distro could be read" in done.stderr
    done = seawall("patch", image, "-o", tmp_path / "out", "--all", "--offline")
    assert done.returncode == 2
    assert not (tmp_path / "out").exists()
    assert seawall("patch", image).returncode == 2
    assert seawall("patch", image, "-n", "--package", "nothing").returncode == 2


def test_a_distroless_image(seawall: Seawall, old_root: Path, tmp_path: Path) -> None:
    """As distroless images have it: a control file for each package in status.d, and checksums; no scripts at all."""
    root = tmp_path / "root"
    shutil.copytree(old_root, root, symlinks=True)
    info = root / "var/lib/dpkg/info"
    stanzas = (root / "var/lib/dpkg/status").read_text().split("\n\n")
    folder = root / "var/lib/dpkg/status.d"
    folder.mkdir()
    for stanza in stanzas:
        if name := re.search(r"^Package: (libssl3|openssl|libc6|tzdata)$", stanza, re.MULTILINE):
            kept = re.sub(r"^(Status: .*\n|Conffiles:\n( .*\n?)*)", "", stanza, flags=re.MULTILINE)
            (folder / name[1]).write_text(kept.rstrip() + "\n")
            (sums,) = [
                p for p in info.glob(f"{name[1]}*.md5sums") if p.name.partition(":")[0].split(".md5")[0] == name[1]
            ]
            shutil.copy(sums, folder / f"{name[1]}.md5sums")
    shutil.rmtree(info)
    (root / "var/lib/dpkg/status").unlink()
    image_of(tmp_path / "image", layer_of(root))
    done = seawall("patch", tmp_path / "image", "-o", tmp_path / "out", "--package", "libssl3")
    assert (tmp_path / "out").is_dir(), done.stdout + done.stderr
    unpack(tmp_path / "out", tmp_path / "new")
    version = re.search(r"^Version: (.*)-", (tmp_path / "new/var/lib/dpkg/status.d/libssl3").read_text(), re.MULTILINE)
    assert version
    told = call(["chroot", tmp_path / "new", "/usr/bin/openssl", "version"], tmp_path)
    assert version[1] in told
    sums = tmp_path / "new/var/lib/dpkg/status.d/libssl3.md5sums"
    call(["md5sum", "--quiet", "-c", sums], tmp_path / "new")
