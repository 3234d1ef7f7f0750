"""What a container runs and needs, by the idioms of real entry points, and by running the traced files alone."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.contents.shell_reader import read_script
from seawall.contents.trace import Process, trace
from seawall.contents.trace_files import real as real_path
from seawall.contents.trace_image import ImageFiles
from seawall.contents.trace_texts import wants_text
from seawall.errors import Malformed
from seawall.model.contents import Program, Trace
from seawall.safe.compression import open_stream
from seawall.safe.limits import DEFAULT
from seawall.sources.images.layer import analyse
from seawall.sources.images.squash import Tree

from .trace_tree import FolderFiles, MadeFiles

SYSTEM = {
    "/lib/ld.so": "ELF", "/lib/libc.so.6": "ELF", "/bin/sh": "-> dash", "/bin/dash": "ELF libc.so.6",
    "/bin/bash": "ELF libc.so.6", "/usr/bin/env": "ELF libc.so.6", "/usr/bin/id": "ELF libc.so.6",
    "/bin/chown": "ELF libc.so.6", "/usr/bin/curl": "ELF libcurl.so.4", "/usr/lib/libcurl.so.4": "-> libcurl.so.4.8",
    "/usr/lib/libcurl.so.4.8": "ELF libc.so.6", "/usr/sbin/gosu": "ELF", "/sbin/tini": "ELF libc.so.6",
    "/usr/bin/server": "ELF libc.so.6", "/usr/bin/migrate": "ELF libc.so.6", "/usr/bin/helper": "ELF libc.so.6",
    "/bin/sleep": "ELF libc.so.6",
}  # fmt: skip


def follow(files: dict[str, str], *command: str, environment: dict[str, str] | None = None, **more: str) -> Trace:
    process = Process(entrypoint=command, environment=environment or {}, **more)  # type: ignore[arg-type]
    return trace(process, MadeFiles({**SYSTEM, **files}))


def phases(found: Trace) -> dict[str, str]:
    return {run.path.rpartition("/")[2]: run.phase for run in found.runs}


def script(*lines: str, shell: str = "/bin/sh") -> dict[str, str]:
    return {"/entry.sh": "\n".join((f"#!{shell}", *lines, ""))}


def test_what_ends_before_the_exec_is_start() -> None:
    found = follow(script("set -e", "curl -sf http://x/", "migrate &&", "  chown x /data", 'exec "$@"'),
                   "/entry.sh", "server", "-v")  # fmt: skip
    shown = {"entry.sh": "main", "dash": "start", "curl": "start", "migrate": "start", "chown": "start"}
    assert phases(found) == {**shown, "server": "main"}
    assert found.unknown == ()
    assert found.runs[-1].command == ("server", "-v")
    assert found.runs[-1].why == "exec in /entry.sh, line 6"
    needs = {need.path: need for need in found.needs}
    assert needs["usr/lib/libcurl.so.4.8"].phase == "start"
    assert needs["usr/lib/libcurl.so.4"].why == "a library of /usr/bin/curl"
    assert needs["lib/libc.so.6"].phase == "main"
    assert needs["bin/sh"].phase == "start"


@pytest.mark.parametrize("arguments", [("--port", "1"), ("server", "--port", "1"), ("app.conf",)])
def test_options_alone_get_their_program_and_root_is_given_up(arguments: tuple[str, ...]) -> None:
    lines = (
        'if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then', '  set -- server "$@"', "fi",
        'if [ "$1" = "server" ] && [ "$(id -u)" = "0" ]; then', '  exec gosu app "$0" "$@"', "fi", 'exec "$@"',
    )  # fmt: skip
    found = follow(script(*lines), "/entry.sh", *arguments)
    assert phases(found) == {"entry.sh": "main", "dash": "start", "id": "start", "gosu": "start", "server": "main"}
    assert found.unknown == ()


def test_branches_that_are_open_are_all_followed() -> None:
    lines = ('case "$MODE" in', "  a) exec server ;;", "  *) helper; exec migrate ;;", "esac")
    shown = phases(follow(script(*lines), "/entry.sh"))
    assert (shown["server"], shown["helper"], shown["migrate"], shown["dash"]) == ("main", "start", "main", "start")


def test_a_shell_that_waits_stays() -> None:
    found = phases(follow({}, "/bin/sh", "-c", "curl x; helper & server --one"))
    assert found == {"dash": "main", "curl": "start", "helper": "main", "server": "main"}


def test_functions_sources_loops_and_substitutions() -> None:
    files = script(
        '. "$(dirname "$0")/lib/functions"', "for f in /docker-entrypoint.d/*; do", '  case "$f" in',
        '    *.sh) [ -x "$f" ] && "$f" ;;', '    *) echo "ignoring $f" ;;', "  esac", "done", "start_it \"$@\"",
    )  # fmt: skip
    files |= {"/lib/functions": 'start_it() {\n  exec "${RUN:-server}" "$@"\n}\n',
              "/docker-entrypoint.d/10-x.sh": "#!/bin/sh\ncurl x\n", "/docker-entrypoint.d/README": "no"}  # fmt: skip
    files["/usr/bin/dirname"] = "ELF libc.so.6"
    found = follow(files, "/entry.sh", "a")
    assert phases(found)["server"] == "main"
    assert phases(found)["curl"] == "start"
    assert found.unknown == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('eval "$SETUP$(date)"', "eval of a text"),
        ('"$TOOL$(cat /no)" x', "variable"),
        ("missing-tool x", "the program missing-tool is not in the image"),
        (". /not/there", "not in the image"),
        ("if true; then", "cannot be read as a shell script"),
    ],
)
def test_what_cannot_be_followed_is_said(line: str, said: str) -> None:
    found = follow(script(line), "/entry.sh")
    assert any(said in sentence and "/entry.sh" in sentence for sentence in found.unknown)


def test_wrappers_and_shebangs() -> None:
    files = script("curl x", "exec nice -n 5 env -u A B=1 setpriv --reuid 5 timeout -s TERM 5 server",
                   shell="/usr/bin/env -S bash -e")  # fmt: skip
    files |= {"/usr/bin/nice": "ELF", "/usr/bin/setpriv": "ELF", "/usr/bin/timeout": "ELF"}
    shown = phases(follow(files, "/sbin/tini", "--", "/entry.sh"))
    assert shown["tini"] == shown["timeout"] == shown["server"] == "main"
    assert shown["nice"] == shown["setpriv"] == shown["env"] == shown["bash"] == shown["curl"] == "start"


def test_python_node_and_npm() -> None:
    files = {
        "/usr/local/bin/python3": "-> python3.12", "/usr/local/bin/python3.12": "ELF libc.so.6",
        "/usr/local/lib/python3.12/os.py": "", "/usr/local/lib/python3.12/lib-dynload/_x.so": "ELF libcurl.so.4",
        "/venv/bin/python": "-> /usr/local/bin/python3.12", "/venv/pyvenv.cfg": "home = /usr/local/bin\n",
        "/venv/bin/gunicorn": "#!/venv/bin/python\nimport gunicorn\n", "/venv/lib/python3.12/site-packages/g.py": "",
        "/app/main.py": 'import subprocess\nsubprocess.run(["helper", "-x"])\n',
    }  # fmt: skip
    found = follow(files, "/venv/bin/gunicorn", "main:app", folder="/app")
    whole = {need.path for need in found.needs if need.folder}
    assert {"venv", "app", "usr/local/lib/python3.12"} <= whole
    assert "usr/lib/libcurl.so.4.8" in {need.path for need in found.needs}
    assert any("/app/main.py, line 2" in sentence for sentence in found.unknown)
    assert phases(found)["helper"] == "main"
    files = {
        "/usr/bin/node": "ELF libc.so.6", "/usr/bin/npm": "#!/usr/bin/env node\n",
        "/srv/app/package.json": '{"scripts": {"prestart": "curl x", "start": "node server.js"}}',
        "/srv/app/server.js": "x", "/srv/app/node_modules/y/i.js": "",
    }  # fmt: skip
    found = follow(files, "npm", "start", folder="/srv/app")
    assert phases(found)["dash"] == phases(found)["node"] == "main"
    assert phases(found)["curl"] == "start"
    assert "srv/app/node_modules" in {need.path for need in found.needs}


def test_rpath_origin_and_ld_so_conf() -> None:
    files = {"/etc/ld.so.conf": "include /etc/ld.so.conf.d/*.conf\n", "/etc/ld.so.conf.d/x.conf": "/opt/lib # x\n",
             "/opt/lib/libx.so.1": "ELF", "/usr/bin/app": "ELF libx.so.1, libno.so.2"}  # fmt: skip
    found = follow(files, "app")
    assert "opt/lib/libx.so.1" in {need.path for need in found.needs}
    assert found.unknown == ("/usr/bin/app: the library libno.so.2 is not in the image",)


def test_the_tree_of_an_image_is_followed() -> None:
    buffer = io.BytesIO()
    entries = {
        "usr/bin/dash": "ELF",
        "bin": "-> usr/bin",
        "usr/bin/sh": "-> dash",
        "etc/ld.so.conf": "/opt",
        "dev/x": "|",
    }
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, text in entries.items():
            info = tarfile.TarInfo(path)
            info.type = {"->": tarfile.SYMTYPE, "|": tarfile.FIFOTYPE}.get(text.split()[0], tarfile.REGTYPE)
            info.linkname, info.size = text[3:], len(text) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(text.encode()) if info.isreg() else None)
    buffer.seek(0)
    wanted = {"wants": lambda path: True, "visit": lambda path, content: content, "limits": DEFAULT, "where": "layer"}
    facts = analyse(open_stream(buffer, where="layer"), **wanted)  # type: ignore[arg-type]
    shell = Program(path="usr/bin/dash", kind="elf")
    files = ImageFiles(Tree([facts], lambda path: True), [shell], {"etc/ld.so.conf": "/opt"})
    assert real_path(files, "/bin/sh") == "usr/bin/dash"
    assert [files.kind(path) for path in ("bin", "usr", "dev/x", "no", "")] == ["link", "dir", "other", None, "dir"]
    assert files.entries("usr/bin") == ("dash", "sh")
    found = trace(Process(entrypoint=("/bin/sh", "-c", "true")), files)
    assert phases(found) == {"dash": "main"}
    assert {"bin", "usr/bin/sh", "usr/bin/dash", "etc/ld.so.conf"} <= {need.path for need in found.needs}
    assert wants_text("etc/ld.so.conf.d/x.conf")
    assert wants_text("app/main.py")
    assert not wants_text("usr/lib/python3/x.py")


PIECES = st.sampled_from(
    ["if ", "then ", "fi\n", "for x in ", "do ", "done\n", "case $1 in ", "esac ", "a) ", ";; ", "$(", ")", "`", '"',
     "'", "${1:-", "}", "{ ", "f() ", "; ", "&& ", "|| ", "| ", "<<E\n", "E\n", 'exec "$@"\n', "curl x\n", "shift\n",
     "\\", "while ", "[[ ", "]] ", "[ $1 = x ] ", "eval x\n", "x=$x$x\n", ". /entry.sh\n", "/entry.sh\n", "f\n", "$((",
     "\n"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)))
def test_random_scripts_never_crash_and_all_needs_are_there(text: str) -> None:
    files = MadeFiles({**SYSTEM, "/entry.sh": f"#!/bin/sh\n{text}"})
    found = trace(Process(entrypoint=("/entry.sh",), command=("server",)), files)
    assert all(files.kind(need.path) is not None for need in found.needs)
    try:
        read_script(text)
    except Malformed:
        assert found.unknown


def test_scripts_of_this_machine_are_read() -> None:
    read = 0
    for path in sorted((*Path("/usr/bin").iterdir(), *Path("/etc/init.d").iterdir())):
        try:
            content = path.read_bytes() if path.is_file() and path.stat().st_size < 300_000 else b""
        except OSError:
            continue
        if content.startswith((b"#!/bin/sh", b"#! /bin/sh", b"#!/bin/bash")):
            read_script(content.decode("utf-8", "replace"))
            read += 1
    if not read:
        pytest.skip("there are no shell scripts here")


PACKAGES = {
    "redis-server": (("redis-server",), ("redis-server", "--version")),
    "nginx-light": (("nginx", "-g", "daemon off;"), ("nginx", "-t")),
    "python3": (("python3", "-m", "http.server"), ("python3", "-m", "http.server", "--help")),
}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_traced_files_alone_run(tmp_path: Path, package: str) -> None:
    """Real packages of Debian, unpacked; nothing but the needs is copied to a root of its own, and runs there."""
    whole, alone = tmp_path / "whole", tmp_path / "alone"
    alone.mkdir()
    unpack(package, whole, tmp_path)
    command, check = PACKAGES[package]
    found = trace(Process(entrypoint=command), FolderFiles(whole))
    assert found.unknown == ()
    for need in found.needs:
        copy(whole / need.path, alone / need.path, need.folder)
    path = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    done = subprocess.run(["chroot", alone, *check], capture_output=True, timeout=60, env=path)
    assert done.returncode == 0, done.stderr.decode()[-500:]
    assert not (alone / "usr/bin/dpkg").exists()


def unpack(package: str, root: Path, place: Path) -> None:
    if not shutil.which("apt-get") or os.geteuid() != 0:
        pytest.skip("needs Debian's apt-get, and root for chroot")
    command = ["apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts",
               "--no-breaks", "--no-replaces", "--no-enhances", package]  # fmt: skip
    listed = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    names = sorted({line for line in listed.splitlines() if line and line[0].isalnum()})
    shown = subprocess.run(["apt-cache", "show", "--no-all-versions", *names], capture_output=True, text=True).stdout
    real = [line.partition(": ")[2] for line in shown.splitlines() if line.startswith("Package: ")]
    place.chmod(0o777)
    got = subprocess.run(["apt-get", "download", *real], cwd=place, capture_output=True, text=True, timeout=110)
    packages = sorted(place.glob("*.deb"))
    if got.returncode or not packages:
        pytest.skip(f"the packages cannot be had: {got.stderr[-200:]}")
    for each in packages:
        subprocess.run(["dpkg-deb", "-x", each, root], check=True, timeout=60)
    (root / "run").mkdir(exist_ok=True)
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/false\n")
    (root / "etc/group").write_text("root:x:0:\nwww-data:x:33:\n")


def copy(source: Path, target: Path, folder: bool) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(target) and not folder:
        return
    if source.is_symlink() or source.is_file():
        shutil.copy2(source, target, follow_symlinks=False)
    elif folder:
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    else:
        target.mkdir(exist_ok=True)
