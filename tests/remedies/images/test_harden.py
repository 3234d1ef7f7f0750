"""Hardening: real images still run, what is removed is in no blob, databases are true, and no need is ever removed."""

from __future__ import annotations

import datetime
import io
import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.errors import LimitExceeded, UsageError
from seawall.model import Contents, Hardening, Image, Leftover, Need, Program, Run, Secret, Special, Trace
from seawall.remedies.images.plan import Wish, plan
from seawall.remedies.images.rewrite import Rewrite
from seawall.remedies.images.user import user
from seawall.remedies.images.writing import write
from seawall.safe.compression import open_stream
from seawall.safe.limits import Limits
from seawall.sources.images.files import OpenFile
from seawall.sources.images.layer import LayerFacts
from seawall.sources.images.opening import open_images
from seawall.sources.images.squash import Tree
from seawall.workflows.harden import harden
from seawall.workflows.settings import Settings

from . import debian

DAY = datetime.date(2026, 11, 23)
SECRET = b"AKIA" + b"Q3EGRIYJ5ZX2HLWD\n"


@pytest.fixture(scope="module")
def debs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    folder = tmp_path_factory.mktemp("debs")
    wanted = {
        "nginx": ("nginx-light", "bash", "curl", "apt", "util-linux", "strace"),
        "redis": ("redis-server", "dash", "coreutils", "wget"),
        "python": ("python3", "bash", "curl"),
    }
    return {name: debian.fetch(folder / name, *packages) for name, packages in wanted.items()}


def hardened(image: Path, out: Path | None, limits: Limits | None = None, **wish: Any) -> Hardening:
    asked = Settings(today=DAY, database=image / "none.db", limits=limits or Limits())
    return harden(str(image), out, Wish(**wish), asked, lambda _: None)


def blobs(image: Path) -> list[bytes]:
    found = []
    for path in (image / "blobs/sha256").iterdir():
        with path.open("rb") as file:
            stream = open_stream(file, where=str(path))
            found.append(b"".join(iter(lambda s=stream: s.read(1 << 20), b"")))  # type: ignore[misc]
    return found


def documents(image: Path) -> tuple[dict[str, Any], list[str]]:
    """The configuration, and the digests of the layers."""
    index = json.loads((image / "index.json").read_text())
    manifest = json.loads((image / "blobs" / index["manifests"][0]["digest"].replace(":", "/")).read_text())
    config = json.loads((image / "blobs" / manifest["config"]["digest"].replace(":", "/")).read_text())
    return config, [layer["digest"] for layer in manifest["layers"]]


def small(**files: str | bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as out:
        for path, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(path.replace("__", "/"))
            info.size, info.mode = len(data), 0o755
            out.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def test_nginx_runs_without_what_it_does_not_need(debs: dict[str, list[Path]], tmp_path: Path) -> None:
    root, out = tmp_path / "root", tmp_path / "out"
    debian.unpack(debs["nginx"], root)
    layers = [
        small(**{"opt__key.pem": SECRET}),
        debian.layer_of(root),
        small(**{"opt__.wh.key.pem": "", "srv__data": "x" * 5000}),
    ]
    image = debian.layout(tmp_path / "in", layers, Entrypoint=["nginx", "-g", "daemon off;"])
    dry = hardened(image, None)
    assert not out.exists()
    done = hardened(image, out)
    assert (done.removed, done.kept) == (dry.removed, dry.kept)
    kinds = {each.kind for each in done.removed}
    assert {"shell", "network client", "package manager", "debugger", "manual", "secret", "package"} <= kinds
    assert done.after
    assert done.after.score < done.before.score - 50
    assert done.after.size < done.before.size
    assert done.after.packages == done.before.packages - len(done.packages)

    debian.install(out, tmp_path / "after")
    ran = debian.run(tmp_path / "after", "nginx", "-t")
    assert ran.returncode == 0, ran.stderr.decode()[-500:]
    shipped = blobs(out)
    for path in ("bin/bash", "usr/bin/curl", "usr/bin/dpkg", "usr/bin/strace"):
        middle = (root / path).read_bytes()[20_000:24_000]
        assert not any(middle in blob for blob in shipped), path
        assert not os.path.lexists(tmp_path / "after" / path)
    assert not any(SECRET[:-1] in blob for blob in shipped)
    assert not [p for p in (tmp_path / "after").rglob("*") if p.is_file() and p.stat().st_mode & 0o6000]
    assert documents(out)[1][2] == documents(image)[1][2]  # not touched, the same digest

    audit = subprocess.run(["dpkg", f"--root={tmp_path / 'after'}", "--audit"], capture_output=True, text=True)
    assert (audit.returncode, audit.stdout) == (0, "")
    listed = subprocess.run(
        ["dpkg-query", f"--admindir={tmp_path / 'after/var/lib/dpkg'}", "-W", "-f", "${Package}\n"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert set(done.packages) == {"bash", "curl", "dpkg", "strace", "util-linux", "libcap2-bin"} & set(done.packages)
    assert {"bash", "curl", "strace"} <= set(done.packages)
    assert not set(done.packages) & set(listed)
    assert "nginx-light" in listed
    record = (tmp_path / "after/etc/dpkg/dpkg.cfg.d/seawall-harden").read_text()
    assert "path-exclude=/usr/bin/apt-get\n" in record

    again = hardened(out, tmp_path / "again")
    assert (again.removed, again.setuid, again.user) == ((), (), "")
    assert documents(tmp_path / "again") == documents(out)
    opened_by_others(out)


def opened_by_others(out: Path) -> None:
    if shutil.which("skopeo"):
        shown = subprocess.run(["skopeo", "inspect", f"oci:{out}"], capture_output=True, text=True, timeout=60)
        assert shown.returncode == 0, shown.stderr
    syft = os.environ.get("SYFT") or shutil.which("syft")
    if syft:
        found = subprocess.run([syft, f"oci-dir:{out}", "-o", "json", "-q"], capture_output=True, timeout=110)
        names = {each["name"] for each in json.loads(found.stdout)["artifacts"]}
        assert "nginx-light" in names
        assert "bash" not in names


def test_a_shell_stays_where_a_script_starts_the_program(debs: dict[str, list[Path]], tmp_path: Path) -> None:
    root, out = tmp_path / "root", tmp_path / "out.tar"
    debian.unpack(debs["redis"], root)
    (root / "start.sh").write_text('#!/bin/sh\nset -e\nmkdir -p /tmp/data\nexec "$@"\n')
    (root / "start.sh").chmod(0o755)
    image = debian.layout(tmp_path / "in", [debian.layer_of(root)], Entrypoint=["/start.sh"], Cmd=["redis-server"])
    done = hardened(image, out)
    assert done.unknown == ()
    (shell,) = [each for each in done.kept if each.kind == "shell"]
    assert "before the main process starts" in shell.why
    assert "/start.sh" in shell.why
    assert "wget" in done.packages
    assert "coreutils" not in done.packages
    with tarfile.open(out) as archive:
        archive.extractall(tmp_path / "layout", filter="data")
    debian.install(tmp_path / "layout", tmp_path / "after")
    ran = debian.run(tmp_path / "after", "/start.sh", "redis-server", "--version")
    assert ran.returncode == 0, ran.stderr.decode()[-500:]
    assert (tmp_path / "after/tmp/data").is_dir()
    assert not os.path.lexists(tmp_path / "after/usr/bin/wget")


@pytest.mark.parametrize("minimal", [False, True])
def test_python_in_a_virtual_environment(debs: dict[str, list[Path]], tmp_path: Path, minimal: bool) -> None:
    root, out = tmp_path / "root", tmp_path / "out"
    debian.unpack(debs["python"], root)
    for folder in ("venv/bin", "app"):
        (root / folder).mkdir(parents=True)
    (root / "venv/bin/python").symlink_to("/usr/bin/python3")
    (root / "venv/pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11\n")
    (root / "app/main.py").write_text("import json, ssl\nprint(json.dumps({'ok': ssl.OPENSSL_VERSION[:7]}))\n")
    command = ["/venv/bin/python", "/app/main.py"]
    image = debian.layout(tmp_path / "in", [debian.layer_of(root)], Entrypoint=command, ExposedPorts={"8000/tcp": {}})
    done = hardened(image, out, minimal=minimal)
    assert done.unknown == ()
    assert done.user == "65532:65532", done.user_why
    debian.install(out, tmp_path / "after")
    ran = debian.run(tmp_path / "after", *command)
    assert ran.stdout == b'{"ok": "OpenSSL"}\n', ran.stderr.decode()[-500:]
    assert any(each.kind == "interpreter" and "python" in each.what for each in done.kept)
    assert not os.path.lexists(tmp_path / "after/bin/bash")
    assert (tmp_path / "after/usr/share/doc/libc6").exists()
    assert (tmp_path / "after/var/lib/dpkg/status").exists()
    assert documents(out)[0]["config"]["User"] == "65532:65532"
    assert documents(out)[0]["history"][1]["created_by"].startswith("seawall harden: ")
    referrers = json.loads((out / "referrers.json").read_text())["manifests"]
    assert referrers[0]["artifactType"] == "application/vnd.in-toto+json"


def test_a_static_program_alone(tmp_path: Path) -> None:
    source, program = tmp_path / "a.c", tmp_path / "a"
    source.write_text('#include <unistd.h>\nint main(void) { return write(1, "up\\n", 3) != 3; }\n')
    if not shutil.which("gcc") or subprocess.run(["gcc", "-static", "-o", program, source]).returncode:
        pytest.skip("no C compiler that makes static programs")
    (busybox,) = [each for each in debian.fetch(tmp_path / "debs", "busybox-static") if "busybox" in each.name]
    subprocess.run(["dpkg-deb", "-x", busybox, tmp_path / "bb"], check=True)
    tools = small(app=program.read_bytes(), opt__renamed=(tmp_path / "bb/bin/busybox").read_bytes())
    image = debian.layout(tmp_path / "in", [tools], Entrypoint=["/app"], ExposedPorts={"8080/tcp": {}})
    done = hardened(image, tmp_path / "out")
    assert done.after
    assert done.after.score == 0
    debian.install(tmp_path / "out", tmp_path / "after")
    assert debian.run(tmp_path / "after", "/app").stdout == b"up\n"
    assert [path.name for path in (tmp_path / "after").rglob("*") if path.is_file()] == ["app"]


def test_what_could_be_reached_stays(tmp_path: Path) -> None:
    script = '#!/bin/sh\neval "$(cat /x)"\n'
    pip = "#!/bin/sh\nfrom pip._internal import x\n"
    image = debian.layout(tmp_path / "in", [small(start=script, bin__sh="\x7fELF", usr__bin__pip=pip)],
                          Entrypoint=["/start"])  # fmt: skip
    done = hardened(image, None)
    assert done.removed == ()
    assert done.unknown
    assert [each.what for each in done.kept if "could be reached" in each.why] == ["pip"]
    with pytest.raises(UsageError, match="not all that runs is known"):
        hardened(image, None, minimal=True)
    assert [each.what for each in hardened(image, None, aggressive=True).removed] == ["pip"]
    assert [each.why for each in hardened(image, None, remove=("pip",)).removed] == ["you said so"]
    kept = hardened(image, None, aggressive=True, keep=("/usr/bin",))
    assert kept.removed == ()
    for wrong in ("curl", "/no/such"):
        with pytest.raises(UsageError, match="in the image"):
            hardened(image, None, remove=(wrong,))


def test_a_secret_below_goes_and_what_replaced_it_stays(tmp_path: Path) -> None:
    layers = [small(app=b"x" * 9000, **{"etc__app__key.ini": SECRET}), small(**{"etc__app__key.ini": "none\n"})]
    image = debian.layout(tmp_path / "in", layers, Entrypoint=["/app"])
    hardened(image, tmp_path / "out")
    assert not any(SECRET[:-1] in blob for blob in blobs(tmp_path / "out"))
    debian.install(tmp_path / "out", tmp_path / "after")
    assert (tmp_path / "after/etc/app/key.ini").read_text() == "none\n"


def interrupt() -> OpenFile:
    raise KeyboardInterrupt


def test_nothing_is_overwritten_and_nothing_is_left_behind(tmp_path: Path) -> None:
    pip = "#!/bin/sh\nfrom pip._internal import x\n"
    image = debian.layout(tmp_path / "in", [small(app=b"x" * 9000), small(usr__bin__pip=pip)], Entrypoint=["/app"])
    (tmp_path / "there").write_text("mine")
    with pytest.raises(UsageError, match="there already"):
        hardened(image, tmp_path / "there")
    assert (tmp_path / "there").read_text() == "mine"
    with pytest.raises(LimitExceeded):
        hardened(image, tmp_path / "out", limits=Limits(layer_bytes=20_000))
    source = open_images(image)[0]
    stopped = msgspec.structs.replace(source.layers[1], open=interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(msgspec.structs.replace(source, layers=(source.layers[0], stopped)), Rewrite(), tmp_path / "out")
    damaged = tmp_path / "in/blobs" / documents(image)[1][1].replace(":", "/")
    damaged.write_bytes(damaged.read_bytes()[:-9])
    with pytest.raises(Exception, match=r"\w"):
        hardened(image, tmp_path / "out")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["in", "there"]


def test_hostile_names_are_no_paths(tmp_path: Path) -> None:
    pip = "#!/bin/sh\nfrom pip._internal import x\n"
    names = {"../../../tmp/evil": pip, "a\nb/\x1b[31mpip": pip, "usr//bin/./pip": pip, "*?[x]/pip": pip, "x" * 300: pip}
    image = debian.layout(tmp_path / "in", [small(app=b"x" * 9000, **names)], Entrypoint=["/app"])
    done = hardened(image, tmp_path / "out", aggressive=True)
    assert {path for each in done.removed for path in each.paths} >= {"usr/bin/pip", "tmp/evil", "*?[x]/pip"}
    assert not any(b"pip._internal" in blob for blob in blobs(tmp_path / "out"))
    again = hardened(tmp_path / "out", None, aggressive=True)
    assert again.removed == ()


NAMES = ("bin/sh", "bin/curl", "usr/bin/perl", "usr/bin/apt", "opt/a/tool", "opt/a/b/gdb", "app/main", "app/.git/x")


@settings(max_examples=150, deadline=None)
@given(
    st.sets(st.sampled_from(NAMES), min_size=1),
    st.sets(st.sampled_from((*NAMES, "opt", "opt/a", "usr/bin")), max_size=4),
    st.sets(st.sampled_from(NAMES), max_size=2),
    st.booleans(),
    st.lists(st.sampled_from(["a command in a variable", "the program x is not in the image"]), max_size=1),
)
def test_no_need_is_ever_removed(
    names: set[str], needed: set[str], links: set[str], minimal: bool, unknown: list[str]
) -> None:
    facts = LayerFacts[bytes](folders={"": {}})
    for name in sorted(names | links):
        parts = name.split("/")
        for at, part in enumerate(parts[:-1]):
            facts.folders["/".join(parts[:at])][part] = "dir"
            facts.folders.setdefault("/".join(parts[: at + 1]), {})
        facts.folders["/".join(parts[:-1])][parts[-1]] = "symlink" if name in links else "file"
        if name in links:
            facts.symlinks[name] = "/bin/sh"
    tools = {"sh": "dash", "curl": "curl", "perl": "perl", "apt": "apt", "tool": "bash", "gdb": "gdb"}
    programs = [Program(path=name, kind="elf", tools=tuple(filter(None, [tools.get(name.rpartition("/")[2])])))
                for name in names - links]  # fmt: skip
    needs = tuple(Need(path=path, phase="main", why="w", folder=path not in NAMES) for path in sorted(needed))
    trace = Trace(runs=(Run(path="x", command=(), phase="main", why=""),), needs=needs, unknown=tuple(unknown))
    left = (Leftover(path="app/.git", kind="source", what="git"),)
    contents = Contents(programs=tuple(programs), trace=trace,
                        leftovers=left if "app/.git/x" in names else (),
                        secrets=(Secret(what="s", path="etc/k"),),
                        specials=tuple(Special(path=name, mode=0o4755, user=0, group=0) for name in names))  # fmt: skip
    tree = Tree([facts], lambda _: False)
    found = plan(Image(name="i", contents=contents), tree, {}, Wish(minimal=minimal, aggressive=minimal))
    for path in needed:
        assert path not in found.paths
        assert not any(path.startswith(f"{gone}/") for gone in found.paths)
        if path not in NAMES:
            assert not any(gone.startswith(f"{path}/") for gone in found.paths)
    if unknown == ["a command in a variable"] and not minimal:
        assert not found.paths - {"app/.git"}


def test_a_setuid_file_that_only_a_hard_link_reaches_is_not_said_to_be_mended() -> None:
    below = LayerFacts[bytes](folders={"": {"old": "file", "new": "hardlink"}}, hardlinks={"new": "old"})
    tree = Tree([below, LayerFacts[bytes](folders={"": {}}, whiteouts=["old"])], lambda _: False)
    contents = Contents(
        trace=Trace(runs=(Run(path="app", command=(), phase="main", why=""),)),
        specials=(Special(path="new", mode=0o4755, user=0, group=0),),
    )
    found = plan(Image(name="i", contents=contents), tree, {}, Wish())
    assert not found.setuid
    (kept,) = (each for each in found.kept if each.kind == "setuid")
    assert "its layer has it as /old" in kept.why


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"user": "1000"}, "already runs as 1000"),
        ({"ports": ("80/tcp",)}, "port 80/tcp"),
        ({"ports": ()}, "does not say which ports"),
        ({"volumes": ("/data",)}, "volume /data"),
        ({}, ""),
    ],
)
def test_the_user_is_set_only_where_that_is_safe(changes: dict[str, Any], why: str) -> None:
    trace = Trace(runs=(Run(path="app", command=("/app",), phase="main", why="the entrypoint"),))
    image = Image(**{"name": "i", "ports": ("8080/tcp",), "contents": Contents(trace=trace), **changes})
    chosen, said = user(image, {})
    assert why in said
    assert bool(chosen) == (not why)


APK = "C:Q1x=\nP:py3-pip\nV:23.1-r0\nA:x86_64\nF:usr/bin\nR:pip\n\nC:Q1y=\nP:musl\nV:1.2.4-r2\nA:x86_64\nF:lib\nR:m\n\n"


def test_the_databases_of_apk_and_distroless_stay_true(tmp_path: Path) -> None:
    pip = "#!/bin/sh\nfrom pip._internal import x\n"
    sums = "0cc175b9c0f1b6a831c399e269772661  usr/bin/gem\n"
    record = "Package: {}\nVersion: 1\nArchitecture: all\n"
    status = {
        "var__lib__dpkg__status.d__gem": record.format("gem"),
        "var__lib__dpkg__status.d__gem.md5sums": sums,
        "var__lib__dpkg__status.d__tzdata": record.format("tzdata"),
    }
    whole = small(app=b"x" * 9000, usr__bin__pip=pip, lib__m="m", lib__apk__db__installed=APK, **status,
                  usr__bin__gem="#!/bin/sh\nGem::GemRunner\n")  # fmt: skip
    image = debian.layout(tmp_path / "in", [whole], Entrypoint=["/app"])
    done = hardened(image, tmp_path / "out", aggressive=True)
    assert done.packages == ("gem", "py3-pip")
    assert done.after
    assert (done.before.packages, done.after.packages) == (4, 2)
    debian.install(tmp_path / "out", tmp_path / "after")
    assert (
        tmp_path / "after/lib/apk/db/installed"
    ).read_text() == "C:Q1y=\nP:musl\nV:1.2.4-r2\nA:x86_64\nF:lib\nR:m\n\n"
    assert [path.name for path in (tmp_path / "after/var/lib/dpkg/status.d").iterdir()] == ["tzdata"]
