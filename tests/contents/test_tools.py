"""Tools of real Debian packages, found by what they are: under another name, behind links, as applets."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from seawall.checks import image_checks
from seawall.checks.exploitability import exploitability
from seawall.checks.image_gold import image as changed
from seawall.checks.image_gold import tool
from seawall.checks.images import judge
from seawall.contents.programs import program
from seawall.model import Contents, Image
from seawall.workflows.images import Images
from seawall.workflows.settings import Settings

TODAY = datetime.date(2026, 11, 23)
PACKAGES = {  # the package, the program in it, and the tool that it is
    "busybox": ("bin/busybox", "busybox"),
    "busybox-static": ("bin/busybox", "busybox"),
    "curl": ("usr/bin/curl", "curl"),
    "wget": ("usr/bin/wget", "wget"),
    "netcat-openbsd": ("bin/nc.openbsd", "nc"),
    "netcat-traditional": ("bin/nc.traditional", "netcat"),
    "ncat": ("usr/bin/ncat", "ncat"),
    "socat": ("usr/bin/socat", "socat"),
    "bash": ("bin/bash", "bash"),
    "dash": ("bin/dash", "dash"),
    "mksh": ("usr/lib/klibc/bin/mksh", "ksh"),  # a static one
    "python3.11-minimal": ("usr/bin/python3.11", "python"),
    "perl-base": ("usr/bin/perl", "perl"),
    "strace": ("usr/bin/strace", "strace"),
    "dpkg": ("usr/bin/dpkg", "dpkg"),
    "tcc": ("usr/bin/tcc", "tcc"),
    "yash": ("usr/bin/yash", "yash"),
    "toybox": ("bin/toybox", "toybox"),
    "clang-14": ("usr/lib/llvm-14/bin/clang", "clang"),
    "rustc": ("usr/bin/rustc", "rustc"),
    "dnf": ("usr/bin/dnf-3", "dnf"),
    "ruby-rubygems": ("usr/bin/gem", "gem"),
    "composer": ("usr/bin/composer", "composer"),
}
NPM = {  # the package with its version, and the tools of its scripts
    "npm@11": {"bin/npm-cli.js": "npm", "bin/npx-cli.js": "npx"},
    "yarn@1.22.22": {"bin/yarn.js": "yarn"},
    "yarn@2.4.3": {"bin/yarn.js": "yarn"},
    "pnpm@9": {"bin/pnpm.cjs": "pnpm"},
    "corepack@0.34.7": {"dist/corepack.js": "corepack", "dist/yarn.js": "corepack"},
}
Entry = tuple[str, str, bytes | str, int]
APP = b"\x7fELF\2\1\1".ljust(16, b"\0") + (2).to_bytes(2, "little") + bytes(8000)


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The programs of the packages that the machine's registry has, by package."""
    folder = tmp_path_factory.mktemp("debs")
    found = {}
    for name, (path, _) in PACKAGES.items():
        command = ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", name]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)
        except (OSError, subprocess.TimeoutExpired):
            pytest.skip("no Debian packages: apt-get does not answer")
        if done.returncode == 0:
            (deb,) = folder.glob(f"{name}_*.deb")
            subprocess.run(["dpkg-deb", "-x", deb, folder / name], check=True)
            found[name] = (folder / name / path).read_bytes()
    if not found:
        pytest.skip("no Debian packages: no registry can be reached")
    return found


def read(tmp_path: Path, *layers: Sequence[Entry], user: str = "10001", **run: object) -> Image:
    """An image of these layers, `(kind, path, content or target, mode)`, written as a docker archive and read."""
    blobs = []
    for entries in layers:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as out:
            for kind, path, content, mode in entries:
                info = tarfile.TarInfo(path)
                info.mode = mode
                if isinstance(content, str):
                    info.type = {"symlink": tarfile.SYMTYPE, "hardlink": tarfile.LNKTYPE, "dir": tarfile.DIRTYPE}[kind]
                    info.linkname = content
                    out.addfile(info)
                else:
                    info.size = len(content)
                    out.addfile(info, io.BytesIO(content))
        blobs.append(buffer.getvalue())
    config = {
        "os": "linux",
        "architecture": "amd64",
        "created": "2026-11-20T00:00:00Z",
        "config": {"User": user, "Entrypoint": ["/app/server"], **run},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(each).hexdigest()}" for each in blobs]},
    }
    names = [f"{index}.tar" for index in range(len(blobs))]
    manifest = [{"Config": "config.json", "RepoTags": ["shop:1"], "Layers": names}]
    archive = tmp_path / "image.tar"
    with tarfile.open(archive, "w") as out:
        documents = {"manifest.json": json.dumps(manifest).encode(), "config.json": json.dumps(config).encode()}
        for name, content in {**dict(zip(names, blobs, strict=True)), **documents}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            out.addfile(info, io.BytesIO(content))
    with Images(Settings(today=TODAY, database=tmp_path / "none.db")) as images:
        (source,) = images.sources(archive)
        return images.contents(source)


def inside(image: Image) -> Contents:
    assert image.contents
    return image.contents


def rules(image: Image) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for finding in judge(image, image_checks(), today=TODAY):
        told.setdefault(finding.rule, []).append(finding.message)
    return told


def test_every_tool_is_found_under_another_name_and_behind_links(programs: dict[str, bytes], tmp_path: Path) -> None:
    entries: list[Entry] = [("file", "app/server", APP, 0o755)]
    for name, content in programs.items():
        entries += [
            ("file", f"opt/{name}/data.bin", content, 0o755),
            ("symlink", f"opt/{name}/sym", "data.bin", 0o777),
            ("symlink", f"opt/{name}/again", f"/opt/{name}/sym", 0o777),
            ("hardlink", f"opt/{name}/hard", f"opt/{name}/data.bin", 0o755),
        ]
    found = {each.path: each for each in inside(read(tmp_path, entries)).programs}
    assert len(programs) >= len(PACKAGES) - 2
    for name in programs:
        each = found[f"opt/{name}/data.bin"]
        assert PACKAGES[name][1] in each.tools, name
        assert each.links == tuple(f"opt/{name}/{link}" for link in ("again", "hard", "sym"))
    assert found["opt/busybox-static/data.bin"].static
    assert found["app/server"].tools == ()


@pytest.mark.parametrize("package", NPM)
def test_the_managers_of_npm_are_told_by_their_scripts(tmp_path: Path, package: str) -> None:
    try:
        command = ["npm", "pack", "--silent", package]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        pytest.skip("no npm, or no registry that answers it")
    if done.returncode:
        pytest.skip(f"no registry that has {package}")
    (archive,) = tmp_path.glob("*.tgz")
    with tarfile.open(archive) as files:
        for path, tool_name in NPM[package].items():
            script = files.extractfile(f"package/{path}")
            assert script is not None
            found = program("opt/data", script.read())
            assert found is not None
            assert found.tools == (tool_name,)


@pytest.mark.parametrize(("name", "tools"), [("java", ("java",)), ("javac", ("javac",)), ("go", ("go",))])
def test_a_tool_that_is_installed_here(name: str, tools: tuple[str, ...]) -> None:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    found = program("opt/data", Path(path).resolve().read_bytes())
    assert found is not None
    assert found.tools == tools


def test_of_a_go_program_its_own_client_is_not_told(tmp_path: Path) -> None:
    """What docs/exploitability.md says: the standard library's client is in every server too."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("go is not installed")
    (tmp_path / "main.go").write_text(
        'package main\nimport ("net/http"; "os")\nfunc main() { a, _ := http.Get(os.Args[1]); a.Write(os.Stdout) }\n'
    )
    (tmp_path / "go.mod").write_text("module example.com/fetch\n\ngo 1.20\n")
    environment = {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": ""}
    subprocess.run([go, "build", "-o", "fetch", "."], cwd=tmp_path, env=environment, check=True, timeout=120)
    found = program("opt/data", (tmp_path / "fetch").read_bytes())
    assert found is not None
    assert found.static
    assert found.tools == ()


def test_toybox_is_one_finding_for_each_kind(programs: dict[str, bytes], tmp_path: Path) -> None:
    if "toybox" not in programs:
        pytest.skip("the registry has no toybox")
    told = rules(read(tmp_path, [("file", "app/data", programs["toybox"], 0o755)]))
    assert [each.startswith("toybox is in the image: /app/data, with ") for each in told["IMG-003"]] == [True]
    assert [each.startswith("toybox is in the image: /app/data, with ") for each in told["IMG-007"]] == [True]


def test_a_setuid_file_counts_where_it_can_still_be_run(tmp_path: Path) -> None:
    lower: list[Entry] = [
        ("file", "usr/bin/deleted", APP, 0o4755),
        ("file", "usr/bin/replaced", APP, 0o4755),
        ("file", "usr/bin/linked", APP, 0o4755),
        ("hardlink", "usr/bin/other", "usr/bin/linked", 0o4755),
    ]
    upper: list[Entry] = [
        ("file", "usr/bin/.wh.deleted", b"", 0o644),
        ("file", "usr/bin/.wh.linked", b"", 0o644),
        ("file", "usr/bin/replaced", APP, 0o755),
    ]
    assert rules(read(tmp_path, lower, upper))["IMG-008"] == ["/usr/bin/other is setuid of user 0 (mode 4755)"]


@pytest.mark.parametrize("package", ["busybox", "busybox-static"])
def test_applets_are_found_in_the_program_itself(programs: dict[str, bytes], tmp_path: Path, package: str) -> None:
    entry: Entry = ("file", "app/data", programs[package], 0o755)
    image = read(tmp_path, [entry])
    (each,) = inside(image).programs
    assert {"sh", "wget", "nc", "telnet", "chroot"} <= set(each.applets)
    assert list(each.applets) == sorted(each.applets)
    told = rules(image)
    for rule, applet in (("IMG-001", "sh"), ("IMG-003", "nc")):
        (message,) = told[rule]
        start, _, applets = message.partition(", with ")
        assert start == "busybox is in the image: /app/data"
        assert applet in applets.split(", ")


def test_a_waiver_of_a_program_of_many_tools_outlives_its_list_of_applets() -> None:
    network = [check for check in image_checks() if check.id == "IMG-003"]
    few, more = (
        list(judge(changed(programs=tool("busybox", applets=applets)), network, today=TODAY))
        for applets in (("nc",), ("nc", "telnet", "wget"))
    )
    assert [finding.message for finding in more] == ["busybox is in the image: /usr/bin/busybox, with nc, telnet, wget"]
    assert [finding.id for finding in few] == [finding.id for finding in more]
    assert more[0].field == "tools.busybox"


def test_a_minimal_image_has_none_and_its_files_were_read(tmp_path: Path) -> None:
    passwd = b"root:x:0:0:root:/root:/sbin/nologin\napp:x:10001:10001::/:/sbin/nologin\n"
    image = read(tmp_path, [("file", "app/server", APP, 0o755), ("file", "etc/passwd", passwd, 0o644)])
    assert [finding for finding in rules(image) if finding != "IMG-022"] == []
    assert exploitability(image) == ()
    contents = inside(image)
    assert contents.files == 2
    assert [(each.path, each.size) for each in contents.programs] == [("app/server", len(APP))]
    assert {each.name: each.user for each in contents.accounts} == {"root": 0, "app": 10001}


def test_no_other_program_of_this_machine_is_taken_for_a_tool() -> None:
    """Programs of the same kind of work, which hold much of the same text."""
    known = {"git", "scalar", "perl", "python", "gcc", "ld", "apt", "bash", "dash", "dpkg", "curl", "openssl"}
    names = ("ls", "cat", "grep", "sed", "tar", "find", "gzip", "ps", "id", "env", "awk", "ssh-keygen", "ssh-agent")
    paths = [Path("/usr/bin") / name for name in names]
    looked = 0
    for path in paths:
        if path.is_file() and path.name not in known:
            found = program(str(path), path.resolve().read_bytes())
            assert found is None or found.tools == (), path
            looked += 1
    if not looked:
        pytest.skip(f"none of these programs is in /usr/bin of {sys.platform}")


def test_rights_secrets_accounts_and_leftovers(tmp_path: Path) -> None:
    key = b"-----BEGIN RSA PRIVATE KEY-----\n" + b"MIIEowIBAAKCAQEAx7Rk2+f0" * 4 + b"\n-----END RSA PRIVATE KEY-----\n"
    lower: list[Entry] = [
        ("file", "root/.ssh/id_rsa", key, 0o600),
        ("file", "usr/bin/passwd", APP, 0o4755),
        ("dir", "app/plugins", "", 0o777),
        ("dir", "tmp", "", 0o1777),
        ("file", "etc/shadow", b"root::19000::::::\napp:!:19000::::::\n", 0o640),
        ("file", "etc/passwd", b"root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\n", 0o644),
        ("file", "var/lib/apt/lists/deb.debian.org_Packages", b"Package: a\n", 0o644),
        ("file", "app/.git/HEAD", b"ref: refs/heads/main\n", 0o644),
        ("file", "app/test/fixtures/key.pem", key, 0o644),
    ]
    upper: list[Entry] = [("file", "root/.ssh/.wh.id_rsa", b"", 0o600)]
    image = read(tmp_path, lower, upper, user="toor", Env=["DB_PASSWORD=kX82mQpz91Lw", "PATH=/usr/bin"])
    told = rules(image)
    assert told["IMG-008"] == ["/usr/bin/passwd is setuid of user 0 (mode 4755)"]
    assert told["IMG-010"] == ["the image's user is 'toor', which is root"]
    assert told["IMG-011"] == [
        "private key in /root/.ssh/id_rsa, line 1, which a later layer deletes or replaces and this image still ships"
    ]
    assert told["IMG-012"] == ["password in a setting (kX82…) in env DB_PASSWORD"]
    assert told["IMG-013"] == ["/var/lib/apt/lists holds the lists of apt"]
    assert told["IMG-014"] == ["every user may write to /app/plugins (mode 0777)"]
    assert told["IMG-015"] == ["root in /etc/shadow has an empty password"]
    assert told["IMG-016"] == ["the account toor in /etc/passwd has the number of root"]
    assert told["IMG-017"] == ["/app/.git holds a git repository with its history"]
    points = exploitability(image)
    assert points is not None
    assert sum(each.points for each in points) == 65
    assert msgspec.json.encode(exploitability(image)) == msgspec.json.encode(points)
